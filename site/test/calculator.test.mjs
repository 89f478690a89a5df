import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, open, violations } from "./browser.mjs";
import { fill, plain, ready, support } from "./household.mjs";
import { serve } from "./service.mjs";

let service, browser;
before(async () => { service = await serve(); browser = await launch(); });
after(async () => { await browser?.close(); await service?.stop(); });

const text = async (page, selector) => plain(await page.textContent(selector));

test("computes in the page, and nothing leaves it", async () => {
  const { page, context, requests, done } = await open(browser, service.url);
  await ready(page, service.url);
  const atLoad = requests.length;
  assert.ok(requests.every((r) => r.method === "GET"));
  await fill(page);
  assert.equal(await text(page, "#svar .amount"), support);
  const rows = (await page.locator("#svar tbody tr").allTextContents()).length;
  assert.ok(rows >= 10, `only ${rows} rows`);
  await page.locator("#svar summary", { hasText: "Riksnorm" }).first().click();
  assert.match(await page.locator("#svar details[open]").first().innerText(), /12 kap\. 7 § .*socialtjänstlagen/);
  await page.waitForTimeout(1500); // past the pause after which the screen reader is told
  assert.deepEqual(requests.slice(atLoad), [], "a request left the page after load");
  assert.deepEqual(await context.cookies(), []);
  assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0);
  assert.match(plain(await page.textContent("#sagt")), /Du kan få ungefär 9 490,50 kr/);
  await done();
});

test("works without a network after load", async () => {
  const { page, context, done } = await open(browser, service.url);
  await ready(page, service.url);
  await context.setOffline(true);
  await fill(page);
  assert.equal(await text(page, "#svar .amount"), support);
  await done();
});

test("names the program by the digest of the bytes it fetched", async () => {
  const { page, done } = await open(browser, service.url);
  const [answer] = await Promise.all([page.waitForResponse((r) => r.url().includes("/engine/")), ready(page, service.url)]);
  const { createHash } = await import("node:crypto");
  const sum = createHash("sha256").update(await answer.body()).digest("hex");
  assert.ok(answer.url().endsWith(`/engine/${sum}.wasm`));
  assert.match(await page.textContent("#program"), new RegExp(`${sum}.*har kontrollerat`));
  await done();
});

test("refuses a program with other bytes", async () => {
  const { page, context, faults } = await open(browser, service.url);
  await page.route("**/engine/*.wasm", async (route) => {
    const answer = await route.fetch();
    const body = await answer.body();
    body[body.length - 1] ^= 1;
    await route.fulfill({ response: answer, body });
  });
  await page.goto(`${service.url}/rakna`);
  await page.waitForSelector("#trasig:not([hidden])");
  assert.match(await page.textContent("#trasig"), /inte det som sidan anger/);
  assert.ok(await page.isHidden("#rakna"));
  assert.ok(faults.length > 0, "the failure is in the console too");
  await context.close();
});

test("reads amounts as people in Sweden write them, and says what it read", async () => {
  const { page, done } = await open(browser, service.url);
  await ready(page, service.url);
  for (const [typed, reading] of [
    ["1200", "1 200 kr per månad"],
    ["1 200,50", "1 200,50 kr per månad"],
    ["1\u00a0200,5 kr", "1 200,50 kr per månad"],
    ["1.200,50", "1 200,50 kr per månad"],
    ["1200:-", "1 200 kr per månad"],
    ["0", "0 kr per månad"],
    ["", ""],
  ]) {
    await page.fill("#rent", typed);
    assert.equal(await text(page, "#rent-reading"), reading, typed);
  }
  await done();
});

test("says what is wrong with an amount, at the field and on top", async () => {
  const { page, requests, done } = await open(browser, service.url);
  await ready(page, service.url);
  await fill(page);
  const atLoad = requests.length;
  for (const [typed, complaint] of [
    ["-5", /inte vara mindre än noll/],
    ["99 999 999 999", /för stort/],
    ["åtta tusen", /Skriv beloppet med siffror/],
    ["1,2,3", /Skriv beloppet med siffror/],
    ["12,345", /högst två decimaler/],
  ]) {
    await page.fill("#rent", typed);
    await page.locator("#rent").blur();
    assert.match(await text(page, "#rent-error"), complaint, typed);
    assert.equal(await page.getAttribute("#rent", "aria-invalid"), "true");
    assert.match(await page.getAttribute("#rent", "aria-describedby"), /rent-error/);
    assert.ok(await page.isHidden("#svar"), "an old amount still stands beside facts that can't be read");
  }
  await page.click("#ansok-knapp");
  assert.match(await page.title(), /^Fel: /);
  assert.ok(await page.evaluate(() => document.activeElement?.classList.contains("error-summary")));
  await page.click(".error-summary a");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "rent");
  assert.deepEqual(requests.slice(atLoad), [], "facts that can't be read were sent");
  await page.fill("#rent", "6 200,50");
  assert.equal(await page.locator("#rent-error").count(), 0);
  assert.equal(await text(page, "#svar .amount"), support);
  await done();
});

