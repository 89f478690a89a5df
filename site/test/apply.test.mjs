// The form, alone and together, as people click it: pages that load no script. Every new page is held to axe and to 320 pixels.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { launch, open as anyPage, sound, text } from "./browser.mjs";
import { serve } from "./service.mjs";
import { account, decided, letter, signIn } from "./walk.mjs";

let service, browser;
before(async () => {
  service = await serve();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

/** open gives a page on which a refused form is no fault, and which has no script to lean on. */
async function open(of, url) {
  const p = await anyPage(of, url);
  p.page.setDefaultTimeout(10_000);
  return { ...p, done: async () => {
    assert.deepEqual(p.faults.filter((f) => !/status of 4(01|04|09|22)/.test(f)), []);
    assert.deepEqual(p.requests.filter((r) => /\.js$/.test(r.url)), [], "a page loads a script");
    await p.context.close();
  } };
}

const next = async (page) => {
  await page.getByRole("button", { name: "Spara och fortsätt" }).click();
  await page.waitForLoadState();
};
const at = (page, section) => assert.equal(new URL(page.url()).pathname, `/ansok/${section}`, `${page.url()}: ${section} was to come`);

/** begin signs in and begins an application; look is called on every page on the way. */
async function begin(page, id, look = async () => {}) {
  await page.goto(`${service.url}/ansok`);
  await look(page);
  await page.getByRole("link", { name: "Logga in och börja" }).click();
  await signIn(page, id);
  await page.waitForURL("**/ansok");
  await look(page);
  await page.getByRole("button", { name: /Börja/ }).first().click();
  await page.waitForURL("**/ansok/grund");
}

/** household fills in two adults with a child, up to the documents. */
async function household(page, look = async () => {}) {
  await look(page);
  await page.selectOption("#municipality", "9999");
  await next(page);
  at(page, "hushall");
  await look(page);
  assert.equal(await page.locator("#p1-age").count(), 0, "the applicant's age is asked for, which the sign-in tells");
  await page.check("#adults-2");
  await page.fill("#children", "1");
  await page.check("#p1-before");
  await page.fill("#p2-age", "33");
  await page.check("#p2-before");
  await next(page);
  at(page, "barn");
  await look(page);
  await page.fill("#c1-born", "2021-03");
  await page.check("#c1-lunch");
  await next(page);
  at(page, "medsokande");
  await look(page);
  await page.fill("#partner-name", "Bo Exempel");
  await page.fill("#partner-number", "19930301-2398");
  await next(page);
  at(page, "bostad");
  await look(page);
  await page.check("#tenure");
  await page.fill("#rooms", "3");
  await page.check("#shared");
  await next(page);
  at(page, "kostnader");
  await look(page);
  await page.fill("#cost-rent", "7 200,50");
  await page.fill("#cost-electricity", "350 kr");
  await next(page);
  at(page, "inkomster");
  await look(page);
  await page.fill("#income-p1-childBenefit", "1250");
  await next(page);
  at(page, "tillgangar");
  await look(page);
  await next(page);
  at(page, "kontakt");
  await look(page);
  await page.fill("#phone", "070-000 00 03");
  await next(page);
  at(page, "underlag");
  await look(page);
}

/** staff gives a page in which somebody who works there is signed in. */
async function staff(person, path) {
  const tab = await open(browser, service.url);
  await tab.page.goto(service.url + path);
  await signIn(tab.page, person);
  await tab.page.waitForURL(`**${path}`);
  return tab;
}

/** half pays a couple's 17 910,50 half each: Bo alone chooses it, one person makes the file and another releases it. */
async function half(alva, bo) {
  await account(alva, service.url, { clearing: "5000", number: "000 00 19" });
  assert.ok(await alva.isChecked("#share-all"), "a couple's money is divided although nobody has chosen it");
  await sound(alva);
  await account(bo, service.url, { kind: "plusgiro", number: "1-8", share: "half" });
  assert.ok(await bo.isChecked("#share-half"), "the choice of a half is lost");
  assert.doesNotMatch(await text(bo, "main"), /000 ?00 ?19/, "one adult sees the other's account");

  const petra = await staff("petra", "/utbetalning");
  const due = await text(petra.page, "tbody");
  assert.equal(due.match(/8 955,25 kr/g)?.length, 2, due);
  await sound(petra.page);
  await petra.page.getByRole("button", { name: /^Skapa betalfil på 17.910,50.kr/ }).click();
  await petra.page.getByText("Du har skapat filen.").waitFor();
  assert.equal(await petra.page.getByRole("button", { name: /^Släpp filen/ }).count(), 0, "whoever made the file may release it");
  const per = await staff("per", "/utbetalning");
  assert.equal(await per.page.getByRole("link", { name: /^Hämta filen/ }).count(), 0, "the file is there before it is released");
  await per.page.getByRole("button", { name: /^Släpp filen/ }).click();
  const link = per.page.getByRole("link", { name: /^Hämta filen/ });
  await link.waitFor();
  const file = await (await per.page.request.get(new URL(await link.getAttribute("href"), service.url).href)).text();
  assert.match(file, /<NbOfTxs>2<\/NbOfTxs><CtrlSum>17910\.50<\/CtrlSum>/);
  const transfers = file.split("<CdtTrfTxInf>").slice(1);
  assert.deepEqual(transfers.map((t) => t.match(/<InstdAmt Ccy="SEK">([0-9.]+)</)[1]), ["8955.25", "8955.25"]);
  assert.match(transfers[0], /<Nm>Alva Exempel<\/Nm>.*0000019</s);
  assert.match(transfers[1], /<Nm>Bo Exempel<\/Nm>.*>996018</s); // 9960 is the clearing number of plusgirot
  await petra.done();
  await per.done();
}

const pdf = Buffer.concat([Buffer.from("%PDF-1.7\n"), Buffer.alloc(2000, 32)]);

test("a couple applies, the co-applicant signs, the program grants, and each is paid half", async () => {
  const alva = await open(browser, service.url);
  const page = alva.page;
  await begin(page, "alva", sound);
  await household(page, sound);

  // Upload, a refused file, and the answers about what is missing.
  const rent = page.locator("section", { has: page.getByRole("heading", { name: "Hyresavi" }) });
  await rent.locator("input[type=file]").setInputFiles({ name: "avi.pdf", mimeType: "application/pdf", buffer: pdf });
  await rent.getByRole("button", { name: "Ladda upp" }).click();
  await page.waitForSelector("text=avi.pdf");
  await rent.locator("input[type=file]").setInputFiles({ name: "avi.exe", mimeType: "application/octet-stream", buffer: Buffer.from("MZ") });
  await rent.getByRole("button", { name: "Ladda upp" }).click();
  assert.match(await text(page, ".error-summary"), /varken en bild eller en PDF/);
  await sound(page);
  assert.ok(await page.getByText("avi.pdf").first().isVisible(), "a refused file took another with it");
  await page.check("#papper-bank-later");
  await page.check("#papper-electricity-unavailable");
  await next(page);
  at(page, "kontrollera");
  assert.match(await text(page, "main"), /avi\.pdf/);
  await sound(page);
  await page.check("#attest");
  await page.getByRole("button", { name: "Skriv under" }).click();
  await page.waitForURL("**/ansok/vantar");
  await sound(page);

  const bo = await open(browser, service.url);
  await bo.page.goto(`${service.url}/mina`);
  await signIn(bo.page, "bo");
  await bo.page.getByRole("link", { name: "Läs och skriv under" }).click();
  assert.doesNotMatch(await text(bo.page, "main"), /7 200/, "the facts are shown before the question whether it is them");
  await sound(bo.page);
  await bo.page.getByRole("button", { name: "Ja, vi söker tillsammans" }).click();
  await bo.page.waitForSelector("#attest");
  assert.match(await text(bo.page, "main"), /7 200,50/);
  assert.doesNotMatch(await text(bo.page, "body"), /070-000|avi\.pdf/);
  await sound(bo.page);
  await bo.page.check("#attest");
  await bo.page.getByRole("button", { name: "Skriv under och skicka" }).click();
  await bo.page.waitForURL("**/arende/*");
  await decided(bo.page);
  // A couple 7 100, a child of 4–6 with lunch in preschool 2 720, joint for three 1 790: 11 610 + 7 550,50 − 1 250 = 17 910,50.
  assert.match(await text(bo.page, "h1"), /^Du får 17 910,50 kr/);
  const mine = bo.page.url();
  await page.goto(mine);
  assert.match(await text(page, "h1"), /^Du får 17 910,50 kr/);
  await page.goto(`${page.url()}/underlag`);
  assert.match(await text(page, "main"), /avi\.pdf/);
  await sound(page);
  await page.setInputFiles("#fil", { name: "mer.pdf", mimeType: "application/pdf", buffer: pdf });
  await page.getByRole("button", { name: "Skicka filen" }).click();
  await page.waitForSelector("text=mer.pdf");
  await bo.page.goto(page.url());
  assert.doesNotMatch(await text(bo.page, "main"), /avi\.pdf|mer\.pdf/, "the co-applicant sees the applicant's documents");

  for (const tab of [page, bo.page]) {
    const file = (await readFile(await letter(tab, mine))).toString("latin1");
    for (const want of ["%PDF-", "/StructTreeRoot", "/Lang (sv"]) assert.ok(file.includes(want), `the letter lacks ${want}`);
    await tab.goto(`${mine}/brev`);
    assert.match(await text(tab, ".letter"), /Du får 17 910,50 kr.*Om beslutet.*Att överklaga.*Kvittot/);
    await sound(tab);
  }
  await half(page, bo.page);
  await page.goto(mine);
  assert.match(await text(page, "main"), /8 955,25 kr/);
  await alva.done();
  await bo.done();
});

test("last month's rows come back to be confirmed", async () => {
  const { page, done } = await open(browser, service.url);
  await page.goto(`${service.url}/ansok`);
  await page.getByRole("link", { name: "Logga in och börja" }).click();
  await signIn(page, "alva");
  await page.waitForURL("**/ansok");
  await sound(page);
  await page.getByRole("button", { name: "Sök för en ny månad" }).click();
  at(page, "forra");
  await sound(page);
  await page.check("#cost-rent-changed");
  await page.fill("#cost-rent-amount", "7 400");
  await page.check("#cost-electricity");
  await page.check("#income-p1-childBenefit");
  await next(page);
  assert.match(await text(page, ".error-summary"), /Svara på om hushållet/);
  assert.equal(await page.inputValue("#cost-rent-amount"), "7 400");
  await sound(page);
  await page.check("#unchanged");
  await next(page);
  for (let steps = 0; steps < 6 && !page.url().endsWith("/kontrollera"); steps++) {
    if (page.url().endsWith("/medsokande")) assert.equal(await page.inputValue("#partner-number"), "199303012398");
    if (page.url().endsWith("/underlag")) {
      await page.check("#papper-bank");
      await page.check("#papper-rent-later");
    }
    await next(page);
  }
  assert.match(await text(page, "main"), /Ändrat sedan förra gången, då 7 200,50 kr/);
  assert.match(await text(page, "main"), /Bistånd 1 månad/);
  await sound(page);
  await page.getByRole("link", { name: "Ändra bostaden" }).click();
  at(page, "bostad");
  assert.equal(await page.inputValue("#rooms"), "3");
  await page.goto(`${service.url}/ansok/ta-bort`);
  await sound(page);
  await page.getByRole("button", { name: "Ta bort ansökan" }).click();
  await page.waitForURL("**/mina");
  await done();
});

test("a draft waits, and what was typed when the session ended comes back", async () => {
  const first = await open(browser, service.url);
  await begin(first.page, "cleo");
  await first.page.selectOption("#municipality", "9999");
  await next(first.page);
  await first.page.check("#adults");
  await first.page.fill("#children", "0");
  await first.page.check("#p1-before");
  await next(first.page);
  at(first.page, "bostad");
  await first.page.check("#tenure-lodger");
  await first.page.fill("#rooms", "1");
  await first.page.check("#shared");
  await first.page.context().clearCookies(); // the session has ended
  await next(first.page);
  assert.match(await text(first.page, "main"), /Det du skrev finns kvar/);
  await sound(first.page);
  await first.page.getByRole("link", { name: "Logga in" }).click();
  await signIn(first.page, "cleo");
  await first.page.waitForURL("**/ansok/bostad");
  assert.match(await text(first.page, "main"), /Välkommen tillbaka/);
  assert.ok(await first.page.isChecked("#tenure-lodger"));
  await sound(first.page);
  await next(first.page);
  at(first.page, "kostnader");
  await first.done();

  const later = await open(browser, service.url);
  await later.page.goto(`${service.url}/mina`);
  await signIn(later.page, "cleo");
  assert.match(await text(later.page, "main"), /sparas till \d+ \S+ \d{4}/);
  await sound(later.page);
  await later.page.goto(`${service.url}/ansok`);
  await sound(later.page);
  assert.equal(await later.page.locator(".tasks .tag--ok").count(), 3);
  await later.done();
});

test("a wish to talk reaches the list at once, and the quick exit leaves nothing behind", async () => {
  const { page, done } = await open(browser, service.url);
  await page.goto(`${service.url}/prata`);
  await signIn(page, "cleo");
  await page.waitForURL("**/prata");
  await sound(page);
  await page.goto(`${service.url}/behov`);
  await sound(page);
  await page.check("#acute");
  await page.check("#topic-safety");
  await page.fill("#text", "Jag vågar inte gå hem");
  await page.check("#safe-never");
  await page.selectOption("#municipality", "9999");
  await page.getByRole("button", { name: "Skicka", exact: true }).click();
  await page.waitForURL("**/prata/tack");
  assert.doesNotMatch(await text(page, "body"), /vågar inte/);
  await sound(page);
  const exit = page.getByRole("link", { name: "Lämna sidan snabbt" });
  assert.equal(await exit.getAttribute("href"), "/lamna");
  await page.goto(`${service.url}/sessioner`);
  await sound(page);

  const desk = await open(browser, service.url);
  await desk.page.goto(`${service.url}/handlaggare/samtal`);
  await signIn(desk.page, "doris");
  await desk.page.waitForURL("**/handlaggare/samtal");
  assert.match(await text(desk.page, "section.card"), /Akut.*rädd för någon.*Jag vågar inte gå hem.*Ring inte/);
  await sound(desk.page);
  await desk.page.getByRole("button", { name: "Markera som omhändertaget" }).click();
  assert.match(await text(desk.page, ".error-summary"), /Skriv vad du gjorde/);
  await sound(desk.page);
  await desk.page.locator("textarea").first().fill("Mötte upp på biblioteket");
  await desk.page.getByRole("button", { name: "Markera som omhändertaget" }).click();
  assert.match(await text(desk.page, "main"), /Ingen väntar på svar/);
  await sound(desk.page);
  await done();
  await desk.done();
});

test("a caseworker enters what came on paper", async () => {
  const { page, done } = await open(browser, service.url);
  await page.goto(`${service.url}/handlaggare/ny`);
  await signIn(page, "doris");
  await page.waitForURL("**/handlaggare/ny");
  await sound(page);
  await page.getByRole("button", { name: "Börja" }).click();
  assert.match(await text(page, ".error-summary"), /personnumret/);
  await sound(page);
  await page.fill("#number", "20040612-2382");
  await page.fill("#name", "Cleo Exempel");
  await page.check("#channel-phone");
  await page.getByRole("button", { name: "Börja" }).click();
  await page.waitForURL("**/inmatning/*");
  await sound(page);
  await page.getByRole("link", { name: "Vad du ansöker om" }).click();
  await sound(page);
  await next(page);
  await page.check("#adults");
  await page.fill("#children", "0");
  await page.check("#p1-before");
  await next(page);
  await page.check("#tenure");
  await page.fill("#rooms", "1");
  await page.check("#shared");
  await next(page);
  await page.fill("#cost-rent", "5 000");
  await next(page);
  await next(page);
  await next(page);
  await next(page);
  await page.check("#papper-bank");
  await page.check("#papper-rent");
  await next(page);
  assert.match(page.url(), /kontrollera$/);
  await sound(page);
  await page.check("#attest");
  await page.getByRole("button", { name: "Skicka ansökan" }).click();
  assert.match(await text(page, ".error-summary"), /sökande har skrivit under/);
  await sound(page);
  await page.check("#attest");
  await page.check("#sign-p1");
  await page.getByRole("button", { name: "Skicka ansökan" }).click();
  await page.waitForURL("**/handlaggare/*");
  await page.goto(`${page.url()}/dokument`);
  assert.match(await text(page, "main"), /per telefon.*muntligt, i telefon.*intygat av Doris Demosson/);
  await sound(page);
  await done();
});
