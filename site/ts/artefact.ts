// An artefact in the page: a WebAssembly module that imports nothing, so no call can reach the network, the clock or the page.

import type { Call } from "./contract";

interface Exports extends Record<Call, ((length: number) => number) | undefined> {
  memory: WebAssembly.Memory;
  _initialize(): void;
  input(length: number): number;
  output(): number;
}

// An artefact frees nothing (package recipe says why): past this much memory the next call gets a new instance.
const enough = 16 << 20;

/** The bytes fetched are not the ones that the page names. */
export class WrongBytes extends Error {}

export class Artefact {
  private x: Exports;

  /** sha256 is of the bytes as fetched; "" where the browser has no way to compute it (an address that is not secure). */
  private constructor(private readonly module: WebAssembly.Module, readonly sha256: string) {
    this.x = start(module);
  }

  static async fetch(url: string, wanted: string): Promise<Artefact> {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`couldn't fetch ${url}: ${answer.status}`);
    const bytes = await answer.arrayBuffer();
    const sum = await sha256(bytes);
    if (sum !== "" && sum !== wanted) throw new WrongBytes(url);
    return new Artefact(await WebAssembly.compile(bytes), sum);
  }

  /** call hands text to the artefact and returns its answer. After a trap the instance is not used again. */
  call(name: Call, text: string): string {
    if (this.x.memory.buffer.byteLength > enough) this.x = start(this.module);
    const run = this.x[name];
    if (!run) throw new Error(`the artefact has no call ${name}`);
    try {
      const bytes = new TextEncoder().encode(text);
      const at = this.x.input(bytes.length);
      if (at === 0 && bytes.length > 0) throw new RangeError("the input is above 1 MiB");
      new Uint8Array(this.x.memory.buffer, at, bytes.length).set(bytes);
      const length = run(bytes.length);
      // The memory may have grown and moved: a view of it is made anew after each call.
      return new TextDecoder().decode(new Uint8Array(this.x.memory.buffer, this.x.output(), length));
    } catch (trap) {
      this.x = start(this.module);
      throw trap;
    }
  }
}

function start(module: WebAssembly.Module): Exports {
  const x = new WebAssembly.Instance(module).exports as unknown as Exports;
  x._initialize();
  return x;
}

/** sha256 returns the hex digest, or "" where the browser offers none. */
export async function sha256(bytes: BufferSource): Promise<string> {
  if (!globalThis.crypto?.subtle) return "";
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(sum, (b) => b.toString(16).padStart(2, "0")).join("");
}
