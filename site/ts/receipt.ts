// The receipt check: the file is read, verified and replayed in the page. The only thing fetched is programs, by their hash.

import { Artefact, sha256 } from "./artefact";
import type { ReceiptData, Report } from "./contract";
import { apart, byId, data, day, el, has, kronor, month, t } from "./page";
import { type Decision, type Replay, replay } from "./replay";
import { Answer } from "./rows";

const page = data<ReceiptData>();

type Mark = "ok" | "bad" | "open";

interface Check {
  mark: Mark;
  text: string;
  why?: string;
}

/** What the paper's code points at: #i=<index>&l=<hash of the leaf>. */
interface Paper {
  index: number;
  leaf: string;
}

function paper(): Paper | null {
  const parts = new URLSearchParams(location.hash.slice(1));
  const index = parts.get("i") ?? "";
  const leaf = (parts.get("l") ?? "").toLowerCase();
  return /^\d{1,15}$/.test(index) && /^[0-9a-f]{64}$/.test(leaf) ? { index: Number(index), leaf } : null;
}

class ReceiptCheck {
  private name = ""; // of the file whose verdict is shown, "" where its text was pasted
  private run = 0; // of the latest check: what an earlier one finds is not shown

  constructor(private readonly verifier: Artefact) {
    byId("fil").addEventListener("change", (e) => void this.choose(e.target as HTMLInputElement));
    byId("valj").addEventListener("submit", (e) => {
      e.preventDefault();
      this.begin("");
      void this.check(`${byId<HTMLTextAreaElement>("text").value.trim()}\n`);
    });
    this.drop(byId("slapp"));
    window.addEventListener("hashchange", () => this.paper());
    this.paper();
  }

  private drop(zone: HTMLElement): void {
    for (const type of ["dragenter", "dragover", "dragleave", "drop"]) {
      zone.addEventListener(type, (e) => {
        e.preventDefault();
        zone.classList.toggle("drop--over", type === "dragenter" || type === "dragover");
      });
    }
    zone.addEventListener("drop", (e) => void this.file(e.dataTransfer?.files ?? null));
    for (const type of ["dragover", "drop"]) window.addEventListener(type, (e) => e.preventDefault());
  }

  private paper(): void {
    const p = paper();
    byId("papper").hidden = p === null;
    byId("papper").textContent = p ? t("kvitto.paper", { index: String(p.index) }) : "";
  }

  private async choose(input: HTMLInputElement): Promise<void> {
    await this.file(input.files);
    input.value = ""; // the same file can be chosen again when it is another
  }

  /** begin takes away the verdict of the file before. */
  private begin(name: string): void {
    this.name = name;
    this.run++;
    byId("utfall").hidden = true;
    byId("sagt").textContent = "";
  }

