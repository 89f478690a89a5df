// The rules written for OpenFisca give what ours do. OpenFisca itself is not needed for that: it computes by the same functions, on arrays.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { cases } from "./cases.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const run = (command, args, input) => execFileSync(command, args, { cwd: here, encoding: "utf8", input, stdio: ["pipe", "pipe", "pipe"] });

let python = true;
try { run("python3", ["--version"]); } catch { python = false; }
const skip = python ? false : "python3 is not installed here";

test("every shared case has the same amount by the rules for OpenFisca", { skip }, () => {
  const input = run("node", ["list.mjs", "peer"]);
  assert.equal(run("python3", ["openfisca.py", "check"], input), `${cases.length}\n`);
  const wrong = JSON.parse(input);
  wrong.figures.joint[0]++; // a figure that is off by a krona is found
  assert.throws(() => run("python3", ["openfisca.py", "check"], JSON.stringify(wrong)), /these rules give 5221, not 5220/);
});
