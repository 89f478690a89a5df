// The verifier that runs in the page, held to the vectors that the native one is held to: receipts, each named for its defect.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { call, compile, instantiate } from "../../wasm/node/artefact.mjs";

const repo = new URL("../../", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("wasm/release/manifest.json", repo), "utf8"));
const verifier = compile(new URL(`wasm/release/${manifest.releases.at(-1).verify}.wasm`, repo));
const vectors = readFileSync(new URL("ledger/testdata/vectors.jsonl", repo), "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));

test("verify.wasm says of every vector what it must", () => {
  assert.ok(vectors.length >= 80, `${vectors.length} vectors`);
  for (const { name, receipt, keys, policy, reason } of vectors) {
    const input = new TextEncoder().encode(JSON.stringify({ receipt, keys, ...(policy ? { policy } : {}) }));
    const report = JSON.parse(new TextDecoder().decode(call(instantiate(verifier), "verify", input)));
    assert.equal(report.errors, undefined, name);
    assert.equal(report.reason, reason, name);
    assert.equal(report.ok, reason === "", name);
  }
});
