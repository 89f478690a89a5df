// The calculator without script, or where its program does not start: the same form goes to the server, which answers with the same lines.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, open, overflow, text, violations } from "./browser.mjs";
import { everyField, fill, ready, sharing } from "./household.mjs";
import { serve } from "./service.mjs";
import { table } from "./walk.mjs";

let service, browser;
before(async () => { service = await serve(); browser = await launch(); });
after(async () => { await browser?.close(); await service?.stop(); });

/** refused takes out what the browser says of a form that the server did not take. */
function refused(faults) {
  assert.deepEqual(faults, ["console: Failed to load resource: the server responded with a status of 422 (Unprocessable Entity)"]);
  faults.length = 0;
}

test("without script: the visitor chooses, the server answers with the same lines", async () => {
  const own = await open(browser, service.url);
  await ready(own.page, service.url);
  await fill(own.page);
  const lines = await table(own.page, "#svar");
  await own.done();

  const { page, requests, faults, done } = await open(browser, service.url, { javaScriptEnabled: false, viewport: { width: 320, height: 640 } });
  await page.goto(`${service.url}/rakna`);
  await page.getByRole("link", { name: "Räkna på servern i stället" }).click({ timeout: 10_000 });
  assert.match(await text(page, "main"), /skickas dina svar till servern.*sparar inget/);
  assert.equal(requests.filter((r) => r.method === "POST").length, 0, "something was sent before the visitor chose it");
  await page.selectOption("#kommun", "9999");
  for (const [id, value] of [["p1-age", "34"], ["c1-age", "5"], ["rooms", "2"], ["rent", "6 200,50"], ["electricity", "350"], ["homeInsurance", "120 kr"], ["p1-sicknessBenefit", "4 000"],
    ["p1-childBenefit", "1250"]]) await page.fill(`#${id}`, value);
  await page.check("#p1-before-no");
  await page.check("#c1-lunch-away");
  await page.getByRole("button", { name: "Räkna ut" }).click();
  assert.match(await text(page, "main .notice"), /Dina svar skickades till servern.*inte sparat/);
  assert.equal(await text(page, ".explanation .amount"), "9 490,50 kr");
  assert.deepEqual(await table(page, ".explanation"), lines);
  assert.equal(await page.inputValue("#rent"), "6 200,50", "an answer was lost");
  assert.equal(await overflow(page), 0);
  assert.doesNotMatch(page.url(), /\?/);

  await page.fill("#rent", "dyr");
  await page.fill("#p1-age", "");
  await page.getByRole("button", { name: "Räkna ut" }).click();
  assert.match(await page.title(), /^Fel: /);
  assert.equal(await page.getAttribute(".error-summary a", "href"), "#rent");
  assert.match(await text(page, "#rent-error"), /siffror/);
  assert.equal(await page.locator(".explanation").count(), 0, "an old amount stands beside what can't be read");
  refused(faults);
  await done();
});

test("what the server answers is sound", async () => {
  const { page, faults, done } = await open(browser, service.url);
  await page.goto(`${service.url}/rakna/server`);
  for (const fillIn of [async () => {}, async () => page.fill("#p1-age", "34"), async () => page.check("#rent-okand")]) {
    await fillIn();
    await page.getByRole("button", { name: "Räkna ut" }).click();
    await page.waitForLoadState();
    assert.deepEqual(await violations(page), []);
  }
  refused(faults);
  assert.match(await text(page, "#resultat"), /Mellan 5 220 kr och 12 220 kr per månad/);
  await done();
});

test("the page and the server read the same facts from the same form", async () => {
  const canonical = async (facts) => {
    const answer = await fetch(`${service.url}/v1/assess?municipality=9999`, { method: "POST", body: JSON.stringify({ facts: JSON.parse(facts) }) });
    return (await answer.json()).facts;
  };
  for (const household of [fill, everyField]) {
    const { page, done } = await open(browser, service.url);
    await sharing(page);
    await ready(page, service.url);
    await household(page);
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("#spara")]);
    const saved = await (await import("node:fs/promises")).readFile(await download.path(), "utf8");
    const form = await page.evaluate(() => Array.from(new FormData(document.getElementById("uppgifter"))));
    const answer = await fetch(`${service.url}/rakna/server`, { method: "POST", body: new URLSearchParams(form) });
    const [, escaped] = /name="facts" value="([^"]*)"/.exec(await answer.text()) ?? [];
    assert.ok(escaped, `the server does not take the form: ${answer.status}`);
    const facts = escaped.replace(/&#34;/g, '"').replace(/&amp;/g, "&");
    assert.deepEqual(await canonical(facts), await canonical(saved));
    await done();
  }
});

test("where the program does not start, the page says so and offers the server", async () => {
  const { page, context } = await open(browser, service.url);
  await page.route("**/engine/*.wasm", (route) => route.abort());
  await page.goto(`${service.url}/rakna`);
  await page.waitForSelector("#trasig:not([hidden])");
  assert.ok(await page.isVisible("#trasig a[href='/rakna/server']"));
  assert.ok(await page.isHidden("#laddar"));
  await context.close();
  const old = await open(browser, service.url);
  await old.page.route("**/assets/calculator-*.js", (route) => route.abort());
  await old.page.goto(`${service.url}/rakna`);
  await old.page.waitForTimeout(200);
  assert.ok(await old.page.isHidden("#laddar a[href='/rakna/server']") || await old.page.evaluate(() => getComputedStyle(document.getElementById("laddar")).visibility) === "hidden");
  await old.page.waitForFunction(() => getComputedStyle(document.getElementById("laddar")).visibility === "visible", undefined, { timeout: 10_000 });
  await old.context.close();
});
