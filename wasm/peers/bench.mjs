// node bench.mjs: the engines in Node and in Chromium, and what they weigh; a line of JSON for each figure.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { launch } from "../../site/test/browser.mjs";
import { cases } from "./cases.mjs";
import { measure } from "./measure.mjs";
import * as publicodes from "./publicodes.mjs";
import * as skalig from "./skalig.mjs";
import * as zen from "./zen.mjs";

const report = (name, values, unit) => console.log(JSON.stringify({ name, unit, values }));

// The same amounts, or there is nothing to compare.
const [ours, theirs, others] = [skalig.start(), publicodes.start(), zen.start()];
for (const c of cases) {
  const amount = ours(c);
  assert.equal(theirs(c), amount);
  assert.equal(await others(c), amount);
}

for (const [name, values] of Object.entries(await measure({ skalig: skalig.start, publicodes: publicodes.start, zen: zen.start }, cases))) report(`node ${name}`, values, "ms");

const library = createRequire(import.meta.url).resolve("publicodes");
const bundle = readFileSync(join(dirname(library), "index.js"));
const weigh = (bytes) => brotliCompressSync(bytes).length;
report("wire skalig", [weigh(readFileSync(skalig.path))], "bytes");
report("wire publicodes", [weigh(bundle) + weigh(JSON.stringify(publicodes.rules))], "bytes");

// In the page: the same modules, served as they are.
const page = `<!doctype html><meta charset="utf-8"><script type="importmap">{"imports":{"publicodes":"/publicodes.js"}}</script>`;
const files = {
  "/": ["text/html", page], "/publicodes.js": ["text/javascript", bundle], "/engine.wasm": ["application/wasm", readFileSync(skalig.path)],
  "/guideline.json": ["application/json", readFileSync(new URL("../../engine/sol/municipal/9999-2026-01.json", import.meta.url))],
  "/artefact.mjs": ["text/javascript", readFileSync(new URL("../node/artefact.mjs", import.meta.url), "utf8").replace(/^import .*$/m, "const readFileSync = () => {};")],
  ...Object.fromEntries(["cases", "norm", "measure", "publicodes"].map((n) => [`/${n}.mjs`, ["text/javascript", readFileSync(new URL(`./${n}.mjs`, import.meta.url))]])),
};
const server = createServer((request, answer) => {
  const [type, body] = files[request.url] ?? [];
  if (body === undefined) return answer.writeHead(404).end();
  // A page that is isolated has a clock of 5 µs instead of 100 µs.
  answer.writeHead(200, { "content-type": type, "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" }).end(body);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const browser = await launch();
try {
  const tab = await browser.newPage();
  await tab.goto(`http://127.0.0.1:${server.address().port}/`);
  const samples = await tab.evaluate(async () => {
    const { cases, facts } = await import("/cases.mjs");
    const { measure } = await import("/measure.mjs");
    const { call, instantiate, enough } = await import("/artefact.mjs");
    const publicodes = await import("/publicodes.mjs");
    if (!globalThis.crossOriginIsolated) throw new Error("the clock is too coarse");
    const [bytes, guideline] = await Promise.all([fetch("/engine.wasm").then((r) => r.arrayBuffer()), fetch("/guideline.json").then((r) => r.json())]);
    const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];
    const skalig = async () => {
      const module = await WebAssembly.compile(bytes);
      let exports = instantiate(module);
      return (c) => {
        if (exports.memory.buffer.byteLength > enough) exports = instantiate(module);
        return JSON.parse(decoder.decode(call(exports, "assess", encoder.encode(JSON.stringify({ facts: facts(c), guideline }))))).result.support ?? 0;
      };
    };
    const [ours, theirs] = [await skalig(), publicodes.start()];
    for (const c of cases) if (ours(c) !== theirs(c)) throw new Error("the amounts differ");
    return measure({ skalig, publicodes: publicodes.start }, cases);
  });
  for (const [name, values] of Object.entries(samples)) report(`chromium ${name}`, values, "ms");
} finally {
  await browser.close();
  server.close();
}
