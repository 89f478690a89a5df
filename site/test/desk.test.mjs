// The caseworker's desk and what is paid, as the people who work there click it.
import assert from "node:assert/strict";
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

/** answered holds that a page's only faults are answers with a status, which the browser names on its console. */
function answered(tab, code) {
  assert.ok(tab.faults.every((f) => f.includes(`status of ${code}`)), tab.faults.join("\n"));
  tab.faults.length = 0;
}

/** as gives a page in which a person is signed in, on a page of theirs. */
async function as(person, path) {
  const tab = await open(browser, service.url);
  await tab.page.goto(service.url + path);
  await signIn(tab.page, person);
  await tab.page.waitForURL(`**${path}`);
  return tab;
}

test("an automatic grant becomes a payment file that two people approve", async () => {
  const alva = await open(browser, service.url);
  await send(alva.page, service.url, "alva");
  await decided(alva.page);
  await alva.page.goto(`${service.url}/mina/konto`);
  await alva.page.fill("#clearing", "5000");
  await alva.page.fill("#number", "000 00 18");
  await alva.page.getByRole("button", { name: "Spara kontot" }).click();
  assert.match(await text(alva.page, ".error-summary"), /Någon siffra stämmer inte/);
  await sound(alva.page);
  answered(alva, 422);
  await alva.page.fill("#number", "000 00 19");
  await alva.page.fill("#landlord", "Hyresvärden AB");
  await alva.page.fill("#landlord-number", "1000-0008");
  await alva.page.fill("#rent", "6 200,50");
  await alva.page.getByRole("button", { name: "Spara kontot" }).click();
  await alva.page.getByText("Vi betalar till det här kontot").waitFor();
  await sound(alva.page);

  const petra = await as("petra", "/utbetalning");
  await sound(petra.page);
  await petra.page.getByRole("button", { name: /^Skapa betalfil på 9.490,50.kr/ }).click();
  await petra.page.getByText("Du har skapat filen.").waitFor();
  assert.equal(await petra.page.getByRole("button", { name: /^Släpp filen/ }).count(), 0, "whoever made the file may release it");
  await sound(petra.page);

  const per = await as("per", "/utbetalning");
  await per.page.getByRole("button", { name: /^Släpp filen/ }).click();
  const link = per.page.getByRole("link", { name: /^Hämta filen/ });
  await link.waitFor();
  const file = await (await per.page.request.get(new URL(await link.getAttribute("href"), service.url).href)).text();
  assert.match(file, /<CtrlSum>9490\.50<\/CtrlSum>/);
  assert.match(file, /<InstdAmt Ccy="SEK">6200\.50<\/InstdAmt>.*<Prtry>BGNR<\/Prtry>/);
  await per.page.locator("table a").first().click();
  await sound(per.page);

  // Lowered after it was paid: shown first, then a question that only the board answers.
  await alva.page.goto(`${service.url}/mina`);
  await alva.page.locator("main a[href^='/arende/']").first().click();
  const mine = alva.page.url();
  const id = mine.split("/").pop();
  const doris = await as("doris", `/handlaggare/${id}/rattelse`);
  await sound(doris.page);
  await doris.page.check("#o-partly");
  await doris.page.fill("#amount", "9 000");
  await doris.page.selectOption("#ground", "misled");
  await doris.page.check("#heard-told");
  await doris.page.fill("#heard-day", new Date().toISOString().slice(0, 10));
  await doris.page.check("#heard-how-oral");
  await doris.page.fill("#heard-answer", "Det stämmer.");
  await doris.page.fill("#motivation", "Hyran är lägre än du skrev.");
  await doris.page.getByRole("button", { name: "Visa vad det blir" }).click();
  assert.match(await text(doris.page, "[role=status]"), /Från 9 490,50 kr till 9 000 kr.*490,50 kr är då för mycket utbetalt\. Inget dras av/);
  await sound(doris.page);
  await doris.page.getByRole("button", { name: "Fatta det nya beslutet" }).click();
  await doris.page.waitForURL(`**/handlaggare/${id}`);
  for (let tries = 0; tries < 40 && !/9 000/.test(await text(alva.page, "h1")); tries++) {
    await alva.page.waitForTimeout(250);
    await alva.page.goto(mine);
  }
  assert.match(await text(alva.page, "main"), /490,50 kr mer är utbetalt.*Nämnden avgör.*Inget dras/);
  await sound(alva.page);
  await doris.page.goto(`${service.url}/handlaggare`);
  await sound(doris.page);
  await doris.page.getByRole("link", { name: /^490,50.kr, ärende/ }).click();
  await sound(doris.page);
  await doris.page.check("#how-dropped");
  await doris.page.fill("#note", "Utskottet § 3");
  await doris.page.getByRole("button", { name: "Spara" }).click();
  await doris.page.getByText("Avgjort av nämnden").waitFor();
  for (const tab of [alva, petra, per, doris]) await tab.done();
});

