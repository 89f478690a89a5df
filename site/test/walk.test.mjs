import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch, open, sound, text } from "./browser.mjs";
import { fill, plain, ready, support } from "./household.mjs";
import { serve } from "./service.mjs";
import { decided, receipt, send, signIn, table, work } from "./walk.mjs";

let service, browser, folder;
before(async () => {
  service = await serve();
  browser = await launch();
  folder = await mkdtemp(join(tmpdir(), "skalig-walk-"));
});
after(async () => {
  await browser?.close();
  await service?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

test("every answer stands there before it is sent", async () => {
  const { page, done } = await open(browser, service.url);
  await ready(page, service.url);
  await fill(page);
  await page.click("#barn-nytt");
  await page.fill("#c2-age", "18");
  await page.fill("#c2-days", "15");
  await page.check("#c2-school-yes");
  await page.check("#c2-works");
  await page.fill("#c2-wage", "3 000");
  await page.fill("#c2-earned", "24 000");
  await page.click("#ansok-knapp");
  await signIn(page, "cleo");
  await page.waitForURL("**/ansok/kontrollera");
  const answers = (await page.locator("dl.pairs > div").allInnerTexts()).map((a) => plain(a).replace(/\s+/g, " "));
  assert.ok(answers.some((a) => /^Vuxen, 2\d år Inget bistånd månaden före$/.test(a)), "the age is the one that the sign-in tells");
  for (const want of ["Barn, 5 år Bor här hela månaden, äter lunch i förskola eller skola fem dagar i veckan",
    "Barn, 18 år Bor här 15 dagar i månaden, går i skola, har tjänat 24 000 kr under året", "Hyra eller avgift 6 200,50 kr per månad",
    "Lön (barn 2) 3 000 kr i oktober 2026 egen uppgift"]) assert.ok(answers.includes(want), `${want} is not among\n${answers.join("\n")}`);
  await sound(page);
  await done();
});

test("the answers of a draft can be changed, and none is lost", async () => {
  const { page, done } = await open(browser, service.url);
  await ready(page, service.url);
  await fill(page);
  await page.click("#ansok-knapp");
  await signIn(page, "cleo");
  await page.waitForURL("**/ansok/kontrollera");
  const before = await page.locator("dl.pairs > div").allInnerTexts();
  const key = await page.inputValue("input[name=key]");
  await page.getByRole("link", { name: "Ändra svaren" }).click();
  await page.waitForSelector("#rakna:not([hidden])");
  assert.match(await text(page, "main"), /Svaren finns nu i ditt utkast på servern/);
  assert.equal(await text(page, "#svar .amount"), support);
  assert.equal(await page.inputValue("#rent"), "6 200,50");
  await sound(page);
  await page.fill("#rent", "6 000");
  await page.getByRole("button", { name: "Spara ändringarna" }).click();
  await page.waitForURL("**/ansok/kontrollera");
  const rent = (answers) => answers.map(plain).findIndex((a) => a.startsWith("Hyra"));
  const now = await page.locator("dl.pairs > div").allInnerTexts();
  assert.match(plain(now[rent(now)]), /6 000 kr/);
  assert.deepEqual(now.toSpliced(rent(now), 1), before.toSpliced(rent(before), 1), "another answer is not what it was");
  assert.notEqual(await page.inputValue("input[name=key]"), key, "the old page could still send the draft");
  await page.goto(`${service.url}/rakna#alla`);
  await page.waitForSelector("#rakna:not([hidden])");
  assert.equal(await page.inputValue("#rent"), "", "the public page knows a draft");
  await done();
});

let good; // the receipt of the first walk

test("an application granted by the program, with a receipt", async () => {
  const { page, requests, done } = await open(browser, service.url);
  let preview;
  await send(page, service.url, "alva", async () => {
    preview = await table(page, "#svar .rows");
    assert.ok(!requests.some((r) => r.method !== "GET"), "something was sent before the button");
  });
  await decided(page);
  assert.match(await text(page, "h1"), new RegExp(`Du får ${support.replace(".", "\\.")}`));
  assert.deepEqual(await table(page, "main .rows"), preview, "the decision's rows are not the calculator's");
  assert.match(await text(page, "main"), /Då finns det inget att överklaga/);
  assert.ok(await page.getByText("Du kan överklaga inom tre veckor").isHidden());
  await page.getByText("Så gör den som ändå vill överklaga").click();
  assert.ok(await page.getByText("Du kan överklaga inom tre veckor").isVisible());
  await sound(page);
  good = join(folder, "kvitto.json");
  await receipt(page, good);
  const code = await page.request.get(`${page.url()}/kvitto.svg`);
  assert.match(code.headers()["content-type"], /svg/);
  await page.goto(`${service.url}/mina`);
  assert.match(await text(page, "main"), /Beviljad/);
  await sound(page);
  await done();
});

test("the check page verifies and replays the receipt, and uploads nothing", async () => {
  const { page, requests, done } = await open(browser, service.url);
  await page.goto(`${service.url}/kvitto`);
  await page.waitForSelector("#valj:not([hidden])");
  await page.setInputFiles("#fil", good);
  await page.waitForSelector(".verdict--ok");
  assert.equal(await text(page, "#utfall-rubrik"), "Kvittot stämmer");
  assert.equal(await text(page, "#utfall .amount"), support);
  const checks = await page.locator(".checks li").allTextContents();
  assert.equal(checks.length, 8);
  assert.ok(checks.every((c) => c.startsWith("Stämmer") && !c.startsWith("Stämmer inte")), checks.join("\n"));
  assert.ok(requests.every((r) => r.method === "GET" && r.body === null && !r.url.includes("?")), "the page sent something");
  await sound(page);
  await done();
});

test("the paper's code is compared with the file", async () => {
  const { page, done } = await open(browser, service.url);
  const file = JSON.parse(await readFile(good, "utf8"));
  const { createHash } = await import("node:crypto");
  const leaf = createHash("sha256").update("\0").update(file.leaf).digest("hex");
  const index = /^index (\d+)$/m.exec(file.proof)[1];
  for (const [fragment, verdict] of [[`i=${index}&l=${leaf}`, "ok"], [`i=${index}&l=${"0".repeat(64)}`, "bad"], [`i=${Number(index) + 1}&l=${leaf}`, "bad"]]) {
    await page.goto("about:blank");
    await page.goto(`${service.url}/kvitto#${fragment}`);
    await page.waitForSelector("#valj:not([hidden])");
    assert.match(await text(page, "#papper"), new RegExp(`rad ${/i=(\d+)/.exec(fragment)[1]} `));
    await page.setInputFiles("#fil", good);
    await page.waitForSelector(`.verdict--${verdict}`);
  }
  await done();
});

test("a changed receipt is refused with the reason", async () => {
  const { page, done } = await open(browser, service.url);
  const file = await readFile(good, "utf8");
  const other = (from, to) => { assert.ok(file.includes(from), from); return file.replace(from, to); };
  for (const [name, changed, reason] of [
    ["the amount", other('\\"granted\\":9490.5', '\\"granted\\":19490.5'), /Någon har ändrat beslutet/],
    ["the leaf's day", file.replace(/(day )(\d{4})(-\d\d-\d\d\\n)/, (_, a, year, b) => `${a}${Number(year) - 1}${b}`), /annan dag/],
    ["the place", file.replace(/index (\d+)/, (_, i) => `index ${Number(i) - 1}`), /Beviset leder inte till loggen/],
    ["another form", `${file} `, /inte ett kvitto, eller har ändrats/],
    ["not a receipt", "{}", /inte ett kvitto/],
    ["not text", Buffer.from([0xff, 0xfe, 0x00]), /inte ett kvitto/],
  ]) {
    assert.notEqual(changed, file, name);
    const path = join(folder, "changed.json");
    await writeFile(path, changed);
    await page.goto(`${service.url}/kvitto`);
    await page.waitForSelector("#valj:not([hidden])");
    await page.setInputFiles("#fil", path);
    await page.waitForSelector(".verdict--bad");
    assert.match(await text(page, "#utfall .headline"), reason, name);
    assert.equal(await page.locator("#utfall .amount").count(), 0, `${name}: an unverified amount is shown`);
  }
  await done();
});

test("a file that is altered and chosen again is checked again, and named", async () => {
  const { page, done } = await open(browser, service.url);
  const file = await readFile(good, "utf8");
  const path = join(folder, "kvitto-igen.json");
  await writeFile(path, file);
  await page.goto(`${service.url}/kvitto`);
  await page.waitForSelector("#valj:not([hidden])");
  await page.setInputFiles("#fil", path);
  await page.waitForSelector(".verdict--ok");
  assert.equal(await text(page, "#utfall .verdict__file"), "kvitto-igen.json");
  assert.equal(await page.inputValue("#fil"), "", "a browser would not tell that the same file is chosen again");
  await writeFile(path, file.replace('\\"granted\\":9490.5', '\\"granted\\":19490.5'));
  await page.evaluate(() => {
    globalThis.seen = [];
    const place = document.getElementById("utfall");
    new MutationObserver(() => globalThis.seen.push(place.hidden)).observe(place, { attributes: true });
  });
  await page.setInputFiles("#fil", path);
  await page.waitForSelector(".verdict--bad");
  assert.equal(await page.evaluate(() => globalThis.seen[0]), true, "the former verdict stands while the file is read");
  await page.click(".paste summary");
  await page.fill("#text", file);
  await page.click("#valj button");
  await page.waitForSelector(".verdict--ok");
  assert.equal(await page.locator("#utfall .verdict__file").count(), 0);
  await done();
});

test("a pasted receipt is checked as well", async () => {
  const { page, done } = await open(browser, service.url);
  await page.goto(`${service.url}/kvitto`);
  await page.waitForSelector("#valj:not([hidden])");
  await page.click(".paste summary");
  await page.fill("#text", `  ${await readFile(good, "utf8")}\n\n`);
  await page.click("#valj button");
  await page.waitForSelector(".verdict--ok");
  await done();
});

test("a rent above the limit goes to a caseworker, who decides", async () => {
  const applicant = await open(browser, service.url);
  await send(applicant.page, service.url, "bo", async (page) => {
    await page.fill("#rent", "25000");
    assert.match(await text(page, "#svar .notice--human"), /Hyran är högre/);
  });
  assert.match(await text(applicant.page, "main"), /En handläggare läser den/);
  await sound(applicant.page);

  const desk = await open(browser, service.url);
  await desk.page.goto(`${service.url}/handlaggare`);
  await signIn(desk.page, "doris");
  await desk.page.waitForURL("**/handlaggare");
  await sound(desk.page);
  await desk.page.locator("table a").first().click();
  await sound(desk.page);
  await work(desk.page, { what: "addition", amount: "500", reason: "Hyran godtas till en del medan du söker annan bostad.", ground: "12 kap. 1 § socialtjänstlagen (2025:400)" });
  await sound(desk.page);
  await desk.page.check("#o-partly");
  await desk.page.fill("#motivation", "Hyran är högre än kommunens gräns. Du får tid att hitta en billigare bostad.");
  await desk.page.getByRole("button", { name: "Fatta beslutet" }).click();
  await desk.page.waitForLoadState();
  assert.equal(await desk.page.locator(".error-summary").count(), 0, await desk.page.textContent("main"));

  await decided(applicant.page);
  assert.match(await text(applicant.page, "h1"), /Du får 12 390 kr/);
  assert.match(await text(applicant.page, "main"), /Doris Demosson/);
  assert.match(await text(applicant.page, "main"), /inom tre veckor/);
  await sound(applicant.page);
  await applicant.done();
  await desk.done();
});
