// The calculator for other sites, in a page of another origin under a strict policy.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, overflow, violations } from "./browser.mjs";
import { foreign } from "./foreign.mjs";
import { plain } from "./household.mjs";
import { serve } from "./service.mjs";

let service;
let browser;
before(async () => { [service, browser] = await Promise.all([serve(), launch()]); });
after(async () => {
  await browser?.close();
  await service?.stop();
});

/** visit opens the foreign page; requests go to it and, twice, to the service. */
async function visit(t, { change, ...options } = {}) {
  const site = await foreign(service.url, change);
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce", locale: "sv-SE", ...options });
  const page = await context.newPage();
  const [faults, requests] = [[], []];
  page.on("pageerror", (e) => faults.push(e.message));
  page.on("console", (m) => { if (m.type() === "error" && !m.location().url.endsWith("/favicon.ico")) faults.push(m.text()); });
  page.on("request", (r) => { if (!r.url().endsWith("/favicon.ico")) requests.push(`${r.method()} ${r.url().replace(/[0-9a-f]{64}|-[A-Z0-9]{8}\./, "…")}`); });
  t.after(async () => {
    await context.close();
    await site.stop();
  });
  await page.goto(site.url, { waitUntil: "networkidle" });
  return { page, faults, requests, url: site.url };
}

const said = async (page) => plain(await page.locator("skalig-kalkyl #said").innerText());

// The household of household.mjs: 9 490,50.
async function fill(page) {
  await page.fill("#age-1", "34");
  await page.click("#add");
  await page.fill("#child-1-age", "5");
  await page.fill("#rooms", "2");
  await page.fill("#rent", "6 200,50");
  await page.fill("#electricity", "350");
  await page.fill("#homeInsurance", "120 kr");
  await page.fill("#income-sicknessBenefit", "4 000");
  await page.fill("#income-childBenefit", "1250");
}

test("it computes on another origin, and sends nothing", async (t) => {
  const { page, faults, requests, url } = await visit(t);
  const before = requests.length;
  await fill(page);
  assert.equal(await said(page), "9 490,50 kr");
  assert.equal(await page.locator("skalig-kalkyl tbody tr").count() > 8, true);
  assert.equal(requests.length, before, "something was fetched while the form was filled in");
  assert.deepEqual(requests, [`GET ${url}/`, `GET ${service.url}/assets/embed…js`, `GET ${service.url}/engine/….wasm`]);
  assert.deepEqual(faults, []);
});

for (const options of [{}, { viewport: { width: 320, height: 640 } }, { colorScheme: "dark" }]) {
  test(`it is accessible: ${JSON.stringify(options)}`, async (t) => {
    const { page } = await visit(t, { ...options, bypassCSP: true });
    assert.deepEqual(await violations(page), []);
    await fill(page);
    await page.fill("#rent", "many");
    assert.deepEqual(await violations(page), []);
    assert.equal(await overflow(page), 0);
  });
}

test("what cannot be read is said at its field", async (t) => {
  const { page } = await visit(t);
  await fill(page);
  await page.fill("#rent", "many");
  assert.equal(await page.locator("#rent").getAttribute("aria-invalid"), "true");
  assert.match(await page.locator("#rent-error").innerText(), /\S/);
  await page.fill("#rent", "6200,50");
  assert.equal(await page.locator("#rent").getAttribute("aria-invalid"), null);
  assert.equal(await said(page), "9 490,50 kr");
});

test("it speaks the language of its attribute, or of what is around it", async (t) => {
  for (const [change, want] of [
    [(html) => html.replace("<skalig-kalkyl ", '<skalig-kalkyl lang="en" '), "How many adults are you in the household?"],
    [(html) => html.replace('<html lang="sv">', '<html lang="en-GB">'), "How many adults are you in the household?"],
    [(html) => html.replace("<skalig-kalkyl ", '<skalig-kalkyl lang="xx" '), "Hur många vuxna är ni i hushållet?"],
  ]) {
    const { page } = await visit(t, { change });
    assert.equal(plain(await page.locator("skalig-kalkyl legend").first().innerText()), want);
    await fill(page);
    assert.match(await said(page), /^(SEK )?9[ ,]490[.,]50/);
  }
});

test("right to left is right to left", async (t) => {
  const { page } = await visit(t, { change: (html) => html.replace("<skalig-kalkyl ", '<skalig-kalkyl lang="ar" ') });
  assert.equal(await page.locator("skalig-kalkyl .desk").getAttribute("dir"), "rtl");
});

test("a municipality without a guideline here leaves costs to a caseworker", async (t) => {
  const { page } = await visit(t, { change: (html) => html.replace('"9999"', '"0000"') });
  await fill(page);
  assert.ok(await page.locator("skalig-kalkyl #said li").count() > 0);
});

test("other bytes than those of the hash are not run", async (t) => {
  const site = await foreign(service.url);
  const context = await browser.newContext();
  t.after(async () => {
    await context.close();
    await site.stop();
  });
  const page = await context.newPage();
  await page.route("**/engine/*.wasm", async (route) => {
    const answer = await route.fetch();
    const body = await answer.body();
    body[body.length - 1] ^= 1;
    await route.fulfill({ response: answer, body });
  });
  await page.goto(site.url, { waitUntil: "networkidle" });
  assert.match(plain(await page.locator("skalig-kalkyl #heading").innerText()), /kunde inte starta/);
});
