import assert from "node:assert/strict";
import { test } from "node:test";
import { build } from "./typescript.mjs";

test("a network of IPv6 is one address", async () => {
  const { network } = await build("limit.ts");
  for (const [address, want] of [
    ["192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:db8::1", "2001:db8:0:0"],
    ["2001:db8:1:2::", "2001:db8:1:2"],
    ["::1", "0:0:0:0"],
    ["unknown", "unknown"],
  ]) assert.equal(network(address), want, address);
});
