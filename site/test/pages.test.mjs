// Every public page, in light and dark, wide and narrow: no violation that axe finds, nothing wider than the window, nothing fetched from
// elsewhere, nothing that the Content-Security-Policy refuses.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, open, overflow, violations } from "./browser.mjs";
import { fill } from "./household.mjs";
import { serve } from "./service.mjs";

let service, browser;
before(async () => { service = await serve(); browser = await launch(); });
after(async () => { await browser?.close(); await service?.stop(); });

const pages = {
  "/": async () => {},
  "/rakna": async (page) => { await page.waitForSelector("#rakna:not([hidden])"); },
  "/rakna#alla": async (page) => { await page.waitForSelector("#rakna:not([hidden])"); },
  "/rakna#alla, filled in": async (page) => {
    await page.waitForSelector("#rakna:not([hidden])");
    await fill(page);
    await page.check("#vuxna-2");
    await page.fill("#p2-age", "36");
    await page.check("#p2-before-yes");
    await page.fill("#p2-months", "4");
    await page.fill("#rent", "25000");
    for (const row of await page.locator("#svar summary").all()) await row.click();
    await page.click("#mer summary");
  },
  "/rakna#alla, with errors": async (page) => {
    await page.waitForSelector("#rakna:not([hidden])");
    await page.fill("#rent", "-1");
    await page.click("#ansok-knapp");
    await page.waitForSelector(".error-summary");
  },
  "/kvitto#i=3&l=0000000000000000000000000000000000000000000000000000000000000000": async (page) => {
    await page.waitForSelector("#valj:not([hidden])");
    await page.click(".paste summary");
    await page.fill("#text", "{}");
    await page.click("#valj button");
    await page.waitForSelector("#utfall:not([hidden])");
  },
  "/rakna/server": async () => {},
  "/kommuner": async () => {},
  "/hjalp": async () => {},
  "/om": async () => {},
  "/tillganglighet": async () => {},
};

for (const [name, prepare] of Object.entries(pages)) {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1280, 320]) {
      test(`${name} ${colorScheme} ${width}`, async () => {
        const { page, done } = await open(browser, service.url, { colorScheme, viewport: { width, height: 800 } });
        await page.goto(service.url + name.split(",")[0]);
        await prepare(page);
        assert.deepEqual(await violations(page), []);
        assert.equal(await overflow(page), 0, "wider than the window");
        await done();
      });
    }
  }
}

test("forced colours keep every control's edge and the amount", async () => {
  const { page, done } = await open(browser, service.url, { forcedColors: "active" });
  await page.goto(`${service.url}/rakna#alla`);
  await page.waitForSelector("#rakna:not([hidden])");
  await fill(page);
  await page.waitForSelector("#mer:not([hidden])");
  assert.deepEqual(await violations(page), []);
  const edge = await page.evaluate(() => getComputedStyle(document.querySelector("#rent")).borderTopStyle);
  assert.equal(edge, "solid");
  await done();
});

test("text at twice the size still fits", async () => {
  const { page, done } = await open(browser, service.url, { viewport: { width: 640, height: 800 } });
  for (const path of ["/", "/rakna", "/rakna#alla", "/rakna/server", "/kommuner", "/kvitto", "/hjalp"]) {
    await page.goto(service.url + path);
    await page.evaluate(() => { document.documentElement.style.fontSize = "212%"; });
    assert.equal(await overflow(page), 0, path);
  }
  await done();
});

test("targets are at least 24 pixels high and wide", async () => {
  const { page, done } = await open(browser, service.url, { viewport: { width: 360, height: 740 } });
  for (const path of ["/", "/rakna", "/rakna#alla", "/rakna/server", "/kvitto"]) {
    await page.goto(service.url + path);
    await page.waitForTimeout(200);
    const small = await page.evaluate(() => Array.from(document.querySelectorAll("button, input:not([type=hidden]), select, nav a, .aid a, .foot a, .button, summary"))
      .filter((e) => e.offsetParent !== null && !e.closest(".unseen"))
      .map((e) => ({ what: e.id || e.textContent.trim(), box: e.getBoundingClientRect() }))
      .filter(({ box }) => box.width < 24 || box.height < 24).map(({ what }) => what));
    assert.deepEqual(small, [], path);
  }
  await done();
});
