// A measurement beside another engine means something only when both compute the same: every case, to the krona.
import assert from "node:assert/strict";
import { test } from "node:test";
import { cases } from "./cases.mjs";
import * as publicodes from "./publicodes.mjs";
import * as skalig from "./skalig.mjs";
import * as zen from "./zen.mjs";

for (const [name, engine] of Object.entries({ skalig, publicodes, zen })) {
  test(`${name} gives the amounts worked by hand`, async () => {
    const support = engine.start();
    for (const c of cases.filter((c) => c.support !== undefined)) assert.equal(await support(c), c.support, JSON.stringify(c));
  });
}

test("every engine gives every case the same amount", async () => {
  const [ours, theirs, others] = [skalig.start(), publicodes.start(), zen.start()];
  const seen = new Set();
  for (const c of cases) {
    const amount = ours(c);
    assert.equal(await theirs(c), amount, `publicodes: ${JSON.stringify(c)}`);
    assert.equal(await others(c), amount, `zen-engine: ${JSON.stringify(c)}`);
    seen.add(amount);
  }
  assert.ok(seen.size > 100, `only ${seen.size} different amounts`);
});