test("a human changes the calculation, and two caseworkers see each other", async () => {
  const bo = await open(browser, service.url);
  await send(bo.page, service.url, "bo", async (page) => { await page.fill("#rent", "25000"); });
  const id = new URL(bo.page.url()).pathname.split("/").pop();
  const doris = await as("doris", `/handlaggare/${id}`);
  const dag = await as("dag", `/handlaggare/${id}`);
  await sound(doris.page);
  await work(doris.page, { what: "addition", amount: "1 000", reason: "Tid att hitta en billigare bostad.", ground: "12 kap. 1 § socialtjänstlagen (2025:400)" });
  assert.match(await text(doris.page, "main"), /Utöver norm och riktlinjer beviljas 1 000 kr: \+1 000 kr/);
  await sound(doris.page);

  await dag.page.check("#o-refused");
  await dag.page.fill("#motivation", "Dags eget utkast.");
  await dag.page.getByRole("button", { name: "Fatta beslutet" }).click();
  assert.match(await text(dag.page, ".error-summary"), /Någon annan hann före/);
  assert.equal(await dag.page.inputValue("#motivation"), "Dags eget utkast.", "what was typed is lost");
  await sound(dag.page);
  answered(dag, 409);

  await doris.page.check("#o-partly");
  await doris.page.getByRole("button", { name: "Fatta beslutet" }).click();
  await bo.page.goto(`${service.url}/arende/${id}`);
  await decided(bo.page);
  assert.match(await text(bo.page, "main"), /Doris Demosson/);
  for (const tab of [bo, doris, dag]) await tab.done();
});

test("what is typed at the desk stays, whatever is pressed beside it", async () => {
  const cleo = await open(browser, service.url);
  await send(cleo.page, service.url, "cleo", async (page) => { await page.fill("#rent", "25000"); });
  const id = new URL(cleo.page.url()).pathname.split("/").pop();
  const { page, ...doris } = await as("doris", `/handlaggare/${id}`);
  const typed = { "#motivation": "Hyran är högre än\nskälig kostnad.", "#max-rent": "7 000", "#why": "Lönen växlar.", "#reason-skydd": "Skatteverket" };
  const stays = async (after, more = {}) => {
    for (const [field, value] of Object.entries({ ...typed, ...more })) assert.equal(await page.inputValue(field), value, `${field} after ${after}`);
  };
  for (const [field, value] of Object.entries(typed)) await page.fill(field, value);
  await page.check("#o-partly");
  const over = { "#override-amount": "1 000", "#override-reason": "Tid att hitta en billigare bostad." };
  for (const [field, value] of Object.entries(over)) await page.fill(field, value);
  await page.selectOption("#what", "addition");

  await page.press("#override-reason", "Enter");
  assert.equal(new URL(page.url()).pathname, `/handlaggare/${id}`, "Enter presses some button");
  await stays("Enter", over);
  while (await page.getByRole("button", { name: /^Kvittera/ }).count()) {
    const notes = page.locator("input[name^=note-]");
    for (const note of await notes.all()) if (!(await note.inputValue())) await note.fill("Stämt av.");
    const rest = (await notes.count()) - 1;
    await page.getByRole("button", { name: /^Kvittera/ }).first().click();
    await page.waitForURL("**/handlaggare/*#varningar");
    await stays("Kvittera", over);
    assert.deepEqual(await notes.evaluateAll((list) => list.map((n) => n.value)), Array(rest).fill("Stämt av."), "another note");
  }
  await page.getByRole("button", { name: "Fråga myndigheterna igen" }).click();
  await page.waitForURL("**/handlaggare/*#rader");
  await stays("asking the agencies", over);
  await page.selectOption("#ground", "12 kap. 1 § socialtjänstlagen (2025:400)");
  await page.getByRole("button", { name: "Visa effekten" }).click();
  await page.waitForURL("**/andring#andring");
  await stays("the preview", over);
  await page.getByRole("button", { name: "Spara ändringen" }).click();
  await page.waitForURL(`**/handlaggare/${id}#andring`);
  await stays("the change", { "#what": "", "#override-amount": "", "#override-reason": "" });
  assert.ok(await page.isChecked("#o-partly"), "the outcome");
  await page.getByRole("button", { name: "Godkänn beräkningen" }).click();
  await page.waitForURL(`**/handlaggare/${id}#berakning`);
  await stays("the approval");
  await page.getByRole("button", { name: "Sätt gränserna" }).click();
  assert.match(await text(page, ".error-summary"), /Skriv procent/);
  answered(doris, 422);
  await stays("a refusal");
  await sound(page);

  await page.context().clearCookies(); // the session has ended
  await page.getByRole("button", { name: "Fatta beslutet" }).click();
  assert.match(await text(page, "main"), /Inget har skickats.*Det du skrev finns kvar/);
  answered(doris, 401);
  await page.getByRole("link", { name: "Logga in", exact: true }).click();
  await signIn(page, "doris");
  await page.waitForURL(`**/handlaggare/${id}`);
  await stays("the sign-in");
  assert.ok(await page.isChecked("#o-partly"), "the outcome after the sign-in");
  await page.getByRole("button", { name: "Fatta beslutet" }).click();
  await page.waitForURL(`**/handlaggare/${id}`);
  delete typed["#motivation"];
  await stays("the decision");
  assert.match(await text(page, "main"), /Beslutet är fattat|Beviljat till en del/);
  await cleo.done();
  await doris.done();
});

