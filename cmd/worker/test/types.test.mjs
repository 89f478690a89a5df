import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

test("the entry's types fit", () => {
  const tsc = fileURLToPath(new URL("node_modules/typescript/bin/tsc", import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [tsc, "--noEmit", "-p", fileURLToPath(new URL("..", import.meta.url))], { encoding: "utf8" });
  assert.equal(status, 0, stdout);
});
