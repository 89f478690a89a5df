// The audit pages when a month has ended and a sample is asked for, so that each of their tables has rows: held to axe, to one h1 with no level
// left out below it (a summary of errors stands above), and to 320 pixels.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch, open, overflow, violations } from "./browser.mjs";
import { serve } from "./service.mjs";
import { decided, send, signIn } from "./walk.mjs";

let service, browser, data;
before(async () => { data = await mkdtemp(join(tmpdir(), "skalig-audit-")); browser = await launch(); });
after(async () => { await browser?.close(); await service?.stop(); await rm(data, { recursive: true, force: true }); });

async function held(page) {
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 900 });
    const at = `${new URL(page.url()).pathname} at ${width}`;
    assert.deepEqual(await violations(page), [], at);
    assert.equal(await overflow(page), 0, `${at} is too wide`);
  }
  const levels = await page.locator(":is(h1, h2, h3, h4, h5, h6):not([role=alert] *)").evaluateAll((all) => all.filter((h) => h.checkVisibility()).map((h) => Number(h.tagName[1])));
  assert.equal(levels.filter((l) => l === 1).length, 1, `${page.url()} has not one h1`);
  levels.forEach((l, i) => assert.ok(i === 0 ? l === 1 : l <= levels[i - 1] + 1, `${page.url()} leaves out a level: ${levels}`));
}

async function as(id, path) {
  const person = await open(browser, service.url);
  await person.page.goto(`${service.url}/logga-in`);
  await signIn(person.page, id);
  await person.page.waitForURL((url) => !url.pathname.startsWith("/demo/"));
  await person.page.goto(service.url + path);
  return person;
}

test("each audit page, with rows in its tables", async () => {
  service = await serve(data);
  const person = await open(browser, service.url);
  await send(person.page, service.url, "alva");
  await decided(person.page);
  await person.done();
  await service.stop();
  service = await serve(data, ["--ahead", "768h"]); // 32 days: in another month, whichever it is

  const { page, done } = await open(browser, service.url);
  const month = page.locator('a[href^="/audit/statistik/"]').first();
  for (let tries = 0; tries < 60; tries++) {
    await page.goto(`${service.url}/audit`);
    if (await month.count()) break;
    await page.waitForTimeout(250);
  }
  await held(page);
  await month.click();
  await page.waitForURL("**/audit/statistik/**");
  assert.match(await page.textContent("h1"), /^Statistik för Demokommun/);
  await held(page);
  await page.goto(`${service.url}/audit`);
  const engine = (await page.locator('a[href^="/engine/"]').first().getAttribute("href")).slice("/engine/".length, -".wasm".length);
  await page.goto(`${service.url}/audit/skillnad/${engine}/${engine}`);
  assert.equal(await page.textContent("h1"), "Skillnad mellan två program");
  await held(page);
  await page.goto(`${service.url}/audit/prov`);
  await page.waitForSelector("#valj:not([hidden])");
  await held(page);

  const rut = await as("rut", "/granskning");
  await held(rut.page);
  await rut.page.fill("#count", "0");
  await rut.page.getByRole("button", { name: "Begär urvalet" }).click();
  await rut.page.waitForSelector(".errors, [role=alert]");
  rut.faults.splice(0); // the console tells of the answer 422
  await held(rut.page);
  await rut.page.fill("#count", "1");
  await rut.page.waitForSelector("#lott:not([hidden])");
  await held(rut.page);
  const lot = await rut.page.textContent("#lott-tal"), sealed = await rut.page.inputValue("#seal");
  assert.match(lot, /^[0-9a-f]{64}$/);
  assert.equal(createHash("sha256").update("skalig/sample-secret/1\n").update(Buffer.from(lot, "hex")).digest("hex"), sealed);
  await rut.page.getByRole("button", { name: "Begär urvalet" }).click();
  await rut.page.getByText("lotten är inte öppnad").waitFor();
  await held(rut.page);
  const secret = rut.page.locator("input[name=secret]");
  for (let tries = 0; tries < 40; tries++) { // until the request is published
    await rut.page.goto(`${service.url}/granskning`);
    if (await secret.count() === 0) break;
    assert.equal(await secret.inputValue(), lot, "the browser remembers the lot");
    await rut.page.getByRole("button", { name: "Öppna lotten" }).click();
    await rut.page.waitForLoadState();
  }
  rut.faults.splice(0); // 422 until the request is published
  assert.equal(await rut.page.getByText("1 saknar svar").count(), 1);
  await held(rut.page);
  const doris = await as("doris", "/handlaggare-urval");
  await held(doris.page);
  await page.goto(`${service.url}/audit`);
  assert.match(await page.textContent("main"), /Revisorerna i Demokommun/);
  await held(page);
  const alva = await as("alva", "/mina/lasningar");
  await held(alva.page);
  for (const visitor of [rut, doris, alva]) await visitor.done();
  await done();
});
