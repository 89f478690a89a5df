// The records of the log's other leaves (release, statistics, access, erasure), good and each with one defect: the verifier that runs in the
// page says of their receipts what the native one does, and a reader in this language, written from server/record's comment alone, takes
// exactly the good ones.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { call, compile, instantiate } from "../../wasm/node/artefact.mjs";

const repo = new URL("../../", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("wasm/release/manifest.json", repo), "utf8"));
const vectors = readFileSync(new URL("server/record/testdata/vectors.jsonl", repo), "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));

const text = (v) => typeof v === "string" && !v.includes("\0"), filled = (v) => text(v) && v !== "";
const count = (v) => Number.isSafeInteger(v) && v >= 0, hash = (v) => text(v) && /^[0-9a-f]{64}$/.test(v), code = (v) => text(v) && /^[a-z0-9-]+$/.test(v);
const day = (v) => text(v) && /^\d{4}-\d{2}-\d{2}$/.test(v) && !Number.isNaN(Date.parse(v)) && new Date(v).toISOString().startsWith(v);
const list = (of) => (v) => Array.isArray(v) && v.every(of), rising = (v) => list(count)(v) && v.every((n, i) => i === 0 || v[i - 1] < n);
const is = (value) => (v) => v === value, among = (...values) => (v) => values.includes(v);

/** members holds that an object has exactly these, in this order, each as it must be. */
const members = (form) => (o) => o !== null && typeof o === "object" && Object.keys(o).join() === Object.keys(form).join() && Object.entries(form).every(([name, ok]) => ok(o[name]));

const head = (kind, town = /^\d{4}$/) => ({ schema: is("skalig/record/1"), kind: is(kind), municipality: (v) => text(v) && town.test(v), number: count, day });
const service = (kind, more) => ({ ...head(kind), engine: hash, rules: hash, ...more });
const people = (v) => list(filled)(v) && v.length >= 2 && new Set(v).size === v.length;
const release = { ...head("release", /^0000$/), version: filled, engine: hash, verify: hash, rules: hash, from: day, approvers: people, approval: filled };
const forms = {
  release: (o) => members(release)(o) || members({ ...release, keys: people })(o) && o.keys.length === o.approvers.length,
  statistics: members(service("statistics", { month: (v) => text(v) && day(`${v}-01`), decisions: count, cells: list(members({ table: code, row: code, column: code, value: (v) => v === null || count(v) })) })),
  erasure: members(service("erasure", { reason: among("retention", "ordered"), numbers: rising })),
  digest: (o) => members(service("access", { what: is("digest"), date: day, first: count, last: count, events: count, digest: hash, journal: hash }))(o)
    && o.first >= 1 && o.first <= o.last && o.events <= o.last - o.first + 1,
  asked: (o) => members(service("access", { what: is("asked"), auditor: filled, count, seal: hash }))(o) && o.count > 0,
  revealed: (o) => members(service("access", { what: is("revealed"), asked: count, secret: hash, root: hash, indexes: rising }))(o) && o.indexes.every((n) => n < o.asked),
  answered: (o) => members(service("access", { what: is("answered"), asked: count, given: rising, withheld: list(members({ index: count, reason: among("erased", "secrecy") })) }))(o)
    && rising(o.withheld.map((w) => w.index)),
};

/** good holds for a record in its one spelling: what JSON writes of what it reads is the same text. */
function good(form, record) {
  let o;
  try { o = JSON.parse(record); } catch { return false; }
  return JSON.stringify(o) === record && forms[form](o);
}

test("every form is among the vectors, good and bad", () => {
  for (const form of Object.keys(forms)) {
    const of = vectors.filter((v) => v.form === form);
    assert.ok(of.some((v) => v.good) && of.filter((v) => !v.good).length >= 10, `${form}: ${of.length} vectors`);
  }
  assert.ok(vectors.every((v) => v.form in forms));
});

test("verify.wasm says of every receipt what it must", () => {
  const verifier = compile(new URL(`wasm/release/${manifest.releases.at(-1).verify}.wasm`, repo));
  for (const { name, receipt, keys, reason } of vectors) {
    const report = JSON.parse(new TextDecoder().decode(call(instantiate(verifier), "verify", new TextEncoder().encode(JSON.stringify({ receipt, keys })))));
    assert.equal(report.reason, reason, name);
    assert.equal(report.ok, reason === "", name);
  }
});

test("a reader in another language takes exactly the good records", () => {
  for (const v of vectors) assert.equal(good(v.form, JSON.parse(v.receipt).record), v.good, v.name);
});