test("asks for what is missing, and leads there", async () => {
  const { page, done } = await open(browser, service.url);
  await ready(page, service.url);
  assert.match(plain(await page.textContent("#svar-vantar")), /Vi behöver veta lite mer.*Hur gammal är du i slutet av månaden\?/);
  await page.fill("#p1-age", "34");
  assert.match(plain(await page.textContent("#svar")), /5 220 kr.*Fick du ekonomiskt bistånd månaden före\?/);
  await page.click("#svar .notice a");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "p1-before-no");
  await page.check("#p1-before-no");
  assert.equal(await text(page, "#svar .amount"), "5 220 kr");
  await done();
});

test("judges ages and numbers by the engine's bounds", async () => {
  const { page, done } = await open(browser, service.url);
  await ready(page, service.url);
  for (const [typed, complaint] of [["17", /18/], ["121", /0 till 120/], ["3,5", /heltal/]]) {
    await page.fill("#p1-age", typed);
    await page.locator("#p1-age").blur();
    assert.match(await text(page, "#p1-age-error"), complaint, typed);
  }
  await done();
});

test("says why a person decides", async () => {
  const { page, done } = await open(browser, service.url);
  await ready(page, service.url);
  await fill(page);
  await page.fill("#rent", "25000");
  assert.match(await text(page, "#svar .notice--human"), /Därför avgör en handläggare.*Hyran är högre/s);
  await page.selectOption("#kommun", "1287");
  assert.match(await text(page, "#kommun-not"), /exempel.*inte skrivit under/);
  await done();
});

test("says how far it is to another answer", async () => {
  const { page, done } = await open(browser, service.url);
  await ready(page, service.url);
  await fill(page);
  assert.equal(await page.locator("#svar .near").count(), 0, "there is nothing to say, and yet something is said");
  await page.fill("#p1-sicknessBenefit", "14 000"); // 8 070 + 6 670,50 − 15 250 = −509,50, told in whole kronor
  assert.match(await text(page, "#svar .near"), /^Hur nära är det\?Om en inkomst \(sjukpenning\) hade varit 510 kr lägre/i);
  await done();
});

test("asks whether a rent is shared, and shares it", async () => {
  const { page, done } = await open(browser, service.url);
  await ready(page, service.url);
  await page.fill("#p1-age", "34");
  await page.check("#p1-before-no");
  await page.fill("#rooms", "4");
  await page.fill("#rent", "10 000");
  assert.ok(await page.isHidden("#hela"));
  await page.check("#gemenskap-ja");
  await page.fill("#community", "5");
  assert.match(await text(page, "#svar-vantar"), /Vi behöver veta lite mer för att räkna:Är det hyran för hela bostaden\?$/);
  assert.equal(await page.getAttribute("#svar-vantar a", "href"), "#hela-ja");
  await page.check("#hela-ja");
  assert.equal(await text(page, "#svar .amount"), "6 406 kr"); // 3 940 + 2 330 / 5 + 10 000 / 5
  await page.check("#hela-nej");
  assert.match(await text(page, "#svar .notice--human"), /Hyran är högre/);
  await done();
});

test("asks about a benefit that is not what it usually is", async () => {
  const { page, done } = await open(browser, service.url);
  await ready(page, service.url);
  await fill(page);
  assert.ok(!(await text(page, "#svar")).includes("Stämmer det här?"));
  await page.fill("#p1-childBenefit", "1 050");
  assert.match(await text(page, "#svar"), /Stämmer det här\?Barnbidraget för barnen brukar vara 1 250 kr\. Du har skrivit 1 050 kr\./);
  assert.equal(await text(page, "#svar .amount"), "9 690,50 kr", "a check changes nothing");
  await done();
});


