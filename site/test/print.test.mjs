// The estimate on paper: what a helper takes to a meeting. Chromium makes the PDF as a person's browser does, and its words are read back.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { inflateSync } from "node:zlib";
import { launch, open } from "./browser.mjs";
import { fill, plain, ready } from "./household.mjs";
import { serve } from "./service.mjs";

let service, browser;
before(async () => { service = await serve(); browser = await launch(); });
after(async () => { await browser?.close(); await service?.stop(); });

/** pdfText reads the words of a PDF that Chromium made: its fonts say which character each glyph is. */
function pdfText(pdf) {
  const file = pdf.toString("latin1");
  const objects = new Map();
  for (const m of file.matchAll(/(\d+) 0 obj\s([\s\S]*?)endobj/g)) {
    const [, id, body] = m;
    const stream = /stream\r?\n([\s\S]*?)\r?\nendstream/.exec(body);
    const dictionary = stream ? body.slice(0, stream.index) : body;
    let data = "";
    if (stream) {
      const bytes = Buffer.from(stream[1], "latin1");
      data = (/FlateDecode/.test(dictionary) ? inflateSync(bytes) : bytes).toString("latin1");
    }
    objects.set(id, { dictionary, data });
  }
  const glyphs = (id) => {
    const map = new Map();
    const { data } = objects.get(id);
    const unicode = (hex) => Buffer.from(hex, "hex").swap16().toString("utf16le");
    for (const [, block] of data.matchAll(/beginbfchar([\s\S]*?)endbfchar/g)) for (const [, from, to] of block.matchAll(/<(\w+)>\s*<(\w+)>/g)) map.set(parseInt(from, 16), unicode(to));
    for (const [, block] of data.matchAll(/beginbfrange([\s\S]*?)endbfrange/g)) {
      for (const [, from, to, first] of block.matchAll(/<(\w+)>\s*<(\w+)>\s*<(\w+)>/g)) {
        for (let g = parseInt(from, 16); g <= parseInt(to, 16); g++) map.set(g, String.fromCharCode(parseInt(first, 16) + g - parseInt(from, 16)));
      }
    }
    return map;
  };
  let text = "";
  for (const { dictionary } of objects.values()) {
    if (!/\/Type\s*\/Page\b/.test(dictionary)) continue;
    const resources = /\/Resources\s+(\d+) 0 R/.exec(dictionary);
    const fonts = new Map();
    for (const [, name, id] of (resources ? objects.get(resources[1]).dictionary : dictionary).matchAll(/\/(F\d+)\s+(\d+) 0 R/g)) {
      const unicode = /\/ToUnicode\s+(\d+) 0 R/.exec(objects.get(id).dictionary);
      if (unicode) fonts.set(name, glyphs(unicode[1]));
    }
    let font = new Map();
    const contents = objects.get(/\/Contents\s+(\d+) 0 R/.exec(dictionary)[1]).data;
    for (const [, name, hex] of contents.matchAll(/\/(F\d+)\s+[\d.]+\s+Tf|<([0-9A-Fa-f]+)>/g)) {
      if (name) font = fonts.get(name) ?? new Map();
      else for (const g of hex.match(/.{4}/g) ?? []) text += font.get(parseInt(g, 16)) ?? "";
    }
    text += "\n";
  }
  return plain(text).replace(/\s+/g, "");
}

const wanted = ["Dukanfåungefär9490,50kr", "Riksnorm", "Ensamvuxen", "3940kr", "Barn(barn1,5år)", "2720kr", "Gemensammakostnader", "1410kr", "Hyra", "6200,50kr", "Hushållsel", "350kr",
  "Hemförsäkring", "120kr", "Sjukpenning(du)", "4000kr", "Barnbidrag(du)", "1250kr", "12kap.7§förstastycket1socialtjänstlagen(2025:400)", "12kap.2§socialtjänstförordningen(2025:468)",
  "Demokommun", "november2026", "Kommunensgräns8600kr", "Dethärärenuppskattning", "Denäringetbeslut"];

for (const view of ["all", "steps"]) {
  test(`the PDF has the amount, every line with its provision, day, municipality and program (${view})`, async () => {
    const { page, done } = await open(browser, service.url, { viewport: { width: 360, height: 740 } });
    await ready(page, service.url);
    await fill(page);
    if (view === "steps") {
      await page.click("#vy");
      await page.evaluate(() => { location.hash = "#resultat"; });
      await page.waitForSelector("#svar .amount");
    }
    const sha256 = await page.evaluate(() => JSON.parse(document.getElementById("skalig-data").textContent).sha256);
    const pdf = pdfText(await page.pdf({ format: "A4" }));
    const day = new Date().toLocaleDateString("sv-SE", { day: "numeric", month: "long", year: "numeric" });
    for (const want of [...wanted, sha256, plain(day).replace(/\s+/g, "")]) assert.ok(pdf.includes(want), `the PDF lacks ${want}:\n${pdf}`);
    for (const not of ["Nästa", "Öppnaenrad", "Töm", "Tänkom", "Ansökmed", "Öppnaen"]) assert.ok(!pdf.includes(not), `the PDF has the control ${not}`);
    await done();
  });
}

test("the button asks the browser to print, which can save a PDF", async () => {
  const { page, done } = await open(browser, service.url);
  await ready(page, service.url);
  await fill(page);
  await page.evaluate(() => { window.print = () => { document.title = "printed"; }; });
  await page.getByRole("button", { name: "Skriv ut eller spara som PDF" }).click();
  assert.equal(await page.title(), "printed");
  await done();
});
