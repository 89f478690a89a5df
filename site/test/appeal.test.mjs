// After sending: what a caseworker asks for, a partial grant, an appeal in three steps, and the decision made anew, with its letter.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { launch, open, sound, text } from "./browser.mjs";
import { serve } from "./service.mjs";
import { decided, letter, send, signIn, work } from "./walk.mjs";

let service, browser;
before(async () => {
  service = await serve();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

test("a rent above the limit, a question, a partial grant, an appeal and a new decision", async () => {
  const applicant = await open(browser, service.url);
  const me = applicant.page;
  await send(me, service.url, "bo", async (page) => { await page.fill("#rent", "25000"); });
  const mine = me.url();
  const id = mine.split("/").at(-1);

  const desk = await open(browser, service.url);
  const doris = desk.page;
  await doris.goto(`${service.url}/handlaggare/${id}`);
  await signIn(doris, "doris");
  await doris.waitForURL(`**/handlaggare/${id}`);
  await doris.goto(`${service.url}/handlaggare/${id}/komplettering`);
  await sound(doris);
  await doris.fill("#text", "Skicka hyresavin för november.");
  await doris.getByRole("button", { name: "Skicka frågan" }).click();
  await doris.waitForSelector(".notice");
  await sound(doris);

  await me.reload();
  assert.match(await text(me, "main"), /Vi behöver mer från dig/);
  assert.match(await text(me, "main"), /Skicka hyresavin för november/);
  await sound(me);
  await me.fill("#answer", "Hyran är 25 000 kronor.");
  await me.getByRole("button", { name: "Skicka svaret" }).click();
  await me.waitForLoadState();
  assert.match(await text(me, "main"), /Dina uppgifter är framme/);
  await me.fill("#message", "När får jag svar?");
  await me.getByRole("button", { name: "Skicka meddelandet" }).click();
  await me.waitForSelector(".message--own");
  await sound(me);

  await doris.goto(`${service.url}/handlaggare/${id}/meddelande`);
  assert.match(await text(doris, "main"), /När får jag svar/);
  await doris.fill("#message", "I dag.");
  await doris.getByRole("button", { name: "Skicka" }).click();
  await doris.waitForSelector(".message--own");
  await sound(doris);
  await doris.goto(`${service.url}/handlaggare/${id}`);
  await work(doris);
  await doris.check("#o-partly");
  await doris.fill("#motivation", "Hyran är högre än kommunens gräns.");
  await doris.getByRole("button", { name: "Fatta beslutet" }).click();
  await doris.waitForLoadState();
  assert.equal(await doris.locator(".error-summary").count(), 0, await doris.textContent("main"));

  await me.goto(mine);
  await decided(me);
  const first = await text(me, "h1 .amount");
  await sound(me);
  await me.getByRole("link", { name: "Överklaga här" }).click();
  await me.waitForURL("**/overklaga");
  await sound(me);
  await me.getByRole("button", { name: "Fortsätt" }).click();
  await me.waitForSelector(".error-summary");
  assert.match(await me.title(), /^Fel:/);
  await sound(me);
  await me.fill("#change", "Jag vill ha hela hyran.");
  await me.getByRole("button", { name: "Fortsätt" }).click();
  await me.waitForSelector("#why");
  await sound(me);
  await me.fill("#why", "Jag hittar ingen billigare bostad.");
  await me.getByRole("button", { name: "Fortsätt" }).click();
  await me.waitForSelector("text=Kontrollera och skicka");
  await sound(me);
  await me.getByRole("button", { name: "Skicka överklagandet" }).click();
  await me.waitForURL("**/arende/*");
  assert.match(await text(me, "main"), /Du har överklagat beslutet/);
  await sound(me);

  await doris.goto(`${service.url}/handlaggare/${id}/overklagande`);
  assert.match(await text(doris, "main"), /Jag hittar ingen billigare bostad/);
  await sound(doris);
  await doris.check("#o-partly");
  await doris.fill("#amount", "20 000");
  await doris.fill("#motivation", "Du har sökt bostad i ett halvår.");
  await doris.getByRole("button", { name: "Visa vad det blir" }).click();
  await doris.waitForSelector("text=Beslutet är inte ändrat än");
  await sound(doris);
  await doris.getByRole("button", { name: "Fatta det nya beslutet" }).click();
  await doris.waitForSelector("text=På vilket sätt den klagande har fått det som begärdes"); // in part: the appeal goes on
  await sound(doris);

  for (let tries = 0; tries < 40 && !/20 000/.test(await text(me, "h1")); tries++) {
    await me.waitForTimeout(250);
    await me.goto(mine);
  }
  const page = await text(me, "main");
  assert.match(await text(me, "h1"), /Du får 20 000 kr/);
  assert.match(page, /Nämnden har ändrat sitt beslut/);
  assert.ok(page.includes(`Från ${first} till 20 000 kr`), page);
  await sound(me);

  const pdf = (await readFile(await letter(me, mine))).toString("latin1");
  for (const want of ["%PDF-", "/MarkInfo", "/StructTreeRoot", "/Lang (sv"]) assert.ok(pdf.includes(want), `the letter lacks ${want}`);
  await me.goto(`${mine}/brev`);
  await sound(me);
  assert.deepEqual(applicant.faults.splice(0).map((f) => /\b422\b/.test(f)), [true], "the empty step alone is refused"); // the browser's own note of it
  await applicant.done();
  await desk.done();
});
