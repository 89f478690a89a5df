// The whole way by keyboard: one question at a time, back and forth, to the amount and what stands around it. In every language that the pages are
// in, and as people see it: narrow, with large text, in the dark, in forced colours and without motion.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, open, overflow, text, violations } from "./browser.mjs";
import { fill, plain, ready, support } from "./household.mjs";
import { serve } from "./service.mjs";

let service, browser;
before(async () => { service = await serve(); browser = await launch(); });
after(async () => { await browser?.close(); await service?.stop(); });

const focused = (page) => page.evaluate(() => document.activeElement?.id ?? "");
const amount = async (page) => (await text(page, "#svar .amount")).replace(/[^\d]/g, "");

/** languages are those that the whole way is walked in: where its pages begin, and which way it runs. */
const languages = [
  { code: "sv", path: "", dir: "ltr" },
  { code: "ar", path: "/ar", dir: "rtl" },
];

const screens = {
  "a narrow screen": { viewport: { width: 320, height: 640 } },
  "large text": { viewport: { width: 640, height: 800 }, large: true },
  "the dark": { viewport: { width: 360, height: 740 }, colorScheme: "dark" },
  "forced colours": { viewport: { width: 800, height: 700 }, forcedColors: "active" },
  "motion": { viewport: { width: 1280, height: 900 }, reducedMotion: "no-preference" },
};

/** reach presses Tab until the element has the focus, which must show. */
async function reach(page, id) {
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => ({ id: document.activeElement?.id ?? "", outline: getComputedStyle(document.activeElement ?? document.body).outlineStyle }));
    assert.notEqual(at.outline, "none", `${at.id} shows no focus`);
    if (at.id === id) return;
  }
  assert.fail(`${id} can't be reached`);
}

/** answer fills in the household of the tests, by keyboard alone. visit sees every question. */
async function answer(page, visit) {
  const next = async (id) => {
    await visit(page);
    await reach(page, "steg-nasta");
    await page.keyboard.press("Enter");
    await page.waitForFunction((id) => location.hash === `#${id}`, id);
  };
  const type = async (id, what) => { await reach(page, id); await page.keyboard.type(what); };
  const choose = async (id) => { await reach(page, id); await page.keyboard.press("Space"); };
  await next("fraga-vuxna");
  await next("fraga-p1");
  await reach(page, "steg-nasta");
  await page.keyboard.press("Enter"); // without an age
  await page.waitForSelector(".error-summary");
  assert.ok(await page.evaluate(() => document.activeElement?.classList.contains("error-summary")), "the summary has not the focus");
  assert.equal(await page.getAttribute(".error-summary a", "href"), "#p1-age");
  assert.equal(await page.getAttribute("#p1-age", "aria-invalid"), "true");
  assert.notEqual(await text(page, "#p1-age-error"), "");
  await visit(page);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await focused(page), "p1-age");
  await page.keyboard.type("34");
  await choose("p1-before-no");
  await next("fraga-barn");
  await reach(page, "barn-nytt");
  await page.keyboard.press("Enter");
  assert.equal(await focused(page), "c1-age");
  await page.keyboard.type("5");
  await choose("c1-lunch-away");
  await next("fraga-gemenskap");
  await next("fraga-bostad");
  await type("rooms", "2");
  await next("fraga-hyra");
  await type("rent", "6 200,50");
  await type("electricity", "350");
  await type("homeInsurance", "120 kr");
  await next("fraga-lon");
  await next("fraga-ersattning");
  await type("p1-sicknessBenefit", "4 000");
  await next("fraga-pension");
  await next("fraga-annat");
  await next("fraga-bidrag");
  await type("p1-childBenefit", "1250");
  await next("fraga-arbete");
  await next("fraga-tillgangar");
  await next("fraga-sarskilt");
  await next("resultat");
}

for (const language of languages) {
  for (const [name, { large, ...screen }] of Object.entries(screens)) {
    test(`${language.code}, ${name}: every question by keyboard, to the amount`, async () => {
      const { page, requests, done } = await open(browser, service.url, screen);
      await page.goto(service.url + (language.path || "/"));
      await page.click("main .button");
      await page.waitForFunction(() => document.getElementById("utan-nat")?.textContent !== ""); // kept for use without a network
      assert.equal(await page.getAttribute("html", "lang"), language.code);
      assert.equal(await page.evaluate(() => getComputedStyle(document.body).direction), language.dir);
      if (large) await page.evaluate(() => { document.documentElement.style.fontSize = "212%"; });
      const atLoad = requests.length;
      await answer(page, async () => assert.equal(await overflow(page), 0, `${page.url()} is wider than the window`));
      assert.equal(await amount(page), "949050");
      assert.equal(await overflow(page), 0);
      assert.deepEqual(await violations(page), []);
      await page.waitForFunction(() => /9.?490/.test(document.querySelector("#sagt").textContent));
      assert.deepEqual(requests.slice(atLoad), [], "a request left the page after load");
      assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0);
      await done();
    });
  }
}

