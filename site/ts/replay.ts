// Replay: the decision's own artefact, fetched by the hash that the record names, computes the record's facts once more.

import { Artefact, sha256, WrongBytes } from "./artefact";
import type { Explained, Explanation } from "./contract";
import { member } from "./json";

/** What a record of a decision says, as far as the page shows it. */
export interface Decision {
  kind: string;
  municipality: string;
  number: number;
  day: string;
  mode: "automatic" | "human";
  decider: string;
  delegation: string;
  outcome: "granted" | "partly" | "refused" | "dismissed";
  granted: number;
  month: string;
  reasons: string[];
  motivation: string;
  engine: string;
  rules: string;
  guideline: string;
  result: string;
}

export interface Step {
  name: "program" | "rules" | "result";
  /** ok, or what did not hold; "unknown" when it could not be tried. */
  outcome: "ok" | "differs" | "unknown";
}

export interface Replay {
  steps: Step[];
  explanation?: Explanation;
}

export async function replay(record: string, decision: Decision, words: unknown): Promise<Replay> {
  const unknown: Replay = { steps: [{ name: "program", outcome: "unknown" }, { name: "rules", outcome: "unknown" }, { name: "result", outcome: "unknown" }] };
  let engine: Artefact;
  try {
    engine = await Artefact.fetch(`/engine/${decision.engine}.wasm`, decision.engine);
  } catch (err) {
    if (err instanceof WrongBytes) return { steps: [{ name: "program", outcome: "differs" }, ...unknown.steps.slice(1)] };
    return unknown;
  }
  if (engine.sha256 === "") return unknown;
  const input = `{"facts":${member(record, "facts")},"guideline":${decision.guideline}`;
  const answer = engine.call("assess", `${input}}`);
  const rules = await digest(engine.call("parameters", "") + decision.guideline);
  const agrees = !answer.startsWith('{"errors"') && await digest(member(answer, "result")) === decision.result &&
    member(answer, "facts") === member(record, "facts") && says(decision, answer);
  const out: Replay = {
    steps: [
      { name: "program", outcome: "ok" },
      { name: "rules", outcome: rules === decision.rules ? "ok" : "differs" },
      { name: "result", outcome: agrees ? "ok" : "differs" },
    ],
  };
  const explained = JSON.parse(engine.call("explain", `${input},"words":${JSON.stringify(words)}}`)) as Explained;
  if (explained.explanation) out.explanation = explained.explanation;
  return out;
}

/** says holds the record against what was computed, as package replay does: its month and municipality are those of the facts, and a program grants what
 * it computed and names no reason for a person. */
function says(d: Decision, answer: string): boolean {
  const { facts, result } = JSON.parse(answer) as { facts: { month: string; municipality?: string }; result: { outcome: string; support?: number } };
  const program = d.mode !== "automatic" || (result.outcome === "support" && result.support === d.granted && d.reasons.length === 0);
  return program && facts.month === d.month && facts.municipality === d.municipality;
}

async function digest(text: string): Promise<string> {
  return sha256(new TextEncoder().encode(text));
}
