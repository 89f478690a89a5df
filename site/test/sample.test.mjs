// A sample is verified and computed again in the page, a changed receipt is found, and nothing leaves the page.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch, open, violations } from "./browser.mjs";
import { serve } from "./service.mjs";
import { decided, receipt, send } from "./walk.mjs";

let service, browser, dir;
before(async () => { service = await serve(); browser = await launch(); dir = await mkdtemp(join(tmpdir(), "skalig-urval-")); });
after(async () => { await browser?.close(); await service?.stop(); await rm(dir, { recursive: true, force: true }); });

test("a decision, a release and a receipt with one letter changed", async () => {
  const person = await open(browser, service.url);
  await send(person.page, service.url, "alva");
  await decided(person.page);
  await receipt(person.page, join(dir, "kvitto.json"));
  await person.done();
  const decision = await readFile(join(dir, "kvitto.json"), "utf8");
  const release = await (await fetch(`${service.url}/audit/rad/0.json`)).text();
  const changed = decision.replace('\\"outcome\\":\\"granted\\"', '\\"outcome\\":\\"refused\\"');
  assert.notEqual(changed, decision);
  await writeFile(join(dir, "urval.jsonl"), decision + release + changed);

  const { page, requests, done } = await open(browser, service.url);
  await page.goto(`${service.url}/audit`);
  assert.deepEqual(await violations(page), []);
  await page.goto(`${service.url}/audit/prov`);
  await page.waitForSelector("#valj:not([hidden])");
  const earlier = requests.length;
  await page.setInputFiles("#fil", join(dir, "urval.jsonl"));
  await page.waitForFunction(() => document.getElementById("alla").textContent === "3");
  assert.equal(await page.textContent("#ratt"), "2");
  assert.equal(await page.textContent("#fel-antal"), "1");
  assert.equal(await page.textContent("#oppna"), "0");
  assert.match(await page.textContent("#fel"), /^urval\.jsonl:3: /);
  assert.deepEqual(await violations(page), []);
  const after = requests.slice(earlier);
  assert.ok(after.every((r) => r.method === "GET" && r.body === null && /\/engine\/[0-9a-f]{64}\.wasm$/.test(r.url)), JSON.stringify(after));
  await done();
});
