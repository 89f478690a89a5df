// The rules for zen-engine: one node of expressions, evaluated with its trace.
import { ZenEngine } from "@gorules/zen-engine";
import { counts } from "./cases.mjs";
import { away, children, couple, joint, single } from "./norm.mjs";

const columns = [...children.map((amount, i) => [`c${i}`, amount]), ...away.map((amount, i) => [`a${i}`, amount])];
const expressions = [
  ["adult", `adults == 2 ? ${couple} : ${single}`],
  ["children", columns.map(([name, amount]) => `${name} * ${amount}`).join(" + ")],
  ["persons", ["adults", ...columns.map(([name]) => name)].join(" + ")],
  ["joint", joint.slice(0, -1).map((amount, i) => `$.persons == ${i + 1} ? ${amount} : `).join("") + joint.at(-1)],
  ["norm", "$.adult + $.children + $.joint"],
  ["costs", "rent + electricity + insurance"],
  ["incomes", "sickness + benefit"],
  ["support", "max([0, $.norm + $.costs - $.incomes])"],
];

export const rules = {
  nodes: [
    { id: "in", type: "inputNode", name: "in" },
    { id: "rules", type: "expressionNode", name: "rules", content: { expressions: expressions.map(([key, value], i) => ({ id: String(i), key, value })), passThrough: false } },
    { id: "out", type: "outputNode", name: "out" },
  ],
  edges: [{ id: "1", type: "edge", sourceId: "in", targetId: "rules" }, { id: "2", type: "edge", sourceId: "rules", targetId: "out" }],
};

export function start() {
  const decision = new ZenEngine().createDecision(rules);
  return async (c) => {
    const { children: _, ...amounts } = c;
    const { result, trace } = await decision.evaluate({ ...amounts, ...counts(c) }, { trace: true });
    if (!trace) throw new Error("zen-engine gave no trace");
    return result.support;
  };
}
