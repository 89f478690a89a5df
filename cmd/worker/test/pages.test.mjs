// The pages at the edge are the service's, byte for byte and with its headers; what is not there goes to the service.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch } from "../../../site/test/browser.mjs";
import { fill, plain, support } from "../../../site/test/household.mjs";
import { serve } from "../../../site/test/service.mjs";
import { root, start, unlimited } from "./worker.mjs";

let service;
let worker;
let assets;

before(async () => {
  service = await serve();
  assets = join(await mkdtemp(join(tmpdir(), "skalig-")), "assets");
  execFileSync("go", ["run", "./cmd/worker/pages", "-from", service.url, "-o", assets], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  worker = await start({ ...unlimited, assets, bindings: { SERVICE: service.url } });
});

after(async () => {
  await Promise.all([worker?.stop(), service?.stop()]);
  await rm(join(assets, ".."), { recursive: true, force: true });
});

const same = ["content-type", "content-security-policy", "x-content-type-options", "referrer-policy", "cross-origin-opener-policy", "permissions-policy",
  "cache-control", "access-control-allow-origin"];

async function get(url, path) {
  const answer = await fetch(url + path, { redirect: "manual" });
  const head = Object.fromEntries(same.map((name) => [name, answer.headers.get(name)?.replace(` ${service.url}`, "") ?? null]));
  return { status: answer.status, head, body: Buffer.from(await answer.arrayBuffer()).toString("base64") };
}

test("every page, asset and artefact", async () => {
  const files = (await readdir(assets, { recursive: true, withFileTypes: true })).filter((f) => f.isFile() && f.name !== "_headers");
  const paths = files.map((f) => join(f.parentPath ?? f.path, f.name).slice(assets.length).replace(/(\/index)?\.html$/, "") || "/");
  assert.ok(paths.length > 45 && paths.includes("/rakna") && paths.includes("/en/rakna"), paths.join(" "));
  for (const path of paths) {
    const [edge, own] = [await get(worker.url, path), await get(service.url, path)];
    // The platform names a script's type without its coding; the file is UTF-8, as scripts are.
    for (const a of [edge, own]) a.head["content-type"] = a.head["content-type"].replace(/^(text\/javascript|application\/javascript).*/, "text/javascript").toLowerCase();
    assert.deepEqual(edge, own, path);
  }
});

test("what is not here is the service's", async () => {
  for (const [method, path] of [["GET", "/mina?x=1"], ["POST", "/ansok"], ["GET", "/log/checkpoint"]]) {
    const answer = await fetch(worker.url + path, { method, redirect: "manual" });
    assert.equal(answer.status, 307, path);
    assert.equal(answer.headers.get("location"), service.url + path);
  }
});

test("the calculator computes at the edge", async (t) => {
  const browser = await launch();
  t.after(() => browser.close());
  const page = await (await browser.newContext({ locale: "sv-SE" })).newPage();
  const faults = [];
  page.on("pageerror", (e) => faults.push(e.message));
  page.on("console", (m) => { if (m.type() === "error") faults.push(m.text()); });
  await page.goto(`${worker.url}/rakna#alla`, { waitUntil: "networkidle" });
  await fill(page);
  assert.match(plain(await page.locator("#svar").innerText()), new RegExp(support.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")));
  assert.deepEqual(faults, []);
});