test("every question is sound: one heading for it, landmarks, and nothing for axe to find", async () => {
  const { page, done } = await open(browser, service.url, { viewport: { width: 360, height: 740 } });
  await page.goto(`${service.url}/rakna`);
  await page.waitForSelector("#rakna:not([hidden])");
  await answer(page, async () => {
    assert.deepEqual(await violations(page), [], page.url());
    const levels = await page.evaluate(() => Array.from(document.querySelectorAll("h1, h2, h3")).filter((h) => h.offsetParent !== null).map((h) => Number(h.tagName[1])));
    assert.equal(levels.filter((n) => n === 1).length, 1);
    assert.ok(levels.every((n, i) => i === 0 || n <= levels[i - 1] + 1), `headings ${levels} skip a level`);
    assert.equal(await page.locator(".question:visible").count(), 1);
  });
  assert.deepEqual(await page.evaluate(() => ["header", "nav", "main", "footer"].filter((l) => document.querySelectorAll(l).length !== 1)), []);
  assert.equal(await page.getAttribute("#sagt", "role"), "status");
  assert.equal(await page.locator("#svar h2").count(), 1);
  await done();
});

test("back never loses an answer: the browser's, the page's, another page's, and a reload", async () => {
  const { page, done } = await open(browser, service.url, { viewport: { width: 360, height: 740 } });
  await page.goto(`${service.url}/rakna`);
  await page.waitForSelector("#rakna:not([hidden])");
  await answer(page, async () => {});
  for (const id of ["sarskilt", "tillgangar", "arbete", "bidrag", "annat", "pension", "ersattning", "lon", "hyra"]) {
    await page.goBack();
    await page.waitForFunction((id) => location.hash === `#fraga-${id}` && document.getElementById(`fraga-${id}`).classList.contains("question--now"), id);
  }
  assert.ok(await page.isVisible("#rent"));
  assert.equal(await page.inputValue("#rent"), "6 200,50");
  await page.fill("#rent", "sex tusen"); // also what can't be read
  await page.click("#steg-bakat");
  assert.match(page.url(), /#fraga-bostad$/);
  await page.click(".foot a[href='/om']");
  await page.waitForURL("**/om");
  await page.goBack();
  await page.waitForSelector("#rakna:not([hidden])");
  assert.match(page.url(), /#fraga-bostad$/);
  await page.reload();
  await page.waitForSelector("#rakna:not([hidden])");
  assert.deepEqual([await page.inputValue("#rent"), await page.inputValue("#c1-age"), await page.inputValue("#rooms")], ["sex tusen", "5", "2"]);
  assert.ok(await page.isChecked("#c1-lunch-away"));
  await page.click("#vy");
  assert.ok(await page.isVisible("#rent") && await page.isVisible("#p1-age"), "not every question is shown");
  await page.fill("#rent", "6 200,50");
  assert.equal(await text(page, "#svar .amount"), support);
  await page.click("#vy");
  assert.equal(await page.locator(".question:visible").count(), 1);
  await page.goto(`${service.url}/rakna#resultat`);
  await page.waitForSelector("#svar .amount");
  await page.click("#tom");
  assert.equal(await page.inputValue("#rent"), "");
  await page.reload();
  await page.waitForSelector("#rakna:not([hidden])");
  assert.equal(await page.inputValue("#rent"), "", "what was emptied came back");
  await done();
});

test("the answers lie in one place of the tab's history, and in none when they are emptied", async () => {
  const { page, done } = await open(browser, service.url);
  await page.addInitScript(() => {
    window.kept = []; // what each place held that was come back to, before the page wrote to it
    window.addEventListener("popstate", (e) => window.kept.push(JSON.stringify(e.state ?? {})), true);
  });
  await ready(page, service.url);
  await fill(page);
  await page.click("#vy");
  await page.click("#vy");
  await page.click("#tom");
  for (let i = 1; i <= 2; i++) {
    await page.goBack();
    await page.waitForFunction((n) => window.kept.length >= n, i);
  }
  for (const state of await page.evaluate(() => window.kept)) assert.doesNotMatch(state, /6 200,50|form/, "an answer lay there still");
  assert.equal(await page.inputValue("#rent"), "");
  await done();
});

test("what is not known gives a range, and what to find out", async () => {
  const { page, done } = await open(browser, service.url);
  await ready(page, service.url);
  await fill(page);
  await page.check("#rent-okand");
  assert.equal(await page.inputValue("#rent"), "", "an amount stands beside the answer that it isn't known");
  // 8 070 + 350 + 120 − 5 250 = 3 290; with the limit for one child, 8 600, 11 890
  assert.equal(await text(page, "#spann-text"), "Mellan 3 290 kr och 11 890 kr per månad.");
  assert.match(await text(page, "#svar-vantar"), /För ett exakt belopp behöver vi veta:Hyra eller avgift: du har svarat att du inte vet\./);
  assert.equal(await page.getAttribute("#svar-vantar a", "href"), "#rent");
  assert.ok(await page.isHidden("#svar"), "an exact amount stands beside what isn't known");
  await page.check("#p1-pension-okand");
  assert.equal(await text(page, "#spann-text"), "Högst 11 890 kr per månad. Det kan också bli ingenting.");
  await page.uncheck("#p1-pension-okand");
  await page.check("#unionFee-okand"); // which has no limit
  assert.match(await text(page, "#spann-text"), /^Minst 3 290 kr per månad\. Hur mycket mer går inte att säga/);
  await page.uncheck("#unionFee-okand");
  await page.check("#c1-lunch-unknown");
  assert.equal(await text(page, "#spann-text"), "Mellan 3 290 kr och 12 230 kr per månad."); // lunch at home is 340 more
  assert.deepEqual(await violations(page), []);
  await page.click("#ansok-knapp");
  assert.match(await page.title(), /^Fel: /);
  await page.fill("#rent", "6 200,50");
  assert.ok(!await page.isChecked("#rent-okand"));
  await page.check("#c1-lunch-away");
  assert.ok(await page.isHidden("#spann"));
  assert.equal(await text(page, "#svar .amount"), support);
  await done();
});

test("a municipality that is not connected has the norm, and a way to go", async () => {
  const { page, done } = await open(browser, service.url);
  await ready(page, service.url);
  await fill(page);
  await page.selectOption("#kommun", { label: "Upplands Väsby" });
  assert.match(await text(page, "#kommun-not"), /Upplands Väsby är inte ansluten/);
  assert.equal(await text(page, "#svar .amount"), support);
  assert.match(await text(page, "#svar .notice--human"), /Därför avgör en handläggare/);
  assert.ok(await page.isHidden("#ansok"));
  assert.match(await text(page, "#ansok-annars"), /tar inte emot ansökningar här/);
  await page.click("#ansok-annars a");
  assert.match(await text(page, "#annars"), /Ring kommunens växel/);
  assert.equal(await page.locator("#kommun option").count(), 0);
  await done();
});

test("what if: another wage, another rent, a child here for some days", async () => {
  const { page, done } = await open(browser, service.url);
  await ready(page, service.url);
  await fill(page);
  await page.waitForSelector("#mer:not([hidden])");
  await page.fill("#tank-rent", "7 200,50");
  assert.equal(await text(page, "#tank-svar p:nth-child(1)"), "Bistånd: 10 490,50 kr per månad, 1 000 kr mer än nu.");
  await page.fill("#tank-p1-wage", "2 000"); // no jobbstimulans: the support falls as much
  assert.equal(await text(page, "#tank-svar p:nth-child(1)"), "Bistånd: 8 490,50 kr per månad, 1 000 kr mindre än nu.");
  assert.equal(await text(page, "#tank-svar p:nth-child(2)"), "Hushållets pengar: 15 740,50 kr per månad, 1 000 kr mer än nu.");
  assert.equal(await text(page, "#tank-svar p:nth-child(3)"), "När började jobbstimulansen senast? Aldrig haft jobbstimulans.", "what is only supposed is said");
  await page.fill("#tank-rent", "");
  await page.fill("#tank-p1-wage", "");
  await page.fill("#tank-c1-days", "15"); // half of 2 720
  assert.equal(await text(page, "#tank-svar p:nth-child(1)"), "Bistånd: 8 130,50 kr per månad, 1 360 kr mindre än nu.");
  assert.equal(await page.inputValue("#c1-days"), "", "an answer was changed");
  assert.equal(await text(page, "#svar .amount"), support);
  await page.fill("#tank-c1-days", "många");
  assert.match(await text(page, "#tank-svar"), /heltal/);
  await page.fill("#tank-c1-days", "");
  assert.equal(await text(page, "#tank-svar"), "");
  await done();
});

test("says what differs from last month", async () => {
  const { page, done } = await open(browser, service.url);
  await ready(page, service.url);
  await fill(page);
  await page.click("#jamfor-nu");
  assert.match(await text(page, "#jamfor-svar"), /Samma belopp som i november 2026/);
  await page.fill("#p1-sicknessBenefit", "3 000");
  await page.fill("#rent", "6 000,50");
  assert.equal(await text(page, "#jamfor-svar .headline"), "800 kr mer än i november 2026");
  const rows = (await page.locator("#jamfor-svar tbody tr").allInnerTexts()).map((r) => plain(r).replace(/\s+/g, " "));
  assert.deepEqual(rows, ["Hyra +6 200,50 kr +6 000,50 kr −200 kr", "Sjukpenning (du) −4 000 kr −3 000 kr +1 000 kr"]);
  assert.deepEqual(await violations(page), []);
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("#spara")]);
  await page.fill("#rent", "7 000,50");
  await page.setInputFiles("#jamfor-fil", await download.path());
  await page.waitForFunction(() => /1\s000\skr mer/.test(document.querySelector("#jamfor-svar").textContent));
  await page.fill("#rent", "dyr");
  assert.match(await text(page, "#jamfor-svar"), /Det går inte att jämföra/);
  await page.click("#jamfor-bort");
  assert.equal(await text(page, "#jamfor-svar"), "");
  await done();
});
