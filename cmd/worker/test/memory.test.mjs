// One instance of each program serves request after request, so what a request leaves behind must not add up. $REQUESTS asks for more of
// them than a test has time for: 100 000 stay within the same bound.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bare, first } from "./bare.mjs";
import { client, household, load } from "./load.mjs";

const requests = Number(process.env.REQUESTS ?? 10_000);

for (const [path, what] of [["/v1/assess", "the artefact alone"], ["/v1/explain", "the program"]]) {
  test(`memory is flat over ${requests} requests to ${what}`, async (t) => {
    const worker = await bare();
    try {
      const { ask, close } = client(worker.url, 1);
      await first(() => ask(path, household));
      close();
      await load(worker.url, path, household, 3000, 4);
      const before = await worker.resident();
      await load(worker.url, path, household, requests, 4);
      const after = await worker.resident();
      t.diagnostic(`${what}: ${before.toFixed(0)} MiB after 3000 requests, ${after.toFixed(0)} after ${requests} more`);
      // V8 takes up to so much more before it collects, and then no more.
      assert.ok(after - before < 110, `${(after - before).toFixed(0)} MiB more`);
    } finally {
      await worker.stop();
    }
  });
}
