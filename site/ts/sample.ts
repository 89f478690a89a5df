// The replay of a sample: every receipt in the files is verified and its decision computed again, in the page; none counts twice, and where the leaf
// of the lot is among them, the decisions are those that were drawn. Nothing is sent; what is fetched is programs, by their hash.

import { Artefact } from "./artefact";
import type { ReceiptData, Report } from "./contract";
import { byId, data, el, has, t } from "./page";
import { type Decision, replay } from "./replay";

const page = data<ReceiptData>();

/** The most receipts that the page takes: a sample has at most 200. */
const most = 2000;

class Tally {
  private all = 0;
  private right = 0;
  private wrong = 0;
  private open = 0;

  add(name: string, outcome: "ok" | "bad" | "open", why = ""): void {
    this.all++;
    if (outcome === "ok") this.right++;
    if (outcome === "ok") this.show();
    else this.amiss(name, outcome, why);
  }

  /** amiss is what is wrong, or open, beside the receipts themselves. */
  amiss(name: string, outcome: "bad" | "open", why: string): void {
    if (outcome === "open") this.open++;
    else this.wrong++;
    byId("fel").append(el("li", {}, `${name}: ${why}`));
    this.show();
  }

  /** wrongly is a receipt that is right, of a decision that has no place here. */
  wrongly(name: string, why: string): void {
    this.right--;
    this.amiss(name, "bad", why);
  }

  show(): void {
    for (const [id, n] of [["alla", this.all], ["ratt", this.right], ["fel-antal", this.wrong], ["oppna", this.open]] as const) byId(id).textContent = String(n);
    byId("fel-del").hidden = this.wrong + this.open === 0;
  }
}

/** A Sample is what the files hold by its place in the log, and what the lot's own leaf says was drawn. */
class Sample {
  private readonly seen = new Set<string>();
  private readonly decisions = new Map<number, { which: string; right: boolean }>();
  private readonly drawn = new Set<number>();
  private readonly withheld = new Map<number, string>();
  private revealed = false;

  /** again tells a leaf that was there before. */
  again(report: Report): boolean {
    const place = `${report.origin} ${report.index}`;
    const before = this.seen.has(place);
    this.seen.add(place);
    return before;
  }

  decision(report: Report, which: string, right: boolean): void {
    this.decisions.set(report.index ?? 0, { which, right });
  }

  other(record: string): void {
    const r = JSON.parse(record) as { kind: string; what?: string; indexes?: number[]; withheld?: { index: number; reason: string }[] };
    if (r.kind !== "access") return;
    if (r.what === "revealed") this.revealed = true;
    if (r.what === "revealed") for (const index of r.indexes ?? []) this.drawn.add(index);
    if (r.what === "answered") for (const w of r.withheld ?? []) this.withheld.set(w.index, w.reason);
  }

  /** compare tells what was drawn and is not here, and what is here and was not drawn. */
  compare(tally: Tally): void {
    byId("utan-lott").hidden = this.revealed || this.decisions.size === 0;
    if (!this.revealed) return;
    for (const index of this.drawn) {
      const reason = this.withheld.get(index);
      if (!this.decisions.has(index)) tally.amiss(String(index), reason === undefined ? "bad" : "open", said(reason ?? "missing"));
    }
    for (const [index, d] of this.decisions) if (d.right && !this.drawn.has(index)) tally.wrongly(d.which, said("undrawn"));
  }
}

/** said is a sentence of the page's own, which has them beside the list. */
function said(what: string): string {
  return byId("fel").dataset[what] ?? what;
}

function why(code: string): string {
  return t(has(`kvitto.reason.${code}`) ? `kvitto.reason.${code}` : "kvitto.reason.receipt-malformed");
}

async function check(verifier: Artefact, line: string, name: string, tally: Tally, sample: Sample): Promise<void> {
  let report: Report;
  try {
    report = JSON.parse(verifier.call("verify", JSON.stringify({ receipt: `${line}\n`, keys: page.keys, ...(page.policy ? { policy: page.policy } : {}) }))) as Report;
  } catch {
    report = { ok: false, reason: "too-large", steps: [] };
  }
  if (!report.ok || report.record === undefined) {
    tally.add(name, "bad", why(report.reason ?? ""));
    return;
  }
  const decision = JSON.parse(report.record) as Decision;
  const which = `${decision.municipality}/${decision.number}`;
  if (sample.again(report)) {
    tally.add(name, "bad", `${which}, ${said("again")}`);
    return;
  }
  if (decision.kind !== "decision") {
    sample.other(report.record);
    tally.add(which, "ok");
    return;
  }
  const again = await replay(report.record, decision, page.words);
  const differs = again.steps.find((s) => s.outcome !== "ok");
  sample.decision(report, which, !differs);
  if (!differs) tally.add(which, "ok");
  else tally.add(which, differs.outcome === "differs" ? "bad" : "open", t(`kvitto.replay.${differs.name}.${differs.outcome}`));
}

async function run(verifier: Artefact, files: FileList | null): Promise<void> {
  if (!files || files.length === 0) return;
  const tally = new Tally();
  const sample = new Sample();
  byId("fel").replaceChildren();
  byId("utfall").hidden = false;
  tally.show();
  let n = 0;
  for (const file of files) {
    for (const line of (await file.text()).split("\n")) {
      if (line === "") continue;
      if (++n > most) {
        byId("for-manga").hidden = false;
        return;
      }
      await check(verifier, line, `${file.name}:${n}`, tally, sample);
    }
  }
  sample.compare(tally);
  byId("utfall").focus();
}

async function main(): Promise<void> {
  try {
    const verifier = await Artefact.fetch(page.verify, page.sha256);
    byId("fil").addEventListener("change", (e) => void run(verifier, (e.target as HTMLInputElement).files));
    byId("valj").hidden = false;
  } catch (err) {
    byId("trasig").hidden = false;
    throw err;
  }
}

void main();
