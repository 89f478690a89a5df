// Every public page in every language: written in it and in its direction, no violation that axe finds, nothing wider than a narrow window,
// nothing fetched from elsewhere, nothing inline that a policy would have to allow.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, open, overflow, violations } from "./browser.mjs";
import { fill, plain, ready, support } from "./household.mjs";
import { serve } from "./service.mjs";

let service, browser;
before(async () => { service = await serve(); browser = await launch(); });
after(async () => { await browser?.close(); await service?.stop(); });

const pages = ["", "/rakna", "/rakna/server", "/rakna#alla", "/kommuner", "/kvitto", "/hjalp", "/om", "/tillganglighet"];
const right = ["ar", "prs"];

/** languages are those that the first page offers, by the beginning of their addresses. */
async function languages() {
  const { page, done } = await open(browser, service.url);
  await page.goto(service.url);
  const all = await page.locator(".tongues a").evaluateAll((list) => list.map((a) => ({ path: new URL(a.href).pathname.replace(/\/$/, ""), code: a.lang, name: a.textContent })));
  await done();
  return all;
}

test("the list of languages is that of the service, each in its own words", async () => {
  assert.deepEqual((await languages()).map((l) => l.code), ["sv", "sv-x-lattlast", "en", "ar", "so", "prs", "ti", "uk", "fi"]);
});

test("every page in every language", async (t) => {
  const { page, requests, done } = await open(browser, service.url, { viewport: { width: 320, height: 800 } });
  for (const { path: language, code } of await languages()) {
    await t.test(code, async () => {
      for (const path of pages) {
        const at = language + path || "/";
        const answer = await page.goto(service.url + at);
        assert.equal(answer.status(), 200, at);
        const policy = answer.headers()["content-security-policy"];
        assert.match(policy, /script-src 'self' 'wasm-unsafe-eval';/, at);
        assert.doesNotMatch(policy, /unsafe-inline|https?:\/\/(?!localhost|127\.0\.0\.1)/, at);
        if (path === "/rakna") await page.waitForSelector("#rakna:not([hidden])");
        if (path === "/rakna#alla") {
          await page.waitForSelector("#rakna:not([hidden])");
          await fill(page);
          await page.fill("#rent", "25000"); // a person decides, and the page says why
          await page.waitForSelector("#svar .notice");
          for (const row of await page.locator("#svar summary").all()) await row.click();
          await page.waitForSelector("#mer:not([hidden])");
        }
        if (path === "/kvitto") {
          await page.waitForSelector("#valj:not([hidden])");
          await page.click(".paste summary");
          await page.fill("#text", "{}");
          await page.click("#valj button");
          await page.waitForSelector("#utfall:not([hidden])");
        }
        const [lang, dir] = await page.evaluate(() => [document.documentElement.lang, getComputedStyle(document.body).direction]);
        assert.deepEqual([lang, dir], [code, right.includes(code) ? "rtl" : "ltr"], at);
        assert.deepEqual(await violations(page), [], at);
        assert.equal(await overflow(page), 0, `${at} is wider than 320 pixels`);
        assert.deepEqual(await page.evaluate(() => Array.from(document.querySelectorAll("style, [style], script:not([src]):not([type='application/json'])"), (e) => e.outerHTML.slice(0, 80))), [], at);
      }
    });
  }
  assert.ok(requests.every((r) => r.method === "GET"));
  await done();
});

test("the calculator answers in each language, and the amount is the same", async () => {
  const { page, done } = await open(browser, service.url);
  const digits = (text) => text.replace(/[^0-9]/g, "");
  for (const { path, code } of await languages()) {
    await page.goto(`${service.url}${path}/rakna#alla`);
    await page.waitForSelector("#rakna:not([hidden])");
    await fill(page);
    assert.equal(digits(await page.textContent("#svar .amount")), digits(support), code);
    const note = await page.locator(".translated").count();
    assert.equal(note, code === "sv" ? 0 : 1, `${code}: whose text applies`);
    // What the page writes by Intl and what the engine writes from its file are the same form.
    const reading = await page.textContent("#rent-reading");
    const engine = await page.evaluate(() => JSON.parse(document.getElementById("skalig-data").textContent).language.words.text);
    const written = engine["format.money"].replace("{n}", `6${engine["format.group"]}200${engine["format.decimal"]}50`);
    assert.ok(reading.includes(written), `${code}: the page writes ${reading}, the engine ${written}`);
  }
  await done();
});

