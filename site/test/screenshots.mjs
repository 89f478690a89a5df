// Pictures of the pages for the README, taken of the real program: node screenshots.mjs
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch, open } from "./browser.mjs";
import { fill, ready } from "./household.mjs";
import { serve } from "./service.mjs";
import { decided, receipt, send, signIn } from "./walk.mjs";

const to = (name) => fileURLToPath(new URL(`../screenshots/${name}.png`, import.meta.url));
await mkdir(fileURLToPath(new URL("../screenshots", import.meta.url)), { recursive: true });
const service = await serve();
const browser = await launch();
const folder = await mkdtemp(join(tmpdir(), "skalig-shots-"));
try {
  const wide = await open(browser, service.url, { viewport: { width: 1280, height: 900 } });
  await wide.page.goto(service.url);
  await wide.page.screenshot({ path: to("start") });
  await ready(wide.page, service.url);
  await fill(wide.page);
  await wide.page.evaluate(() => { document.activeElement.blur(); window.scrollTo(0, 150); });
  await wide.page.screenshot({ path: to("rakna") });

  await wide.page.goto("about:blank"); // the same address again would keep the answers
  await send(wide.page, service.url, "alva");
  await decided(wide.page);
  await wide.page.setViewportSize({ width: 1024, height: 1300 });
  await wide.page.screenshot({ path: to("beslut") });
  await receipt(wide.page, join(folder, "kvitto.json"));
  await wide.page.goto(`${service.url}/kvitto`);
  await wide.page.waitForSelector("#valj:not([hidden])");
  await wide.page.setInputFiles("#fil", join(folder, "kvitto.json"));
  await wide.page.waitForSelector(".verdict--ok");
  await wide.page.evaluate(() => document.querySelector("#utfall").scrollIntoView());
  await wide.page.screenshot({ path: to("kvitto") });

  // The caseworker's desk with a case that a human decides.
  const bo = await open(browser, service.url);
  await send(bo.page, service.url, "bo", async (page) => { await page.fill("#rent", "25000"); });
  const desk = await open(browser, service.url, { viewport: { width: 1280, height: 1200 } });
  await desk.page.goto(service.url + new URL(bo.page.url()).pathname.replace("/arende/", "/handlaggare/"));
  await signIn(desk.page, "doris");
  await desk.page.waitForSelector(".warnings");
  await desk.page.screenshot({ path: to("handlaggare") });

  const phone = await open(browser, service.url, { viewport: { width: 360, height: 740 }, colorScheme: "dark", deviceScaleFactor: 2 });
  await ready(phone.page, service.url);
  await fill(phone.page);
  await phone.page.evaluate(() => { document.activeElement.blur(); document.querySelector("#resultat").scrollIntoView(); });
  await phone.page.screenshot({ path: to("mobil") });

  // Two more of the languages: from right to left on a desk, and Ethiopic on a phone.
  for (const [path, width, height] of [["ar", 1280, 900], ["ti", 360, 740]]) {
    const other = await open(browser, service.url, { viewport: { width, height }, deviceScaleFactor: width < 1000 ? 2 : 1 });
    await other.page.goto(`${service.url}/${path}/rakna#alla`, { waitUntil: "networkidle" });
    await other.page.waitForSelector("#rakna:not([hidden])");
    await fill(other.page);
    await other.page.evaluate((narrow) => {
      document.activeElement.blur();
      if (narrow) document.querySelector("#resultat").scrollIntoView();
      else window.scrollTo(0, 150);
    }, width < 1000);
    await other.page.screenshot({ path: to(`rakna-${path}`) });
    await other.context.close();
  }
} finally {
  await browser.close();
  await service.stop();
  await rm(folder, { recursive: true, force: true });
}
