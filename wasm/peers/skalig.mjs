// Our engine: the released artefact, JSON in, result and whole trace in JSON out.
import { readFileSync } from "node:fs";
import { call, compile, enough, instantiate } from "../node/artefact.mjs";
import { facts } from "./cases.mjs";

const manifest = JSON.parse(readFileSync(new URL("../release/manifest.json", import.meta.url), "utf8"));
export const path = new URL(`../release/${manifest.releases.at(-1).engine}.wasm`, import.meta.url);
const guideline = JSON.parse(readFileSync(new URL("../../engine/sol/municipal/9999-2026-01.json", import.meta.url), "utf8"));

export function start() {
  const module = compile(path);
  let exports = instantiate(module);
  return (c) => {
    if (exports.memory.buffer.byteLength > enough) exports = instantiate(module);
    const answer = JSON.parse(Buffer.from(call(exports, "assess", Buffer.from(JSON.stringify({ facts: facts(c), guideline })))).toString());
    if (answer.result?.outcome !== "support" && answer.result?.outcome !== "surplus" || !answer.result.trace) throw new Error(JSON.stringify(answer).slice(0, 300));
    return answer.result.support ?? 0;
  };
}