test("another language keeps what is written, and stores nothing", async () => {
  const { page, requests, done } = await open(browser, service.url);
  await ready(page, service.url);
  await fill(page);
  await page.fill("#p1-wage", "tusen"); // what can't be read is kept as well
  requests.length = 0;
  await page.click(".tongues summary");
  await page.click('.tongues a[lang="en"]');
  await page.waitForURL(/\/en\/rakna(#.*)?$/);
  await page.waitForSelector("#rakna:not([hidden])");
  assert.equal(await page.inputValue("#p1-wage"), "tusen");
  await page.fill("#p1-wage", "");
  assert.match(plain(await page.textContent("#svar")), /^You may get about 9,490\.50 kr/);
  assert.equal(await page.inputValue("#c1-age"), "5");
  assert.ok(requests.every((r) => r.method === "GET" && !/6200|6%20200|tusen/.test(r.url)));
  assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length]), [0, 0]);
  await page.goBack();
  await page.waitForSelector("html[lang=sv] #rakna:not([hidden])");
  assert.equal(plain(await page.textContent("#svar .amount")), support, "Back lost an answer");
  await done();
});

test("links stay in the language", async () => {
  const { page, done } = await open(browser, service.url, { javaScriptEnabled: false });
  await page.goto(`${service.url}/en`);
  await page.click("main .button");
  await page.waitForURL("**/en/rakna");
  await page.click(".aid a");
  await page.waitForURL("**/en/hjalp#idag");
  await page.click(".logo");
  await page.waitForURL("**/en");
  await done();
});

test("from right to left, the page is mirrored and its figures are not", async () => {
  for (const code of right) {
    const { page, done } = await open(browser, service.url);
    await page.goto(`${service.url}/${code}/rakna#alla`);
    await page.waitForSelector("#rakna:not([hidden])");
    await fill(page);
    await page.waitForSelector("#mer:not([hidden])");
    const seen = await page.evaluate(() => {
      const box = (selector) => document.querySelector(selector).getBoundingClientRect();
      const text = (node, from, to) => {
        const range = document.createRange();
        range.setStart(node, from);
        range.setEnd(node, to);
        return range.getBoundingClientRect().left;
      };
      const walker = document.createTreeWalker(document.querySelector("#svar .amount"), NodeFilter.SHOW_TEXT);
      const amount = walker.nextNode();
      const [first, unit] = [amount.data.search(/\d/), amount.data.indexOf("kr")];
      const fingerprint = Array.from(document.querySelector("#program").childNodes).find((n) => /[0-9a-f]{64}/.test(n.data));
      document.querySelector(".program").open = true;
      const hash = fingerprint.data.search(/[0-9a-f]{64}/);
      return {
        logo: box(".logo").left > innerWidth / 2,
        answer: box(".desk__answer").left < box(".desk__form").left,
        label: box("#svar tbody th").left > box("#svar tbody td").left,
        digits: text(amount, first, first + 1) < text(amount, first + 1, first + 2) && text(amount, first, first + 1) < text(amount, unit, unit + 1),
        fingerprint: text(fingerprint, hash, hash + 1) < text(fingerprint, hash + 4, hash + 5),
        chart: getComputedStyle(document.querySelector("#mer-bild")).direction,
        provision: document.querySelector("#svar details bdi")?.lang,
      };
    });
    assert.deepEqual(seen, { logo: true, answer: true, label: true, digits: true, fingerprint: true, chart: "ltr", provision: "sv" }, code);
    await done();
  }
});
