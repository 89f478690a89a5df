// node list.mjs: the shared cases in our form, for the measurements in Go.
// node list.mjs peer: the figures, and the cases by column with what our engine gives them, for an engine that is not in this language.
import { cases, counts, facts } from "./cases.mjs";
import * as figures from "./norm.mjs";
import * as skalig from "./skalig.mjs";

function peer() {
  const support = skalig.start();
  return { figures: { ...figures }, cases: cases.map((c) => ({ ...c, children: undefined, ...counts(c), support: support(c) })) };
}

console.log(JSON.stringify(process.argv[2] === "peer" ? peer() : cases.map((c) => facts(c))));
