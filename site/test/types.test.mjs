import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { load } from "./script.mjs";

test("the scripts hold to their types", () => {
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  const run = spawnSync(process.execPath, [tsc, "--noEmit", "-p", fileURLToPath(new URL("../ts", import.meta.url))], { encoding: "utf8" });
  assert.equal(run.status, 0, run.stdout);
});

test("a member is cut out of JSON as it stands", async () => {
  const { member } = await load("json");
  const object = String.raw`{"a":1.50,"b":"}\"],{","c":{"result":[1,{"x":"]"}]},"result": {"y":[true,null,"\\"]} ,"last":-2e3}`;
  assert.equal(member(object, "a"), "1.50");
  assert.equal(member(object, "b"), String.raw`"}\"],{"`);
  assert.equal(member(object, "c"), String.raw`{"result":[1,{"x":"]"}]}`);
  assert.equal(member(object, "result"), String.raw`{"y":[true,null,"\\"]}`);
  assert.equal(member(object, "last"), "-2e3");
  assert.equal(member('{"only":"é\\u007d"}', "only"), '"é\\u007d"');
  assert.throws(() => member(object, "none"), /no member none/);
});
