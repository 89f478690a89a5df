// The shapes that the artefact takes and gives, as the engine's contract has them.

export type Call = "assess" | "explain" | "difference" | "curve" | "bounds" | "amount" | "parameters" | "verify";

export interface Problem {
  code: string;
  path: string;
  text?: string;
}

export interface Input {
  label: string;
  value: string;
  source?: string;
}

export interface Line {
  id: string;
  depth: number;
  sign: "+" | "-" | "=" | "";
  label: string;
  detail?: string;
  amount: string;
  ore?: number;
  provision?: string;
  link?: string;
  status?: string;
  note?: string;
  inputs?: Input[];
}

export interface Note {
  code: string;
  text: string;
  path?: string;
  provision?: string;
  link?: string;
}

export interface Explanation {
  headline: string;
  amount?: string;
  summary?: string[];
  lines?: Line[];
  reasons?: Note[];
  questions?: Note[];
  distances?: string[];
  checks?: string[];
}

/** A result, of which the page reads this. */
export interface Result {
  outcome: "support" | "surplus" | "missing" | "human";
  month: string;
  support?: number;
}

export interface Assessed {
  result?: Result;
  errors?: Problem[];
}

/** The least and the most support that what is unknown can give; open where there is no most. Neither is there where too much is unknown. */
export interface Bounds {
  lowest?: number;
  highest?: number;
  open?: boolean;
  errors?: Problem[];
}

/** What differs between two results, in öre where both are computed. */
export interface Compared {
  changes?: { label: string; before: string; after: string; effect: string; ore: number }[];
  ore?: number;
  errors?: Problem[];
}

export interface Explained {
  facts?: unknown;
  result?: Result;
  explanation?: Explanation;
  errors?: Problem[];
}

/** What a household has at one net wage of a person; plain is without jobbstimulans, marginal what is lost of the last krona, per mille. */
export interface Point {
  wage: number;
  support: number;
  disposable: number;
  plain: { support: number; disposable: number };
  marginal: number;
}

export interface Curve {
  points?: Point[];
  errors?: Problem[];
}

export interface Amount {
  amount?: number;
  errors?: Problem[];
}

export interface Person {
  id: string;
  role: "adult" | "child";
  age?: number;
  lunch?: "home" | "away";
  school?: boolean;
  days?: number;
  earnedThisYear?: number;
  monthsInRow?: number;
  jobbstimulansFrom?: string;
}

export interface Facts {
  schema: "skalig/facts/1";
  month: string;
  municipality: string;
  persons: Person[];
  housing: { tenure?: string; rooms?: number; community?: number; ownRooms?: number; sharedRooms?: number };
  costs: { id: string; kind: string; amount?: number; km?: number; whole?: boolean }[]; // no amount: it is not known
  incomes: { id: string; kind: string; person: string; amount?: number; month?: string | undefined; source: "declared" }[];
  assets?: number;
  earlierSurplus?: number;
  circumstances: string[];
}

export interface Guideline {
  code: string;
  name: string;
  status: "signed" | "example" | "empty";
  open: boolean; // applications are taken here
  file: { incomeMonth?: "before" | "same"; rentShare?: "heads" | "rooms" }; // and more, which only the engine reads
}

/** What a page embeds in the element skalig-data. */
export interface CalculatorData {
  engine: string;
  sha256: string;
  month: string;
  guidelines: Guideline[];
  language: Language;
  facts?: Facts; // of the draft to change
  verify: string;
  verifySHA256: string;
  keys: string[]; // of the logs that the page trusts
  page: Record<string, string>;
}

/** The page's language: the engine's words in it. */
export interface Language {
  code: string;
  words: { text: Record<string, string> };
}

export interface ReceiptData {
  verify: string;
  sha256: string;
  keys: string[];
  policy: string; // the witnesses that must have cosigned; empty: none
  words: unknown;
  page: Record<string, string>;
}

export interface Report {
  ok: boolean;
  reason: string;
  steps?: { name: string; ok: boolean; code: string }[];
  index?: number;
  size?: number;
  origin?: string;
  leaf?: { kind: string; municipality: string; number: number; engine: string; rules: string; day: string };
  record?: string;
  policy?: boolean;
  required?: boolean;
  witnesses?: string[];
}
