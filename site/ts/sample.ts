// The replay of a sample: every receipt in the files is verified and its decision computed again, in the page. Nothing is sent; what is fetched
// is programs, by their hash.

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
    if (outcome === "open") this.open++;
    if (outcome === "bad") this.wrong++;
    if (outcome !== "ok") byId("fel").append(el("li", {}, `${name}: ${why}`));
    this.show();
  }

  show(): void {
    for (const [id, n] of [["alla", this.all], ["ratt", this.right], ["fel-antal", this.wrong], ["oppna", this.open]] as const) byId(id).textContent = String(n);
    byId("fel-del").hidden = this.wrong + this.open === 0;
  }
}

function why(code: string): string {
  return t(has(`kvitto.reason.${code}`) ? `kvitto.reason.${code}` : "kvitto.reason.receipt-malformed");
}

async function check(verifier: Artefact, line: string, name: string, tally: Tally): Promise<void> {
  let report: Report;
  try {
    report = JSON.parse(verifier.call("verify", JSON.stringify({ receipt: `${line}\n`, keys: page.keys }))) as Report;
  } catch {
    report = { ok: false, reason: "too-large", steps: [] };
  }
  if (!report.ok || report.record === undefined) {
    tally.add(name, "bad", why(report.reason ?? ""));
    return;
  }
  const decision = JSON.parse(report.record) as Decision;
  const which = `${decision.municipality}/${decision.number}`;
  if (decision.kind !== "decision") {
    tally.add(which, "ok");
    return;
  }
  const again = await replay(report.record, decision, page.words);
  const differs = again.steps.find((s) => s.outcome !== "ok");
  if (!differs) tally.add(which, "ok");
  else tally.add(which, differs.outcome === "differs" ? "bad" : "open", t(`kvitto.replay.${differs.name}.${differs.outcome}`));
}

async function run(verifier: Artefact, files: FileList | null): Promise<void> {
  if (!files || files.length === 0) return;
  const tally = new Tally();
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
      await check(verifier, line, `${file.name}:${n}`, tally);
    }
  }
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
