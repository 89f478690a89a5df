// The form as a file: what is saved and opened again says the same, and what can't be opened takes nothing away.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch, open, violations } from "./browser.mjs";
import { everyField, fill, plain, ready, sharing, support } from "./household.mjs";
import { serve } from "./service.mjs";

let service, browser, folder;
before(async () => {
  service = await serve();
  browser = await launch();
  folder = await mkdtemp(join(tmpdir(), "skalig-saved-"));
});
after(async () => {
  await browser?.close();
  await service?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const text = async (page, selector) => plain(await page.textContent(selector));

async function save(page, name = "skalig.json") {
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("#spara")]);
  assert.equal(download.suggestedFilename(), "skalig.json");
  const path = join(folder, name);
  await download.saveAs(path);
  return path;
}

/** choose opens a file and waits for what is said about it. */
async function choose(page, path, said) {
  await page.setInputFiles("#oppna", path);
  await page.waitForFunction(() => document.querySelector("#fil-sagt").textContent !== "");
  assert.match(await text(page, "#fil-sagt"), said);
}

for (const [name, household] of [["a single parent", fill], ["a household that uses every field", everyField]]) {
  test(`${name}: saved, opened and saved again`, async () => {
    const first = await open(browser, service.url);
    await sharing(first.page);
    await ready(first.page, service.url);
    await household(first.page);
    const path = await save(first.page);
    const answer = await text(first.page, "#svar");

    const { page, requests, done } = await open(browser, service.url);
    await sharing(page);
    await ready(page, service.url);
    const atLoad = requests.length;
    await choose(page, path, /ifyllt från filen/);
    assert.equal(await text(page, "#svar"), answer);
    assert.ok((await text(page, "#rent-reading")).endsWith("kr per månad"), "the amount is not echoed");
    assert.equal(await readFile(await save(page, "again.json"), "utf8"), await readFile(path, "utf8"));
    assert.deepEqual(requests.slice(atLoad).filter((r) => !r.url.startsWith("blob:")), [], "something was sent");
    assert.deepEqual(await page.evaluate(() => localStorage.length + sessionStorage.length), 0);
    await first.done();
    await done();
  });
}

test("a file that can't be opened is explained at the control, and nothing is lost", async () => {
  const { page, done } = await open(browser, service.url);
  await ready(page, service.url);
  await fill(page);
  await page.fill("#p1-pension", "tusen"); // what can't be read is kept as well
  const good = JSON.parse(await readFile(join(folder, "skalig.json"), "utf8"));
  const path = join(folder, "other.json");
  for (const [what, said] of [
    ["hello", /inte en fil som är sparad/],
    ["null", /inte en fil som är sparad/],
    ['{"schema":"skalig/receipt/1"}', /inte en fil som är sparad/],
    [" ".repeat((1 << 20) + 1), /inte en fil som är sparad/],
    [JSON.stringify(good).replace("{", '{"schema":"skalig/facts/1",'), /Något i filen är fel/],
    [JSON.stringify({ ...good, name: "Eva" }), /Något i filen är fel/],
    [JSON.stringify({ ...good, assets: -1 }), /Något i filen är fel/],
    [JSON.stringify({ ...good, circumstances: ["disputed"] }), /inte kan visa/],
    [JSON.stringify({ ...good, municipality: "0001" }), /en kommun som inte finns/],
    [JSON.stringify({ ...good, costs: [...good.costs, { id: "k99", kind: "rent", amount: 1 }] }), /inte kan visa/],
    ['{"schema":"skalig/facts/1"}', /inte en fil som är sparad/],
    ['{"schema":"skalig/facts/1","month":"2026-11","municipality":"9999"}', /inte kan visa/],
    [JSON.stringify({ ...good, month: "2026-13" }), /Något i filen är fel/],
    [JSON.stringify({ ...good, persons: [{}, ...good.persons] }), /inte kan visa/],
    // Names by which a careless page would write into every object it has.
    [JSON.stringify(good).replace("{", '{"__proto__":{"polluted":"yes"},'), /Något i filen är fel/],
    [JSON.stringify(good).replace("{", '{"constructor":{"prototype":{"polluted":"yes"}},'), /Något i filen är fel/],
    [JSON.stringify(good).replace('"housing":{', '"housing":{"__proto__":{"polluted":"yes"},'), /Något i filen är fel/],
    [JSON.stringify(good).replace('"persons":[{', '"persons":[{"__proto__":{"polluted":"yes"},'), /Något i filen är fel/],
    [JSON.stringify({ ...good, municipality: "__proto__" }), /en kommun som inte finns/],
    [JSON.stringify({ ...good, incomes: [{ id: "__proto__", kind: "constructor", person: "__proto__", month: "2026-10", source: "declared", amount: 1 }] }), /Något i filen är fel/],
  ]) {
    await writeFile(path, what);
    await choose(page, path, said);
    assert.match(await text(page, "#oppna-error"), said);
    assert.match(await text(page, "#oppna-error"), /Dina svar är kvar\.$/);
    assert.equal(await page.getAttribute("#oppna", "aria-invalid"), "true");
    assert.deepEqual([await page.inputValue("#rent"), await page.inputValue("#c1-age"), await page.inputValue("#p1-pension")], ["6 200,50", "5", "tusen"], what.slice(0, 80));
    assert.ok(await page.isChecked("#c1-lunch-away"));
    assert.ok(await page.evaluate(() => !("polluted" in {}) && Object.keys(Object.prototype).length === 0), what.slice(0, 80));
    await page.setInputFiles("#oppna", []);
  }
  assert.deepEqual(await violations(page), []);
  await page.click("#spara");
  assert.match(await text(page, ".error-summary"), /innan du sparar.*Pension/s, "a file without the pension was saved");
  await page.fill("#p1-pension", "");
  assert.equal(await text(page, "#svar .amount"), support);
  await done();
});

test("answers may be missing in a file, and a month may have passed", async () => {
  const { page, done } = await open(browser, service.url);
  await ready(page, service.url);
  await page.fill("#rent", "5 000");
  await page.check("#gemenskap-ja");
  assert.match(await text(page, "#svar-vantar"), /Hur många bor där/);
  await page.check("#gemenskap-nej");
  const facts = JSON.parse(await readFile(await save(page, "half.json"), "utf8"));
  await page.click("#tom");
  const path = join(folder, "half.json");
  await writeFile(path, JSON.stringify({ ...facts, month: "2026-03" }));
  await choose(page, path, /ifyllt från filen/);
  assert.equal(await page.inputValue("#rent"), "5 000");
  assert.equal(await page.inputValue("#manad"), "2026-03");
  assert.match(await text(page, "#svar-vantar"), /Hur gammal är du/);
  await done();
});
