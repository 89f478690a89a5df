// A worker in workerd alone, on one thread, without miniflare's own workers before it: for measurements of speed and memory.
import { spawn } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import workerd from "workerd";
import { built, settings } from "./worker.mjs";

async function freePort() {
  const probe = createServer();
  await new Promise((resolve, reject) => probe.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** bare starts the worker in a folder, with further modules that its entry imports; began is when its process was started. */
export async function bare(folder = built, further = []) {
  const { compatibility_date } = await settings();
  const port = await freePort();
  const modules = [["entry.js", "esModule"], ["wasm_exec.js", "esModule"], ["app.wasm", "wasm"], ["engine.wasm", "wasm"], ...further.map((name) => [name, "esModule"])];
  const config = join(folder, `workerd-${port}.capnp`);
  await writeFile(config, `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "main", worker = .worker)], sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]);
const worker :Workerd.Worker = (modules = [${modules.map(([name, kind]) => `(name = "${name}", ${kind} = embed "${name}")`).join(", ")}], compatibilityDate = "${compatibility_date}");
`);
  const began = performance.now();
  const child = spawn(workerd.default ?? workerd, ["serve", config], { stdio: ["ignore", "ignore", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const url = `http://127.0.0.1:${port}`;
  return {
    url, began,
    /** resident is the process's memory in MiB (Linux). */
    resident: async () => Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${child.pid}/status`, "utf8"))[1]) / 1024,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
      await rm(config);
    },
  };
}

/** first asks until there is an answer, and returns when it came. */
export async function first(ask) {
  for (let tries = 0; tries < 5000; tries++) {
    try {
      await ask();
      return performance.now();
    } catch (error) {
      if (error.code !== "ECONNREFUSED") throw error;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
  throw new Error("workerd does not answer");
}
