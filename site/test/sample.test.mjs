// A sample is verified and computed again in the page, a changed receipt is found, and so is a genuine one that says what was not computed, one
// that is there twice, and one that was not drawn. Nothing leaves the page.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch, open, violations } from "./browser.mjs";
import { forge, trusted } from "./forged.mjs";
import { serve } from "./service.mjs";
import { decided, receipt, send } from "./walk.mjs";

let service, browser, dir;
before(async () => { service = await serve(); browser = await launch(); dir = await mkdtemp(join(tmpdir(), "skalig-urval-")); });
after(async () => { await browser?.close(); await service?.stop(); await rm(dir, { recursive: true, force: true }); });

let genuine;

/** changed is a record as JSON with other members; its facts stay the bytes they are. */
function changed(record, members) {
  for (const [from, to] of members) {
    assert.ok(record.includes(from), from);
    record = record.replace(from, to);
  }
  return record;
}

async function sample(lines, path = "/audit/prov") {
  const { page, done } = await open(browser, service.url);
  await trusted(page, `${service.url}${path}`);
  await page.goto(service.url + path);
  await page.waitForSelector("#valj:not([hidden])");
  await writeFile(join(dir, "given.jsonl"), lines.join(""));
  await page.setInputFiles("#fil", join(dir, "given.jsonl"));
  return { page, done };
}

test("a decision, a release and a receipt with one letter changed", async () => {
  const person = await open(browser, service.url);
  await send(person.page, service.url, "alva");
  await decided(person.page);
  await receipt(person.page, join(dir, "kvitto.json"));
  await person.done();
  const decision = await readFile(join(dir, "kvitto.json"), "utf8");
  genuine = JSON.parse(decision).record;
  const release = await (await fetch(`${service.url}/audit/rad/0.json`)).text();
  const altered = decision.replace('\\"outcome\\":\\"granted\\"', '\\"outcome\\":\\"refused\\"');
  assert.notEqual(altered, decision);
  await writeFile(join(dir, "urval.jsonl"), decision + release + altered);

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

test("a genuine receipt of what the program did not compute", async () => {
  const { month, granted, number } = JSON.parse(genuine);
  const next = month === "2026-12" ? "2026-11" : "2026-12";
  const record = (n, ...members) => changed(genuine, [[`"number":${number},`, `"number":${n},`], ...members]);
  const wrong = [
    ["the amount", [`"granted":${granted},`, '"granted":1,']],
    ["the month", [`,"month":"${month}","reasons"`, `,"month":"${next}","reasons"`]],
    ["reasons for a person", ['"reasons":[]', '"reasons":["rent-above-cap"]']],
    ["a person, another month", ['"mode":"automatic"', '"mode":"human"'], [`,"month":"${month}","reasons"`, `,"month":"${next}","reasons"`]],
    ["facts in another form", ['"facts":{', '"facts":{ ']],
  ];
  const receipts = forge([record(0), ...wrong.map(([, ...members], i) => record(i + 1, ...members))]);
  const { page, done } = await sample(receipts);
  await page.waitForFunction((n) => document.getElementById("alla").textContent === String(n), receipts.length);
  assert.equal(await page.textContent("#ratt"), "1", await page.textContent("#fel"));
  assert.equal(await page.textContent("#fel-antal"), String(wrong.length));
  await done();
  for (const [i, receipt] of receipts.entries()) {
    const { page, done } = await sample([receipt], "/kvitto");
    await page.waitForSelector(i === 0 ? ".verdict--ok" : ".verdict--bad");
    assert.equal(await page.locator("#utfall .amount").count(), i === 0 ? 1 : 0, wrong[i - 1]?.[0]);
    await done();
  }
});

test("a sample is what was drawn, and each once", async () => {
  const { number, municipality, day, engine, rules } = JSON.parse(genuine);
  const decision = (n) => changed(genuine, [[`"number":${number},`, `"number":${n},`]]);
  const access = (n, more) => JSON.stringify({ schema: "skalig/record/1", kind: "access", municipality, number: n, day, engine, rules, ...more });
  const hash = "0".repeat(64);
  const log = forge([decision(0), decision(1), decision(2), decision(3), access(4, { what: "asked", auditor: "R", count: 3, seal: hash }),
    access(5, { what: "revealed", asked: 4, secret: hash, root: hash, indexes: [0, 2, 3] }),
    access(6, { what: "answered", asked: 4, given: [0, 3], withheld: [{ index: 2, reason: "secrecy" }] })]);
  for (const [given, right, wrong, open, said] of [
    [[0, 3, 5, 6], 4, 0, 1, /^2: raden är lottad, men kommunen lämnar inte ut beslutet$/],
    [[0, 3, 5], 3, 1, 0, /^2: raden är lottad, men beslutet finns inte i filen$/],
    [[0, 1, 3, 5, 6], 4, 1, 1, /9999\/1: beslutet är inte lottat$/],
    [[0, 0, 3, 5, 6], 4, 1, 1, /9999\/0, samma rad i loggen en gång till/],
    [[0, 0], 1, 1, 0, /samma rad/],
  ]) {
    const { page, done } = await sample(given.map((i) => log[i]));
    await page.waitForFunction((n) => document.getElementById("alla").textContent === String(n) && document.activeElement.id === "utfall", given.length);
    assert.deepEqual([await page.textContent("#ratt"), await page.textContent("#fel-antal"), await page.textContent("#oppna")], [right, wrong, open].map(String), String(given));
    assert.match(await page.textContent("#fel"), said);
    assert.equal(await page.isVisible("#utan-lott"), !given.includes(5));
    await done();
  }
});

test("the kind of a receipt that is of no decision is said", async () => {
  const { page, done } = await open(browser, service.url);
  await page.goto(`${service.url}/kvitto`);
  await page.waitForSelector("#valj:not([hidden])");
  await writeFile(join(dir, "release.json"), await (await fetch(`${service.url}/audit/rad/0.json`)).text());
  await page.setInputFiles("#fil", join(dir, "release.json"));
  await page.waitForSelector(".verdict--ok");
  assert.match(await page.textContent("#utfall .headline"), /vilket program som får besluta, inte ett beslut/);
  assert.equal(await page.locator("#utfall .amount").count(), 0);
  await done();
});