test("shows what more work gives, once the typing has paused", async () => {
  const { page, done } = await open(browser, service.url);
  await ready(page, service.url);
  assert.ok(await page.isHidden("#mer"));
  await fill(page);
  await page.check("#p1-before-yes");
  await page.fill("#p1-months", "8");
  await page.waitForSelector("#mer:not([hidden])");
  await page.waitForFunction(() => document.getElementById("mer-antaget").textContent === "När började jobbstimulansen senast? Aldrig haft jobbstimulans.");
  await page.selectOption("#p1-from", { index: 3 });
  const waited = await page.evaluate(() => {
    const wage = document.getElementById("p1-wage");
    wage.value = "4 000";
    wage.dispatchEvent(new Event("input", { bubbles: true }));
    return !document.getElementById("mer-nu").hidden;
  });
  assert.ok(!waited, "a keystroke waited for the curve");
  await page.waitForSelector("#mer-nu:not([hidden])");
  assert.equal(await text(page, "#mer-nu"), "Din lön nu, 4 000 kr");
  assert.equal(await text(page, "#mer-antaget"), "");
  // Three quarters of the wage count, so support of 9 490,50 without a wage ends at 12 654: the point after it is 13 000.
  assert.equal(await text(page, "#mer-text"), "Du behåller 25 kr av varje hundralapp tills biståndet upphör, vid ungefär 13 000 kr i lön efter skatt.");
  assert.equal(await page.locator("#mer-bild polyline").count(), 2);
  await page.click("#mer summary");
  const rows = (await page.locator("#mer-tabell tbody tr").allInnerTexts()).map(plain).map((r) => r.replaceAll("\t", " | "));
  assert.equal(rows.length, 11);
  assert.equal(rows[0], "0 | 9 491 | 14 741 | 14 741"); // sickness benefit 4 000 + child benefit 1 250 + 9 490,50
  assert.equal(rows[2], "5 000 | 5 741 | 15 991 | 14 741"); // 9 490,50 − 3 750; and without jobbstimulans nothing is gained
  assert.equal(rows[10], "25 000 | 0 | 30 250 | 30 250");
  await page.check("#p1-before-no");
  await page.selectOption("#p1-from", "never");
  await page.waitForSelector("#mer-utan[hidden]", { state: "attached" });
  assert.match(await text(page, "#mer-text"), /minskar lika mycket som lönen ökar, tills det upphör vid ungefär 9 500 kr/);
  assert.equal(await page.locator("#mer-bild polyline").count(), 1);
  await page.fill("#rent", "många");
  assert.ok(await page.isHidden("#mer"), "a curve stands beside facts that can't be read");
  await done();
});

test("concludes nothing from silence about a child", async () => {
  const { page, done } = await open(browser, service.url);
  await ready(page, service.url);
  await page.fill("#p1-age", "34");
  await page.check("#p1-before-no");
  await page.click("#barn-nytt");
  const asked = async () => ({ text: await text(page, "#svar .notice--help"), field: await page.getAttribute("#svar .notice--help a", "href") });
  await page.fill("#c1-age", "5");
  assert.equal(await page.locator("#barn :checked").count(), 0, "something is answered beforehand");
  assert.deepEqual(await asked(), { text: "Det här behöver vi vetaVar äter barnet lunch på vardagar? Det gäller barn 1, 5 år.", field: "#c1-lunch-away" });
  await page.check("#c1-lunch-home");
  assert.equal(await text(page, "#svar .amount"), "8 410 kr"); // 3 940 + 3 060 + 1 410
  await page.fill("#c1-age", "18");
  assert.deepEqual(await asked(), { text: "Det här behöver vi vetaGår barn 1, 18 år i grundskola, gymnasium eller liknande?", field: "#c1-school-yes" });
  await page.check("#c1-school-yes");
  assert.equal(await text(page, "#svar .amount"), "10 310 kr"); // 3 940 + 4 960 + 1 410
  await page.check("#c1-school-no");
  assert.match(await text(page, "#svar .notice--human"), /eget hushåll/);
  await done();
});

