// An agency that answers too late, as the applicant meets it: named, never held against anyone, and in nobody's way. The demonstration's last
// two test persons are such that the study support agency (CSN) is late, and the composite service waits for it longer than a page does.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, open, sound, text } from "./browser.mjs";
import { serve } from "./service.mjs";
import { decided, signIn, work } from "./walk.mjs";
import { fill, ready } from "./household.mjs";

let service, browser;
before(async () => {
  service = await serve();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

const safe = "Det räknas aldrig till din nackdel. Du kan gå vidare.";
const late = ["test-182499", "test-182498"];

/** check takes the calculator's answers to the page to check, as somebody who is not on the page of persons. */
async function check(page, id, change = async () => {}) {
  await ready(page, service.url);
  await fill(page);
  await change(page);
  await page.click("#ansok-knapp");
  await page.waitForSelector("button[name=person]");
  await page.locator("button[name=person]").first().evaluate((b, person) => { b.value = person; }, id);
  await page.locator("button[name=person]").first().click();
  await page.waitForURL("**/ansok/kontrollera");
}

const send = async (page) => {
  await page.check("#attest");
  await page.getByRole("button", { name: "Skicka ansökan" }).click();
  await page.waitForURL("**/arende/*");
};

test("a late agency is named, and the application is granted all the same", { timeout: 120_000 }, async () => {
  const { page, done } = await open(browser, service.url);
  await check(page, late[0]);
  const first = await text(page, ".registers");
  assert.match(first, /Vi har inte fått svar än från .*CSN.*\. /, "the page waits without saying for whom");
  assert.ok(first.includes(safe), first);
  assert.ok(await page.getByRole("button", { name: "Skicka ansökan" }).isEnabled(), "nobody can go on");
  await sound(page);
  let then = first; // the composite service gives up on the late one, and the others' answers are there
  for (let tries = 0; tries < 40 && then.includes("inte fått svar än"); tries++) {
    await page.waitForTimeout(500);
    await page.reload();
    then = await text(page, ".registers");
  }
  assert.ok(then.includes(`Det kom inget svar från CSN. ${safe}`), then);
  assert.match(then, /Visar inga utbetalningar till dig: Försäkringskassan/, "the others' answers are lost with it");
  await send(page);
  await decided(page);
  assert.match(await text(page, "main"), /Du får 9 490,50 kr/);
  await done();
});

test("who does not wait is granted too; where a human decides, the caseworker is told who was silent", { timeout: 120_000 }, async () => {
  const { page, done } = await open(browser, service.url);
  await check(page, late[1], (p) => p.fill("#rent", "9 900"));
  assert.ok((await text(page, ".registers")).includes(safe));
  await send(page);
  const id = new URL(page.url()).pathname.split("/").pop();
  const said = await text(page, "main");
  assert.doesNotMatch(said, /CSN|inget svar/, "the silence stands among the reasons");
  await done();
  const desk = await open(browser, service.url);
  await desk.page.goto(`${service.url}/handlaggare/${id}`);
  await signIn(desk.page, "doris");
  await desk.page.waitForURL(`**/handlaggare/${id}`);
  await desk.page.waitForSelector("#varningar");
  assert.match(await text(desk.page, ".warnings"), /CSN/, "the caseworker is not told");
  await work(desk.page);
  await desk.done();
});
