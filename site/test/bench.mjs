// What the first page and an estimate weigh and take, measured on the real program: node bench.mjs
import { performance } from "node:perf_hooks";
import { request } from "node:http";
import { launch, open } from "./browser.mjs";
import { fill, ready } from "./household.mjs";
import { serve } from "./service.mjs";

const calls = 5000;
const service = await serve();
const browser = await launch();

/** weigh is the number of bytes of an answer as they are sent, brotli accepted. */
const weigh = (path) => new Promise((resolve, reject) => request(service.url + path, { headers: { "accept-encoding": "br" } }, (answer) => {
  let bytes = 0;
  answer.on("data", (d) => { bytes += d.length; }).on("end", () => resolve(bytes));
}).on("error", reject).end());

async function resources(path) {
  const { page, requests, done } = await open(browser, service.url);
  await page.goto(service.url + path, { waitUntil: "networkidle" });
  await done();
  const rows = [];
  for (const url of new Set(requests.map((r) => r.url))) rows.push([url.slice(service.url.length), await weigh(url.slice(service.url.length))]);
  return rows;
}

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];

try {
  for (const path of ["/", "/rakna", "/kvitto"]) {
    const rows = await resources(path);
    console.log(`bytes ${path.padEnd(8)} ${String(rows.reduce((sum, [, n]) => sum + n, 0)).padStart(7)}  (${rows.map(([p, n]) => `${p.replace(/[0-9a-f]{64}/, "…")} ${n}`).join(", ")})`);
  }

  const { page, done } = await open(browser, service.url);
  // A page that is isolated has a clock of 5 µs instead of 100 µs.
  await page.route(`${service.url}/rakna`, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, headers: { ...answer.headers(), "cross-origin-embedder-policy": "require-corp" } });
  });
  await ready(page, service.url);
  if (!await page.evaluate(() => globalThis.crossOriginIsolated)) throw new Error("the page is not isolated, so its clock is too coarse");
  await fill(page);
  // The engine alone: facts, guideline and words in, explanation out, as the page calls it.
  const engine = await page.evaluate(async (calls) => {
    const data = JSON.parse(document.getElementById("skalig-data").textContent);
    const { instance } = await WebAssembly.instantiate(await (await fetch(data.engine)).arrayBuffer());
    const x = instance.exports;
    x._initialize();
    const guideline = data.guidelines.find((g) => g.code === "9999").file;
    const facts = { schema: "skalig/facts/1", month: data.month, municipality: "9999", housing: { tenure: "rent", rooms: 2 },
      persons: [{ id: "p1", role: "adult", age: 34, monthsInRow: 0 }, { id: "c1", role: "child", age: 5, lunch: "away" }],
      costs: [{ id: "k1", kind: "rent", amount: 6200.5 }, { id: "k2", kind: "electricity", amount: 350 }],
      incomes: [{ id: "i1", kind: "sicknessBenefit", person: "p1", amount: 4000 }] };
    const times = { assess: [], explain: [], curve: [] };
    const inputs = { assess: { facts, guideline }, explain: { facts, guideline, words: data.language.words }, curve: { facts, guideline, person: "p1", to: 25000, step: 500 } };
    for (const [name, value] of Object.entries(inputs)) {
      const text = JSON.stringify(value);
      for (let i = 0; i < calls + 200; i++) {
        const start = performance.now();
        const bytes = new TextEncoder().encode(text);
        const at = x.input(bytes.length);
        new Uint8Array(x.memory.buffer, at, bytes.length).set(bytes);
        const length = x[name](bytes.length);
        JSON.parse(new TextDecoder().decode(new Uint8Array(x.memory.buffer, x.output(), length)));
        if (i >= 200) times[name].push(performance.now() - start);
      }
    }
    return times;
  }, calls);
  for (const [name, times] of Object.entries(engine)) {
    times.sort((a, b) => a - b);
    const mean = times.reduce((a, b) => a + b) / times.length;
    console.log(`${name.padEnd(8)} in the page, JSON in and out: p50 ${quantile(times, 0.5).toFixed(3)} ms, p99 ${quantile(times, 0.99).toFixed(3)} ms, mean ${mean.toFixed(3)} ms over ${times.length} calls`);
  }

  // A keystroke: the form read, computed, explained and shown.
  const keys = await page.evaluate((calls) => {
    const rent = document.getElementById("rent");
    const times = [];
    for (let i = 0; i < calls; i++) {
      rent.value = String(4000 + (i % 3000));
      const start = performance.now();
      rent.dispatchEvent(new Event("input", { bubbles: true }));
      times.push(performance.now() - start);
    }
    return times.sort((a, b) => a - b);
  }, 2000);
  console.log(`keystroke to shown amount: p50 ${quantile(keys, 0.5).toFixed(2)} ms, p99 ${quantile(keys, 0.99).toFixed(2)} ms over ${keys.length} keystrokes`);
  await done();

  // Navigation to a page that can compute, cold, at 1.6 Mbit/s, 150 ms round trip and a CPU four times slower.
  const cold = [];
  for (let i = 0; i < 5; i++) {
    const slow = await open(browser, service.url);
    const devtools = await slow.context.newCDPSession(slow.page);
    await devtools.send("Network.emulateNetworkConditions", { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 });
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    const start = performance.now();
    await slow.page.goto(`${service.url}/rakna`, { waitUntil: "commit" });
    await slow.page.waitForSelector("#rakna:not([hidden])");
    cold.push(performance.now() - start);
    await slow.done();
  }
  cold.sort((a, b) => a - b);
  console.log(`calculator ready, cold, 1.6 Mbit/s, 150 ms, 4× slower CPU: p50 ${quantile(cold, 0.5).toFixed(0)} ms of ${cold.length}`);
} finally {
  await browser.close();
  await service.stop();
}
