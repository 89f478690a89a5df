// The rules for publicodes.
import Engine from "publicodes";
import { counts } from "./cases.mjs";
import { away, children, couple, joint, single } from "./norm.mjs";

const given = ["adults", "rent", "electricity", "insurance", "sickness", "benefit"];
const columns = [...children.map((amount, i) => [`c${i}`, amount]), ...away.map((amount, i) => [`a${i}`, amount])];

export const rules = {
  ...Object.fromEntries([...given, ...columns.map(([name]) => name)].map((name) => [name, { "par défaut": name === "adults" ? 1 : 0 }])),
  "norm adult": { variations: [{ si: "adults = 2", alors: couple }, { sinon: single }] },
  "norm children": { somme: columns.map(([name, amount]) => `${name} * ${amount}`) },
  persons: { somme: ["adults", ...columns.map(([name]) => name)] },
  joint: { variations: [...joint.slice(0, -1).map((amount, i) => ({ si: `persons = ${i + 1}`, alors: amount })), { sinon: joint.at(-1) }] },
  norm: { somme: ["norm adult", "norm children", "joint"] },
  costs: { somme: ["rent", "electricity", "insurance"] },
  incomes: { somme: ["sickness", "benefit"] },
  support: { valeur: "norm + costs - incomes", plancher: 0 },
};

export function start() {
  const engine = new Engine(rules);
  return (c) => {
    engine.setSituation({ ...Object.fromEntries(given.map((name) => [name, c[name]])), ...counts(c) });
    return engine.evaluate("support").nodeValue;
  };
}
