// The calculator without a network, in a real browser: what was opened once works, in its language; a version is whole or absent; and what is
// kept is the program and nothing of the visitor's.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { launch, open } from "./browser.mjs";
import { fill, plain, support } from "./household.mjs";
import { serve } from "./service.mjs";

let service, browser;
before(async () => { service = await serve(); browser = await launch(); });
after(async () => { await browser?.close(); await service?.stop(); });

const kept = (page) => page.evaluate(async () => Object.fromEntries(await Promise.all((await caches.keys()).map(async (key) =>
  [key, (await (await caches.open(key)).keys()).map((r) => new URL(r.url).pathname).sort()]))));

test("works without a network in the languages that were opened, and keeps the program only", async () => {
  const { page, context, faults } = await open(browser, service.url);
  for (const path of ["/rakna", "/en/rakna"]) {
    await page.goto(`${service.url}${path}#alla`);
    await page.waitForFunction(() => document.getElementById("utan-nat").textContent !== "");
  }
  await fill(page);
  const files = Object.values(await kept(page));
  assert.equal(files.length, 1, "one version");
  for (const path of files[0]) assert.match(path, /^\/(assets\/[\w.-]+|engine\/[0-9a-f]{64}\.wasm|rakna|en\/rakna)$/);
  assert.equal(await page.evaluate(async () => (await Promise.all((await caches.keys()).map(async (k) => Promise.all((await (await caches.open(k)).matchAll()).map((r) => r.text()))))).flat().some((text) => text.includes("6 200,50"))), false);
  assert.deepEqual(faults, []);

  await context.setOffline(true);
  await page.goto(`${service.url}/en/rakna#alla`);
  await page.waitForSelector("#rakna:not([hidden])");
  await fill(page);
  assert.match(plain(await page.textContent("#svar")), /^You may get about 9,490\.50 kr/);
  await page.goto(`${service.url}/rakna#alla`);
  await page.waitForSelector("#rakna:not([hidden])");
  await fill(page);
  assert.equal(plain(await page.textContent("#svar .amount")), support);
  await assert.rejects(page.goto(`${service.url}/mina`), /ERR_INTERNET_DISCONNECTED/, "a page behind the sign-in was kept");
  await context.close();
});

test("says that a newer page is kept, and keeps what is written when it is loaded", async () => {
  const { page, done } = await open(browser, service.url);
  await page.goto(`${service.url}/rakna#alla`);
  await page.waitForFunction(() => document.getElementById("utan-nat").textContent !== "");
  // The page kept is made an older one: other words, the same program.
  await page.evaluate(async () => {
    const cache = await caches.open((await caches.keys())[0]);
    const { headers, ...old } = await cache.match("/rakna", { ignoreVary: true }).then(async (r) => ({ headers: new Headers(r.headers), text: await r.text() }));
    headers.delete("content-encoding");
    headers.delete("content-length");
    await cache.put("/rakna", new Response(old.text.replace("<h1>", "<h1>Förr: "), { headers }));
  });
  await page.goto("about:blank");
  await page.goto(`${service.url}/rakna#alla`);
  await page.waitForSelector("#nyare:not([hidden])");
  assert.match(await page.textContent("h1"), /^Förr: /);
  await fill(page);
  await page.waitForFunction(() => Object.keys(history.state?.form?.written ?? {}).includes("p1-childBenefit"));
  await page.reload();
  await page.waitForFunction(() => !document.querySelector("h1").textContent.startsWith("Förr") && document.getElementById("utan-nat").textContent !== "");
  assert.equal(await page.isVisible("#nyare"), false);
  assert.equal(plain(await page.textContent("#svar .amount")), support);
  await done();
});

// A site of two versions behind the real worker: what the worker keeps is seen when one version follows another, whole and broken.
test("a new version replaces the old when it is whole, and never mixes with it", async () => {
  const worker = await (await fetch(`${service.url}/offline.js`)).text();
  const engine = (n) => Buffer.from(`engine ${n}`);
  const hash = (n) => createHash("sha256").update(engine(n)).digest("hex");
  const site = { version: 1, spoilt: false };
  const server = createServer((request, answer) => {
    const n = /engine\/(\w+)/.exec(request.url);
    const give = (type, body, code = 200) => answer.writeHead(code, { "content-type": type, "cache-control": "no-store" }).end(body);
    if (request.url === "/offline.js") give("text/javascript", worker);
    else if (request.url === "/rakna") give("text/html", `<!doctype html><title>${site.version}</title><script src="/assets/a-${site.version}.js"></script><p data-engine="/engine/${hash(site.version)}.wasm">${site.version}`);
    else if (request.url.startsWith("/assets/")) give("text/javascript", `document.title += " ${request.url}"`);
    else if (n) give("application/wasm", site.spoilt ? "other bytes" : engine([1, 2, 3].find((v) => hash(v) === n[1])));
    else give("text/plain", "", 404);
  });
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  const url = `http://localhost:${server.address().port}`;
  const { page, context } = await open(browser, url);
  const keep = (tab = page) => tab.evaluate(async () => {
    await navigator.serviceWorker.register("/offline.js");
    const { active } = await navigator.serviceWorker.ready;
    const { port1, port2 } = new MessageChannel();
    return new Promise((resolve) => { port1.onmessage = (e) => resolve(e.data); active.postMessage({ keep: "/rakna" }, [port2]); });
  });
  const whole = (v) => ({ [`skalig-${hash(v)}`]: [`/assets/a-${v}.js`, `/engine/${hash(v)}.wasm`, "/rakna"] });
  try {
    await page.goto(`${url}/rakna`);
    assert.equal(await keep(), "yes");
    assert.deepEqual(await kept(page), whole(1));

    site.version = 2;
    await page.goto(`${url}/rakna`);
    assert.equal(await page.title(), "1 /assets/a-1.js", "what was kept, at once and whole");
    const other = await context.newPage();
    await other.goto(`${url}/rakna`); // is given version 1 and has not said that it has all of it
    assert.equal(await keep(), "newer");
    assert.deepEqual(await kept(page), { [`skalig-${hash(1)}`]: whole(1)[`skalig-${hash(1)}`].slice(0, 2), ...whole(2) }, "version 1 lost a file that a page may still load");
    assert.equal(await other.evaluate((at) => fetch(at).then((r) => r.text()), `/engine/${hash(1)}.wasm`), "engine 1");
    assert.equal(await keep(other), "newer", "a page is told by what it was given, not by what is kept since");
    await other.close();
    assert.deepEqual(await kept(page), whole(2), "the old version is gone");
    await page.goto(`${url}/rakna`);
    assert.equal(await page.title(), "2 /assets/a-2.js", "the next visit has the newest");
    assert.equal(await keep(), "yes");

    Object.assign(site, { version: 3, spoilt: true });
    await page.goto(`${url}/rakna`);
    assert.equal(await keep(), "yes", "version 2 still works without a network");
    await context.setOffline(true);
    await page.goto(`${url}/rakna`);
    assert.equal(await page.title(), "2 /assets/a-2.js", "half a version 3 took the place of version 2");
    assert.equal(await page.evaluate((at) => fetch(at).then((r) => r.text()), `/engine/${hash(2)}.wasm`), "engine 2");
    await page.evaluate(() => caches.keys().then((keys) => Promise.all(keys.map((k) => caches.delete(k)))));
    assert.equal(await keep(), "no");
  } finally {
    await context.close();
    await new Promise((resolve) => server.close(resolve));
  }
});