test("a message, a question and its answer, a correction and an appeal wait for who signs in again", async () => {
  const bo = await open(browser, service.url);
  await send(bo.page, service.url, "bo", async (page) => { await page.fill("#rent", "25000"); });
  const id = new URL(bo.page.url()).pathname.split("/").pop();
  const doris = await as("doris", `/handlaggare/${id}`);
  /** ends fills in a page of somebody's, whose session then ends, and holds that all is there after the next sign-in. */
  const ends = async (tab, who, path, typed, button) => {
    await tab.page.goto(service.url + path);
    for (const [field, value] of Object.entries(typed)) await tab.page.fill(field, value);
    await tab.page.context().clearCookies();
    await tab.page.getByRole("button", { name: button, exact: true }).click();
    answered(tab, 401);
    await tab.page.getByRole("link", { name: "Logga in", exact: true }).click();
    await signIn(tab.page, who);
    await tab.page.waitForURL(`**${path}`);
    for (const [field, value] of Object.entries(typed)) assert.equal(await tab.page.inputValue(field), value, `${field} of ${path}`);
  };
  const desk = `/handlaggare/${id}`;
  await ends(doris, "doris", `${desk}/meddelande`, { "#message": "Ring mig gärna." }, "Skicka");
  await ends(doris, "doris", `${desk}/komplettering`, { "#text": "Vi behöver hyresavin.", "#due": "2099-01-01" }, "Skicka frågan");
  await doris.page.fill("#due", new Date(Date.now() + 10 * 86400e3).toISOString().slice(0, 10));
  await doris.page.getByRole("button", { name: "Skicka frågan" }).click();
  await doris.page.getByText("Du väntar på det här").waitFor();
  await ends(bo, "bo", `/arende/${id}`, { "#answer": "Avin kommer imorgon.", "#message": "" }, "Skicka svaret");
  await doris.page.fill("#answer", "Bo ringde.");
  await doris.page.fill("#text", "Och kontraktet.");
  await doris.page.check("#how-oral");
  await doris.page.getByRole("button", { name: "Skriv in svaret" }).click();
  await doris.page.getByText("Bo ringde.").waitFor();
  assert.equal(await doris.page.inputValue("#text"), "Och kontraktet.", "the next question");
  await sound(doris.page);

  await doris.page.goto(service.url + desk);
  await work(doris.page);
  await doris.page.check("#o-partly");
  await doris.page.getByRole("button", { name: "Fatta beslutet" }).click();
  await bo.page.goto(`${service.url}/arende/${id}`);
  await decided(bo.page);
  await ends(bo, "bo", `/arende/${id}/overklaga`, { "#change": "Jag vill ha hela hyran." }, "Fortsätt");
  await ends(doris, "doris", `${desk}/rattelse`, { "#amount": "9 000", "#motivation": "Hyran är lägre." }, "Visa vad det blir");
  await bo.done();
  await doris.done();
});

test("a stop sends the next application to a human, and the pages of every role are sound", async () => {
  const otto = await as("otto", "/drift");
  await otto.page.fill("#reason", "Vi byter maskin.");
  await otto.page.getByRole("button", { name: "Stoppa alla automatiska beslut" }).click();
  await sound(otto.page);
  const cleo = await open(browser, service.url);
  await send(cleo.page, service.url, "cleo");
  assert.match(await text(cleo.page, "main"), /Automatiska beslut är stoppade i hela tjänsten/);
  const id = new URL(cleo.page.url()).pathname.split("/").pop();
  await otto.page.fill("#reason", "Klart.");
  await otto.page.getByRole("button", { name: "Sätt på automatiska beslut igen" }).click();

  const doris = await as("doris", "/handlaggare");
  for (const path of ["/handlaggare", "/handlaggare?orsak=service-stopped", "/handlaggare/arbetet", "/omprovning"]) {
    await doris.page.goto(service.url + path);
    await sound(doris.page);
  }
  await doris.page.goto(`${service.url}/handlaggare/${id}`);
  await doris.page.fill("#reason-skydd", "Uppgift från Skatteverket.");
  await doris.page.getByRole("button", { name: "Hushållet har skyddade uppgifter" }).click();
  const dag = await as("dag", `/handlaggare/${id}`);
  assert.doesNotMatch(await text(dag.page, "main"), /Cleo/);
  await sound(dag.page);
  const maja = await as("maja", "/administration");
  await sound(maja.page);
  for (const tab of [otto, cleo, doris, dag, maja]) await tab.done();
});
