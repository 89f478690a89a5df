// The two WebAssembly programs of the worker, each in one instance: the artefact, and this command compiled by Go.

import "./wasm_exec.js";
import app from "./app.wasm";
import engine from "./engine.wasm";
import { Artefact } from "../../site/ts/artefact";
import type { Call } from "../../site/ts/contract";

/** The header that tells the program that the platform refuses the request. */
export const mark = "Skalig-Refused";

/** What the library reads of a Request: this much, and none of the visitor's headers. */
interface Asked {
  url: string;
  method: string;
  headers: Headers;
  body: Uint8Array | null;
}

interface Binding {
  handleRequest?(asked: Asked): Promise<Response>;
}

/** Go runs a program; context is what the program sees as a global of that name. */
declare class Go {
  importObject: WebAssembly.Imports;
  run(instance: WebAssembly.Instance, context: object): Promise<void>;
}

// The library calls this around what may throw.
Object.assign(globalThis, {
  tryCatch(fn: () => unknown) {
    try {
      return { result: fn() };
    } catch (error) {
      return { error };
    }
  },
});

let here: Artefact | undefined;

export function artefact(sha256: string): Artefact {
  return (here ??= new Artefact(engine, sha256));
}

let running: Promise<Binding> | undefined;

/** ask has the program answer, and starts it where it does not run. */
export async function ask(sha256: string, asked: Asked): Promise<Response> {
  const { handleRequest } = await (running ??= start(sha256));
  if (!handleRequest) throw new Error("the program takes no requests");
  return handleRequest(asked);
}

async function start(sha256: string): Promise<Binding> {
  const go = new Go();
  const binding: Binding = {};
  const ready = new Promise<void>((resolve) => {
    const instance = new WebAssembly.Instance(app, { ...go.importObject, workers: { ready: resolve } });
    const call = (name: Call, bytes: Uint8Array) => {
      try {
        return artefact(sha256).answer(name, bytes);
      } catch {
        return null;
      }
    };
    void go.run(instance, { env: {}, ctx: {}, binding, engine: call, sha256 }).finally(() => { running = undefined; });
  });
  await ready;
  return binding;
}
