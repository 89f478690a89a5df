// The estimate at the edge is the server's, byte for byte.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { serve } from "../../../site/test/service.mjs";
import { root, start, unlimited } from "./worker.mjs";

let worker;
let service;
let suite;

before(async () => {
  suite = join(await mkdtemp(join(tmpdir(), "skalig-")), "suite");
  execFileSync(join(root, "bin", "skalig"), ["conformance", "--write", suite]);
  [worker, service] = await Promise.all([start(unlimited), serve()]);
});

after(async () => {
  await Promise.all([worker?.stop(), service?.stop(), rm(join(suite, ".."), { recursive: true, force: true })]);
});

const same = ["content-type", "cache-control", "access-control-allow-origin", "access-control-allow-methods", "access-control-allow-headers",
  "access-control-max-age", "access-control-expose-headers", "cross-origin-resource-policy", "content-security-policy", "x-content-type-options",
  "allow", "skalig-engine", "set-cookie"];

async function ask(url, path, init) {
  const answer = await fetch(url + path, init);
  return { status: answer.status, head: Object.fromEntries(same.map((name) => [name, answer.headers.get(name)])), body: await answer.text() };
}

const post = (body) => ({ method: "POST", body, headers: { "content-type": "application/json", origin: "https://kommunen.example" } });
const line = (text) => text.replace(/\n$/, "");

test("every conformance case has the published answer, from the artefact alone, from the program, and from the server", async () => {
  const names = await readdir(join(suite, "cases"));
  assert.ok(names.length > 150, `only ${names.length} cases`);
  for (const name of names) {
    const input = (await readFile(join(suite, "cases", name, "input.json"))).subarray(0, -1);
    const answer = line(await readFile(join(suite, "cases", name, "answer.json"), "utf8"));
    const direct = await ask(worker.url, "/v1/assess", post(input));
    const program = await ask(worker.url, "/v1/assess?program", post(input));
    const server = await ask(service.url, "/v1/assess", post(input));
    assert.equal(direct.body, answer, name);
    assert.deepEqual(direct, server, name);
    assert.deepEqual(program, server, name);
  }
});

const facts = (month, more = "") => `{"facts":{"schema":"skalig/facts/1","month":"${month}",${more}"persons":[{"id":"p1","role":"adult","age":34,"monthsInRow":0}]}}`;

test("everything else is the server's too: explanations, forms, errors", async () => {
  for (const [method, path, body] of [
    ["POST", "/v1/explain", facts("2026-11")],
    ["POST", "/v1/explain?language=en&municipality=1287", facts("2026-11", '"municipality":"1287",')],
    ["POST", "/v1/explain?language=xx", facts("2026-11")],
    ["POST", "/v1/assess?municipality=9999", facts("2026-11")],
    ["POST", "/v1/assess?municipality=0001", facts("2026-11")],
    ["POST", "/v1/assess", facts("2027-01")],
    ["POST", "/v1/explain", facts("2027-01")],
    ["POST", "/v1/assess", "{\"facts\":"],
    ["POST", "/v1/assess", " ".repeat((1 << 20) + 1)],
    ["POST", "/v1/assess", " ".repeat(1 << 20)],
    ["POST", "/v1/explain", " ".repeat((1 << 20) + 1)],
    ["POST", "/v1/assess", undefined],
    ["GET", "/v1/parameters", undefined],
    ["POST", "/v1/parameters", undefined],
    ["POST", "/v1/parameters", "x"],
    ["GET", "/v1/assess", undefined],
    ["PUT", "/v1/assess", facts("2026-11")],
    ["OPTIONS", "/v1/assess", undefined],
    ["GET", "/v1/schema", undefined],
    ["GET", "/v1/schema/facts.json", undefined],
    ["GET", "/v1/schema/none.json", undefined],
    ["GET", "/v1/openapi.json", undefined],
    ["HEAD", "/v1/openapi.yaml", undefined],
    ["GET", "/v1/nothing", undefined],
  ]) {
    const init = { method, body, headers: body === undefined ? {} : { "content-type": "application/json" } };
    assert.deepEqual(await ask(worker.url, path, init), await ask(service.url, path, init), `${method} ${path} ${String(body).slice(0, 60)}`);
  }
});

test("a body that does not say how long it is, is read to its limit and no further", async () => {
  const stream = (pieces) => new ReadableStream({
    pull(controller) {
      if (pieces-- > 0) controller.enqueue(new TextEncoder().encode(" ".repeat(1 << 16)));
      else controller.close();
    },
  });
  const large = await ask(worker.url, "/v1/assess", { method: "POST", body: stream(17), duplex: "half" });
  assert.equal(large.status, 413);
  assert.equal(large.body, '{"errors":[{"code":"too-large","path":""}]}');
  const small = await ask(worker.url, "/v1/assess", { method: "POST", body: stream(2), duplex: "half" });
  assert.equal(small.status, 422);
});

test("requests at the same time do not mix", async () => {
  const ages = Array.from({ length: 120 }, (_, i) => i);
  await Promise.all(ages.map(async (i) => {
    const path = ["/v1/assess", "/v1/assess?program", "/v1/explain"][i % 3];
    const answer = await ask(worker.url, path, post(facts("2026-11").replace('"p1"', `"p${i}"`)));
    assert.equal(answer.status, 200);
    assert.ok(answer.body.includes(`"id":"p${i}"`), `${path} answered another's question`);
  }));
});

test("an address that asks too often is told so, in both ways", async () => {
  const limited = await start({ ratelimits: { LIMIT: { simple: { limit: 6, period: 60 } } } });
  try {
    const seen = [];
    for (let i = 0; i < 10; i++) seen.push(await ask(limited.url, i % 2 ? "/v1/assess" : "/v1/assess?program", post(facts("2026-11"))));
    assert.equal(seen.filter((a) => a.status === 200).length, 6);
    const { status, body, head } = seen[9];
    assert.equal(status, 429);
    assert.equal(body, '{"errors":[{"code":"too-many-requests","path":""}]}');
    assert.equal(head["access-control-allow-origin"], "*");
  } finally {
    await limited.stop();
  }
});

test("nothing is logged", () => assert.deepEqual(worker.said, []));
