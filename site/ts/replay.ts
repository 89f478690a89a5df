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
  const result = answer.startsWith('{"errors"') ? "" : await digest(member(answer, "result"));
  const out: Replay = {
    steps: [
      { name: "program", outcome: "ok" },
      { name: "rules", outcome: rules === decision.rules ? "ok" : "differs" },
      { name: "result", outcome: result === decision.result ? "ok" : "differs" },
    ],
  };
  const explained = JSON.parse(engine.call("explain", `${input},"words":${JSON.stringify(words)}}`)) as Explained;
  if (explained.explanation) out.explanation = explained.explanation;
  return out;
}

async function digest(text: string): Promise<string> {
  return sha256(new TextEncoder().encode(text));
}
