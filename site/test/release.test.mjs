// The page's own check that its program is a release in the public log: at the visitor's request, of the bytes that run, and not to be fooled.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, open, violations } from "./browser.mjs";
import { plain, ready } from "./household.mjs";
import { serve } from "./service.mjs";

let service, browser;
before(async () => { service = await serve(); browser = await launch(); });
after(async () => { await browser?.close(); await service?.stop(); });

async function pressed(page) {
  await page.click(".program summary");
  await page.click("#logg-knapp");
  await page.waitForFunction(() => !document.getElementById("logg-knapp").disabled);
  return plain(await page.textContent("#logg-sagt"));
}

test("the program is a release in the log, and the log is asked only when the button is pressed", async () => {
  const { page, requests, done } = await open(browser, service.url);
  await ready(page, service.url);
  assert.ok(requests.every((r) => !/\/(log|release|verify)\//.test(r.url)), "the log was asked before");
  const before = requests.length;
  assert.match(await pressed(page), /^Programmet är version nummer 0 i den öppna loggen\..*underskrift\. Loggen har 1 rad\.$/);
  const sum = /[0-9a-f]{64}/.exec(await page.textContent("#program"))[0];
  const after = requests.slice(before);
  assert.deepEqual(after.map((r) => r.url.replace(service.url, "").replace(/verify\/[0-9a-f]+/, "verify/…")).sort(), [`/release/${sum}.json`, "/verify/….wasm"]);
  assert.ok(after.every((r) => r.method === "GET" && r.body === null));
  assert.deepEqual(await violations(page), []);
  await done();
});

for (const [name, answer, said] of [
  ["no release of this program", () => ({ status: 404 }), /finns inte i den öppna loggen\. Lita inte/],
  ["a server that fails", () => ({ status: 500 }), /kunde inte hämta loggen/],
  ["another program's release", (r) => ({ status: 200, body: r.body.replaceAll(r.engine, "0".repeat(64)) }), /stämmer inte\. Lita inte/],
  ["a proof of another tree", (r) => ({ status: 200, body: r.body.replace(/(log-proof@v1\\nindex )\d+/, "$17") }), /stämmer inte\. Lita inte/],
  ["a signature with one letter changed", (r) => ({ status: 200, body: r.body.replace(/(— \S+ \S{20})(\S)/, (_, a, b) => a + (b === "A" ? "B" : "A")) }), /stämmer inte\. Lita inte/],
]) {
  test(`is not fooled by ${name}`, async () => {
    const { page, context } = await open(browser, service.url);
    await page.route("**/release/*.json", async (route) => {
      const real = await (await route.fetch()).text();
      const engine = /release\/([0-9a-f]{64})/.exec(route.request().url())[1];
      const changed = answer({ body: real, engine });
      assert.notEqual(changed.body, real);
      await route.fulfill({ contentType: "application/json", ...changed });
    });
    await ready(page, service.url);
    assert.match(await pressed(page), said);
    assert.ok(await page.evaluate(() => document.getElementById("logg-sagt").classList.contains("error")));
    await context.close();
  });
}
