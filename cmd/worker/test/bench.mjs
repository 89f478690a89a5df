// node bench.mjs: the worker in workerd beside a plain "hello" of the same library with the library's own entry; a line of JSON a figure.
import { execFileSync } from "node:child_process";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bare, first } from "./bare.mjs";
import { client, household, load } from "./load.mjs";
import { built, root } from "./worker.mjs";

const rounds = Number(process.env.ROUNDS ?? 5);
const samples = {};
const add = (name, unit, value) => (samples[name] ??= { name, unit, values: [] }).values.push(value);

/** hello builds the library's worker as its tool lays it out. */
async function hello() {
  const folder = await mkdtemp(join(tmpdir(), "skalig-hello-"));
  const run = (args, env = {}) => execFileSync("go", args, { cwd: root, env: { ...process.env, ...env }, stdio: ["ignore", "ignore", "inherit"] });
  run(["tool", "workers-assets-gen", "-mode=go", "-o", folder]);
  run(["build", "-trimpath", "-ldflags=-s -w", "-o", join(folder, "app.wasm"), "./cmd/worker/test/hello"], { GOOS: "js", GOARCH: "wasm" });
  await writeFile(join(folder, "entry.js"), 'export { default } from "worker.mjs";\n');
  await copyFile(join(built, "engine.wasm"), join(folder, "engine.wasm")); // not called
  return folder;
}

/** cold is from the start of workerd, and of an idle one, to the first answer; the second difference is the worker's own. */
async function cold(name, folder, path, body, modules) {
  const worker = await bare(folder, modules);
  const { ask, close } = client(worker.url, 1);
  try {
    add(`${name} cold`, "ms", await first(() => ask(path, body)) - worker.began);
  } finally {
    close();
    await worker.stop();
  }
}

const library = ["worker.mjs", "runtime.mjs"];
const folder = await hello();
try {
  for (let i = 0; i < rounds; i++) {
    await cold("worker", built, "/v1/assess", household);
    await cold("program", built, "/v1/explain", household);
    await cold("hello", folder, "/", undefined, library);
  }
  for (const [name, from, path, body, modules, count] of [
    ["worker", built, "/v1/assess", household, [], 8000],
    ["program", built, "/v1/explain", household, [], 3000],
    ["hello", folder, "/", undefined, library, 300],
  ]) {
    const worker = await bare(from, modules);
    const { ask, close } = client(worker.url, 1);
    try {
      await first(() => ask(path, body));
      close();
      await load(worker.url, path, body, count >> 1, 4);
      for (let i = 0; i < rounds; i++) {
        const one = await load(worker.url, path, body, count >> 2, 1);
        add(`${name} p50`, "ms", one.times[one.times.length >> 1]);
        add(`${name} rate one client`, "/s", one.rate);
        add(`${name} rate`, "/s", (await load(worker.url, path, body, count, 4)).rate);
      }
      add(`${name} memory`, "MiB", await worker.resident());
    } finally {
      await worker.stop();
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
for (const s of Object.values(samples)) console.log(JSON.stringify(s));