  private async file(files: FileList | null): Promise<void> {
    const f = files?.[0];
    if (!f) return;
    this.begin(f.name);
    try {
      const run = this.run;
      const bytes = await f.arrayBuffer();
      if (run === this.run) await this.check(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
    } catch (err) {
      if (!(err instanceof TypeError)) throw err;
      this.show(false, t("kvitto.reason.receipt-malformed"), []); // not UTF-8, so not a receipt
    }
  }

  private async check(file: string): Promise<void> {
    const run = this.run;
    let report: Report;
    try {
      report = JSON.parse(this.verifier.call("verify", JSON.stringify({ receipt: file, keys: page.keys, ...(page.policy ? { policy: page.policy } : {}) }))) as Report;
    } catch {
      report = { ok: false, reason: "too-large", steps: [] };
    }
    const checks: Check[] = (report.steps ?? []).map((s) => ({
      mark: s.ok ? "ok" : s.code === "not-checked" ? "open" : "bad",
      text: t(`kvitto.step.${s.name}`),
      ...(s.ok || s.code === "not-checked" ? {} : { why: reason(s.code) }),
    }));
    if (!report.ok || report.record === undefined) {
      this.show(false, reason(report.reason ?? ""), checks);
      return;
    }
    const p = paper();
    if (p) checks.push(await paperCheck(p, report, file));
    if (run !== this.run) return;
    const decision = JSON.parse(report.record) as Decision;
    if (decision.kind !== "decision") {
      this.show(checks.every((c) => c.mark !== "bad"), checks.find((c) => c.mark === "bad")?.why ?? t(`kvitto.kind.${decision.kind}`), checks, report);
      return;
    }
    const again = await replay(report.record, decision, page.words);
    if (run !== this.run) return;
    checks.push(...again.steps.map((s): Check => ({
      mark: s.outcome === "ok" ? "ok" : s.outcome === "differs" ? "bad" : "open",
      text: t(`kvitto.replay.${s.name}`),
      ...(s.outcome === "ok" ? {} : { why: t(`kvitto.replay.${s.name}.${s.outcome}`) }),
    })));
    const bad = checks.find((c) => c.mark === "bad");
    this.show(!bad, bad?.why ?? "", checks, report, decision, again);
  }

  private show(ok: boolean, why: string, checks: Check[], report?: Report, decision?: Decision, again?: Replay): void {
    const open = ok && checks.some((c) => c.mark === "open");
    const head = t(!ok ? "kvitto.bad" : open ? "kvitto.partly" : "kvitto.ok");
    const place = byId("utfall");
    place.hidden = false;
    place.className = ok ? "verdict verdict--ok" : "verdict verdict--bad";
    place.replaceChildren(el("h2", { id: "utfall-rubrik" }, head));
    if (this.name) place.append(el("p", { class: "meta verdict__file" }, el("bdi", {}, this.name)));
    if (why) place.append(el("p", { class: "headline" }, why));
    if (!ok) place.append(el("p", {}, t("kvitto.bad.next")));
    if (decision && ok) place.append(...content(decision));
    place.append(el("h3", {}, t("kvitto.steps")), el("ul", { class: "checks" }, ...checks.map(checkRow)));
    if (report && ok) place.append(facts(report));
    if (again?.explanation && ok) {
      const rows = el("div", { class: "again" });
      place.append(rows);
      new Answer(rows).table(again.explanation);
    }
    byId("sagt").textContent = `${this.name ? `${this.name}: ` : ""}${head} ${why}`;
    place.focus();
  }
}

function reason(code: string): string {
  return t(has(`kvitto.reason.${code}`) ? `kvitto.reason.${code}` : "kvitto.reason.receipt-malformed");
}

function checkRow(c: Check): HTMLLIElement {
  const style = c.mark === "ok" ? "tag tag--ok" : c.mark === "bad" ? "tag tag--bad" : "tag";
  return el("li", {}, el("span", { class: style }, t(`kvitto.mark.${c.mark}`)), el("span", {}, c.text, c.why ? el("span", { class: "why" }, ` ${c.why}`) : null));
}

/** paperCheck compares the file with what the paper's code names: the leaf's place and its hash (RFC 6962, 0x00 before the leaf). */
async function paperCheck(p: Paper, report: Report, file: string): Promise<Check> {
  const leaf = new TextEncoder().encode((JSON.parse(file) as { leaf: string }).leaf);
  const hashed = new Uint8Array(leaf.length + 1);
  hashed.set(leaf, 1);
  const sum = await sha256(hashed);
  if (sum === "") return { mark: "open", text: t("kvitto.paper.step") };
  const same = sum === p.leaf && report.index === p.index;
  return same ? { mark: "ok", text: t("kvitto.paper.step") } : { mark: "bad", text: t("kvitto.paper.step"), why: t("kvitto.paper.differs", { index: String(p.index) }) };
}

function content(d: Decision): Node[] {
  const rows: [string, string | HTMLElement][] = [
    [t("kvitto.outcome"), t(`kvitto.outcome.${d.outcome}`)],
    [t("kvitto.month"), month(d.month)],
    [t("kvitto.day"), day(d.day)],
    [t("kvitto.decider"), `${d.decider} (${t(`kvitto.mode.${d.mode}`)})`],
  ];
  if (d.delegation) rows.push([t("kvitto.delegation"), swedish(d.delegation)]);
  if (d.motivation) rows.push([t("kvitto.motivation"), swedish(d.motivation)]);
  return [el("p", { class: "amount" }, kronor(d.granted)), pairs(rows)];
}

function facts(r: Report): HTMLElement {
  const leaf = r.leaf;
  const rows: [string, string][] = [
    [t("kvitto.log"), apart(r.origin ?? "")],
    [t("kvitto.place"), t("kvitto.place.of", { index: String(r.index), size: String(r.size) })],
    [t("kvitto.witnesses"), r.required ? (r.witnesses ?? []).join(", ") : t("kvitto.witnesses.none")],
  ];
  if (leaf) {
    rows.push([t("kvitto.number"), apart(`${leaf.municipality}/${leaf.number}`)]);
    rows.push([t("kvitto.engine"), apart(leaf.engine)], [t("kvitto.rules"), apart(leaf.rules)]);
  }
  return el("details", { class: "program" }, el("summary", {}, t("kvitto.details")), pairs(rows));
}

/** swedish marks what the decision itself says, whatever the page's language. */
function swedish(text: string): HTMLElement {
  return el("bdi", { lang: "sv" }, text);
}

function pairs(rows: [string, string | HTMLElement][]): HTMLElement {
  return el("dl", { class: "pairs" }, ...rows.map(([k, v]) => el("div", {}, el("dt", {}, k), el("dd", {}, v))));
}

async function main(): Promise<void> {
  try {
    new ReceiptCheck(await Artefact.fetch(page.verify, page.sha256));
    byId("valj").hidden = false;
  } catch (err) {
    byId("trasig").hidden = false;
    throw err;
  }
}

void main();
