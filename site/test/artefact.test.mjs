// The class with which the page calls the engine, on the released engine itself.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { load } from "./script.mjs";

const { Artefact, opening } = await load("artefact");
const release = new URL("../../wasm/release/", import.meta.url);
const manifest = JSON.parse(await readFile(new URL("manifest.json", release), "utf8"));
const engine = await WebAssembly.compile(await readFile(new URL(`${manifest.releases.at(-1).engine}.wasm`, release)));
const words = JSON.parse(await readFile(new URL("../words/ar.json", import.meta.url), "utf8"));
const facts = { schema: "skalig/facts/1", month: "2026-11", persons: [{ id: "p1", role: "adult", age: 34, monthsInRow: 0 }],
  housing: { tenure: "rent", rooms: 2 }, costs: [{ id: "k1", kind: "rent", amount: 6200.5 }], incomes: [] };
const rest = `"facts":${JSON.stringify(facts)}}`;

test("an input in pieces is the same as in one, however often it is asked", () => {
  const whole = new Artefact(engine, "").call("explain", `{"words":${JSON.stringify(words)},${rest}`);
  assert.match(whole, /"explanation":/);
  const artefact = new Artefact(engine, "");
  const first = opening(words);
  for (let i = 0; i < 2000; i++) assert.equal(artefact.call("explain", first, rest), whole); // several times through its memory
  const bytes = new TextEncoder().encode(`{${rest}`);
  assert.equal(new TextDecoder().decode(artefact.answer("assess", bytes)), artefact.call("assess", `{${rest}`));
});

test("an input may be 1 MiB in bytes, whatever its letters are, and no more", () => {
  const artefact = new Artefact(engine, "");
  const most = 1 << 20;
  for (const letter of ["a", "å", "ክ", "😀"]) {
    const text = letter.repeat(Math.floor(most / new TextEncoder().encode(letter).length));
    assert.match(artefact.call("assess", text), /"code":"(?!too-large)/, letter);
    assert.throws(() => artefact.call("assess", text, letter), RangeError, letter);
  }
  assert.equal(artefact.call("amount", "1 200,50 kr"), '{"amount":1200.5}');
});