test("a child's own wage is left out, after the two questions about it", async () => {
  const { page, done } = await open(browser, service.url);
  await ready(page, service.url);
  await page.selectOption("#manad", "2026-11");
  await page.fill("#p1-age", "40");
  await page.check("#p1-before-no");
  await page.click("#barn-nytt");
  await page.fill("#c1-age", "5");
  assert.ok(await page.isHidden("#c1-works"), "a child of five is asked for a wage");
  await page.fill("#c1-age", "16");
  const without = await text(page, "#svar .amount");
  assert.ok(await page.isHidden("#c1-wage"));
  await page.check("#c1-works");
  assert.match(await text(page, "#svar-vantar"), /Barnets lön i oktober$/);
  await page.fill("#c1-wage", "3 000");
  assert.match(await text(page, "#svar .notice--help"), /från årets början till och med oktober 2026/);
  assert.equal(await page.getAttribute("#svar .notice--help a", "href"), "#c1-earned");
  await page.fill("#c1-earned", "24 000");
  assert.equal(await text(page, "#c1-earned-reading"), "24 000 kr");
  assert.equal(await text(page, "#svar .amount"), without);
  await page.fill("#c1-earned", "65 000"); // above the prisbasbelopp of 59 200
  assert.match(await text(page, "#svar .notice--human"), /prisbasbelopp/);
  await page.uncheck("#c1-works");
  assert.equal(await text(page, "#svar .amount"), without);
  assert.ok(await page.isHidden("#svar .notice--human"));
  await done();
});

test("couples, children and shared homes", async () => {
  const { page, done } = await open(browser, service.url);
  await ready(page, service.url);
  await page.fill("#p1-age", "40");
  await page.check("#p1-before-no");
  await page.check("#vuxna-2");
  await page.fill("#p2-age", "41");
  await page.check("#p2-before-no");
  assert.equal(await text(page, "#svar .amount"), "8 510 kr");
  for (const age of ["8", "13"]) {
    await page.click("#barn-nytt");
    await page.locator("#barn fieldset.child").last().locator("input[id$=-age]").fill(age);
  }
  assert.equal(await text(page, "#svar .amount"), "17 340 kr"); // 7 100 + 3 820 + 4 390 + 2 030
  await page.getByRole("button", { name: "Ta bort barn 1" }).click();
  assert.equal(await page.textContent("#barn legend"), "Barn 1", "the children are counted anew");
  await page.getByRole("button", { name: "Ta bort barn 1" }).click();
  await page.check("#vuxna-1");
  await page.check("#gemenskap-ja");
  await page.fill("#community", "5");
  assert.equal(await text(page, "#svar .amount"), "4 406 kr"); // 3 940 + 2 330 / 5
  await done();
});

test("empties everything at one press", async () => {
  const { page, done } = await open(browser, service.url);
  await ready(page, service.url);
  await fill(page);
  await page.click("#tom");
  assert.equal(await page.inputValue("#rent"), "");
  assert.equal(await text(page, "#rent-reading"), "");
  assert.equal(await page.locator("#barn fieldset").count(), 0);
  assert.ok(await page.isHidden("#svar"));
  await done();
});

test("keyboard alone: from the top of the page to the amount", async () => {
  const { page, done } = await open(browser, service.url);
  await ready(page, service.url);
  const focused = () => page.evaluate(() => {
    const e = document.activeElement;
    const style = e ? getComputedStyle(e) : null;
    return { id: e?.id ?? "", text: e?.textContent?.trim() ?? "", outline: style ? style.outlineStyle : "none" };
  });
  await page.keyboard.press("Tab");
  assert.equal((await focused()).text, "Hoppa till innehållet");
  await page.keyboard.press("Enter");
  const visit = async (id) => {
    for (let i = 0; i < 150; i++) {
      await page.keyboard.press("Tab");
      const f = await focused();
      assert.notEqual(f.outline, "none", `${f.id || f.text} shows no focus`);
      if (f.id === id) return;
    }
    assert.fail(`${id} can't be reached`);
  };
  await visit("manad");
  await visit("p1-age");
  await page.keyboard.type("34");
  await visit("p1-before-no");
  await page.keyboard.press("Space");
  await visit("barn-nytt");
  await page.keyboard.press("Enter");
  assert.equal((await focused()).id, "c1-age");
  await page.keyboard.type("5");
  await visit("c1-lunch-away");
  await page.keyboard.press("Space");
  await visit("rent");
  await page.keyboard.type("6000");
  assert.equal(await text(page, "#svar .amount"), "14 070 kr"); // 8 070 + 6 000
  await visit("ansok-knapp");
  await done();
});

test("without script the page says so and gives other ways", async () => {
  const { page, done } = await open(browser, service.url, { javaScriptEnabled: false });
  await page.goto(`${service.url}/rakna`);
  assert.ok(await page.isVisible("noscript .notice"));
  assert.ok(await page.isHidden("#rakna"));
  assert.match(await page.textContent("#laddar"), /ansöka på papper/);
  await done();
});
