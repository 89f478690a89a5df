// A second month: last month's rows answered one by one, a rent that has changed, a human, a part of it, the letter, an appeal, and the board's
// other decision with the difference in kronor.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { launch, open, sound, text } from "./browser.mjs";
import { serve } from "./service.mjs";
import { decided, send, signIn, work } from "./walk.mjs";

let service, browser;
before(async () => {
  service = await serve();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

const save = async (page) => {
  await page.getByRole("button", { name: "Spara och fortsätt" }).click();
  await page.waitForLoadState();
};

test("a renewal with a changed rent, decided in part, appealed, and decided anew", async () => {
  const applicant = await open(browser, service.url);
  const me = applicant.page;
  await send(me, service.url, "bo");
  await decided(me); // 9 490,50
  await me.goto(`${service.url}/ansok`);
  await me.getByRole("button", { name: "Sök för en ny månad" }).click();
  await me.waitForURL("**/ansok/forra");
  await sound(me);
  const rows = await me.locator("form .card legend").allInnerTexts();
  assert.equal(rows.length, 5, rows.join("\n"));
  assert.ok(rows.some((r) => /Hyra.*6.200,50/.test(r)), rows.join("\n"));

  // Nothing is the same by itself: each row is asked about, and so is the household.
  await me.check("#cost-rent-changed");
  await save(me);
  const faults = await text(me, ".error-summary");
  for (const want of ["Skriv det nya beloppet för hyra", "Svara på el i hemmet", "Svara på om hushållet"]) assert.match(faults, new RegExp(want, "i"));
  await sound(me);
  await me.fill("#cost-rent-amount", "25 000");
  await me.check("#cost-electricity");
  await me.check("#cost-homeInsurance-ended");
  await me.check("#income-p1-sicknessBenefit");
  await me.check("#income-p1-childBenefit");
  await me.check("#unchanged");
  await save(me);
  for (let i = 0; i < 6 && !/kontrollera$/.test(me.url()); i++) {
    if (/barn$/.test(me.url())) { // the calculator told only how old the child is
      await sound(me);
      await me.fill("#c1-born", "2021-03");
    }
    if (/underlag$/.test(me.url())) for (const id of await me.locator("input[type=radio][value=later]").evaluateAll((list) => list.map((e) => e.id))) await me.check(`#${id}`);
    await save(me);
  }
  assert.match(me.url(), /kontrollera$/);
  const check = await text(me, "main");
  assert.match(check, /Ändrat sedan förra gången, då 6 200,50 kr/);
  assert.match(check, /Har upphört\. Förra gången 120 kr/);
  await sound(me);
  await me.check("#attest");
  await me.getByRole("button", { name: "Skicka ansökan" }).click();
  await me.waitForURL("**/arende/*");
  const mine = me.url();
  const id = mine.split("/").at(-1);
  assert.match(await text(me, "main"), /Hyran är högre/);

  const desk = await open(browser, service.url);
  const doris = desk.page;
  await doris.goto(`${service.url}/handlaggare/${id}`);
  await signIn(doris, "doris");
  await doris.waitForURL(`**/handlaggare/${id}`);
  await sound(doris);
  await work(doris);
  await doris.check("#o-partly");
  await doris.getByRole("button", { name: "Fatta beslutet" }).click();
  await doris.waitForLoadState();
  assert.equal(await doris.locator(".error-summary").count(), 0, await doris.textContent("main"));

  // 8 070 + 8 600 (the limit) + 350 − 5 250 = 11 770, which is 2 279,50 more than last month.
  await me.goto(mine);
  await decided(me);
  assert.match(await text(me, "h1"), /Du får 11 770 kr/);
  assert.match(await text(me, "main"), /Från 9 490,50 kr till 11 770 kr\s*\+2 279,50 kr/);
  await sound(me);
  await me.goto(`${mine}/brev`);
  const letter = await text(me, "main");
  assert.match(letter, /11 770 kr/);
  assert.match(letter, /inom tre veckor/);
  await me.goto(mine);
  for (let tries = 0; tries < 120 && !(await me.getByRole("link", { name: "Spara brevet som PDF" }).count()); tries++) {
    await me.waitForTimeout(500);
    await me.reload();
  }
  const [download] = await Promise.all([me.waitForEvent("download"), me.getByRole("link", { name: "Spara brevet som PDF" }).click()]);
  assert.match((await readFile(await download.path())).toString("latin1"), /^%PDF-/);

  await me.getByRole("link", { name: "Överklaga här" }).click();
  await me.fill("#change", "Jag vill ha hela hyran.");
  await me.getByRole("button", { name: "Fortsätt" }).click();
  await me.fill("#why", "Jag hittar ingen billigare bostad.");
  await me.getByRole("button", { name: "Fortsätt" }).click();
  await me.getByRole("button", { name: "Skicka överklagandet" }).click();
  await me.waitForURL("**/arende/*");

  await doris.goto(`${service.url}/handlaggare`);
  await doris.getByRole("link", { name: /^Överklagande/ }).click();
  await doris.check("#o-partly");
  await doris.fill("#amount", "20 000");
  await doris.fill("#motivation", "Du har sökt bostad i ett halvår.");
  await doris.getByRole("button", { name: "Visa vad det blir" }).click();
  await doris.waitForSelector("text=Beslutet är inte ändrat än");
  await doris.getByRole("button", { name: "Fatta det nya beslutet" }).click();
  await doris.waitForSelector("text=På vilket sätt den klagande har fått det som begärdes"); // in part: the appeal goes on

  for (let tries = 0; tries < 40 && !/20 000/.test(await text(me, "h1")); tries++) {
    await me.waitForTimeout(250);
    await me.goto(mine);
  }
  const page = await text(me, "main");
  assert.match(page, /Nämnden har ändrat sitt beslut/);
  assert.match(page, /Från 11 770 kr till 20 000 kr\s*\+8 230 kr/);
  assert.match(page, /Omprövning efter överklagande/);
  await sound(me);
  assert.deepEqual(applicant.faults.splice(0).filter((f) => !/\b422\b/.test(f)), [], "only the form with gaps is refused");
  await applicant.done();
  await desk.done();
});
