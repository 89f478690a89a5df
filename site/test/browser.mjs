// A browser for the tests: Debian's chromium (or $CHROMIUM), a fresh profile, nothing running in the background. A page made here fails its
// test when a script throws, when the Content-Security-Policy refuses something, or when a request goes anywhere but to the service.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { chromium } from "playwright-core";
import { plain } from "./household.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export async function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

/** open gives a page in a profile of its own, and what to check when done. */
export async function open(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce", locale: "sv-SE", ...options });
  const page = await context.newPage();
  const faults = [];
  const requests = [];
  page.on("pageerror", (e) => faults.push(`script: ${e.message}`));
  page.on("console", (m) => { if (m.type() === "error") faults.push(`console: ${m.text()}`); });
  page.on("request", (r) => {
    if (r.url().startsWith(`${url}/assets/icon-`)) return; // the browser's own, whenever it draws a tab
    requests.push({ method: r.method(), url: r.url(), body: r.postData() });
    if (!r.url().startsWith(url) && !/^(data|blob):/.test(r.url())) faults.push(`request elsewhere: ${r.url()}`);
  });
  return { page, context, requests, faults, done: async () => { assert.deepEqual(faults, []); await context.close(); } };
}

/** violations runs axe with the rules of WCAG 2.2 A and AA and its good practice, and says what broke where. */
export async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  }));
  return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
}

/** overflow is how many pixels the page is wider than its window. */
export async function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** tooWide names the texts that stick out of the page's window, after by how much; nothing where none does. */
export async function tooWide(page) {
  const width = await overflow(page);
  if (!width) return [];
  const found = await page.evaluate(() => {
    const edge = document.documentElement.clientWidth;
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const out = [];
    for (let n = texts.nextNode(); n; n = texts.nextNode()) {
      const range = document.createRange();
      range.selectNodeContents(n);
      if (n.data.trim() && range.getBoundingClientRect().right > edge + 0.5) out.push(`${n.parentElement.tagName} in ${n.parentElement.parentElement.className}: ${n.data.trim()}`);
    }
    return out;
  });
  return [`${width} pixels`, ...found];
}

/** sound holds a page to axe, and to the width of a small phone. */
export async function sound(page) {
  assert.deepEqual(await violations(page), [], page.url());
  const size = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 800 });
  assert.deepEqual(await tooWide(page), [], `${page.url()} is wider than 320 pixels`);
  await page.setViewportSize(size);
}

/** text is what an element says, its spaces made one and plain. */
export const text = async (page, selector) => plain((await page.textContent(selector)).replace(/\s+/g, " "));
