// What the first page and an estimate weigh and take, measured on the real program: node bench.mjs prints a line of JSON for each figure.
import { performance } from "node:perf_hooks";
import { request } from "node:http";
import { launch, open } from "./browser.mjs";
import { fill, ready } from "./household.mjs";
import { script } from "./script.mjs";
import { serve } from "./service.mjs";

const calls = 5000;
const artefact = await script("artefact");
const report = (name, unit, values) => console.log(JSON.stringify({ name, unit, values }));
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

/** typing, in the page: as many keystrokes in the rent's field, each until its amount is shown. */
function typing(strokes) {
  const rent = document.getElementById("rent");
  const times = [];
  for (let i = 0; i < strokes; i++) {
    rent.value = String(4000 + (i % 3000));
    const start = performance.now();
    rent.dispatchEvent(new Event("input", { bubbles: true }));
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b);
}

/** estimateAtOnce, in the page: when the form is shown, answers what must be answered and notes when the amount stands there. */
function estimateAtOnce() {
  const look = () => {
    if (document.querySelector("#rakna:not([hidden])")) {
      globalThis.shown ??= performance.now();
      const [age, no] = [document.getElementById("p1-age"), document.getElementById("p1-before-no")];
      if (age.value === "") {
        age.value = "34";
        no.checked = true;
        no.dispatchEvent(new Event("input", { bubbles: true }));
      }
      if (document.querySelector("#svar .amount")) {
        globalThis.estimated = performance.now();
        return;
      }
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];

try {
  for (const path of ["/", "/rakna", "/kvitto"]) {
    const rows = await resources(path);
    report(`page bytes ${path}`, "bytes", [rows.reduce((sum, [, n]) => sum + n, 0)]);
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
  // The engine alone: facts, guideline and words in, explanation out, by the class with which the page calls it.
  await page.route(`${service.url}/artefact.js`, (route) => route.fulfill({ contentType: "text/javascript", body: artefact }));
  const engine = await page.evaluate(async (calls) => {
    const { Artefact, opening } = await import("/artefact.js");
    const data = JSON.parse(document.getElementById("skalig-data").textContent);
    const url = document.querySelector("link[as=fetch]").href;
    const artefact = await Artefact.fetch(url, /([0-9a-f]{64})\.wasm$/.exec(url)[1]);
    const words = opening(data.language.words);
    const guideline = JSON.stringify(data.guidelines.find((g) => g.code === "9999").file);
    const facts = JSON.stringify({ schema: "skalig/facts/1", month: data.month, municipality: "9999", housing: { tenure: "rent", rooms: 2 },
      persons: [{ id: "p1", role: "adult", age: 34, monthsInRow: 0 }, { id: "c1", role: "child", age: 5, lunch: "away" }],
      costs: [{ id: "k1", kind: "rent", amount: 6200.5 }, { id: "k2", kind: "electricity", amount: 350 }],
      incomes: [{ id: "i1", kind: "sicknessBenefit", person: "p1", amount: 4000 }] });
    const household = `"facts":${facts},"guideline":${guideline}`;
    const inputs = { assess: [`{${household}}`], explain: [words, `${household}}`], curve: [`{${household},"person":"p1","to":25000,"step":500}`] };
    const times = {};
    for (const [name, input] of Object.entries(inputs)) {
      times[name] = [];
      for (let i = 0; i < calls + 200; i++) {
        const start = performance.now();
        const answer = JSON.parse(artefact.call(name, ...input));
        if (i >= 200) times[name].push(performance.now() - start);
        if (answer.errors) throw new Error(`${name}: ${JSON.stringify(answer.errors)}`);
      }
    }
    return times;
  }, calls);
  for (const [name, times] of Object.entries(engine)) {
    times.sort((a, b) => a - b);
    report(`page ${name}`, "ms", [quantile(times, 0.5)]);
    report(`page ${name} p99`, "ms", [quantile(times, 0.99)]);
  }

  // A keystroke: the form read, computed, explained and shown.
  const keys = await page.evaluate(typing, 2000);
  report("page keystroke", "ms", [quantile(keys, 0.5)]);
  report("page keystroke p99", "ms", [quantile(keys, 0.99)]);
  await done();

  // On a phone of some years: 1.6 Mbit/s, 150 ms round trip and a CPU four times slower. Times are the page's own, from the navigation on.
  const slow = async () => {
    const opened = await open(browser, service.url);
    const devtools = await opened.context.newCDPSession(opened.page);
    await devtools.send("Network.emulateNetworkConditions", { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 });
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    await opened.page.addInitScript(estimateAtOnce);
    return opened;
  };
  const times = { first: [], cold: [], "estimate cold": [], "estimate warm": [] };
  for (let i = 0; i < 5; i++) {
    const start = await slow();
    await start.page.goto(service.url, { waitUntil: "load" });
    await start.page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
    times.first.push(await start.page.evaluate(() => Math.max(performance.getEntriesByName("first-contentful-paint")[0].startTime, performance.getEntriesByType("navigation")[0].domInteractive)));
    await start.done();
    const { page, done } = await slow();
    for (const visit of ["cold", "warm"]) {
      await page.goto("about:blank");
      await page.goto(`${service.url}/rakna#alla`);
      await page.waitForFunction(() => globalThis.estimated > 0);
      if (visit === "cold") times.cold.push(await page.evaluate(() => globalThis.shown));
      times[`estimate ${visit}`].push(await page.evaluate(() => globalThis.estimated));
      if (visit === "cold") await page.waitForFunction(() => document.getElementById("utan-nat").textContent !== "");
    }
    if (i === 4) {
      const slowKeys = await page.evaluate(typing, 300);
      report("page keystroke slow", "ms", [quantile(slowKeys, 0.5)]);
      report("page keystroke slow p99", "ms", [quantile(slowKeys, 0.99)]);
    }
    await done();
  }
  for (const [name, values] of Object.entries(times)) report(`page ${name}`, "ms", values.sort((a, b) => a - b));
} finally {
  await browser.close();
  await service.stop();
}
