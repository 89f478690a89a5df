// What the worker and the embedded calculator may weigh.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { built, root } from "./worker.mjs";

test("the worker fits the free plan: 3 MiB compressed", async () => {
  const files = await Promise.all(["app.wasm", "engine.wasm", "wasm_exec.js", "entry.js"].map((name) => readFile(join(built, name))));
  const bytes = files.reduce((sum, file) => sum + gzipSync(file).length, 0);
  assert.ok(bytes <= 3 << 20, `${bytes} bytes`);
});

test("the embedded calculator is at most 60 kB with every language", async () => {
  const dist = join(root, "site", "dist");
  const name = JSON.parse(await readFile(join(dist, "manifest.json"), "utf8"))["embed.js"];
  const bytes = brotliCompressSync(await readFile(join(dist, name))).length;
  assert.ok(bytes <= 60_000, `${bytes} bytes`);
});
