// What differs from last month: its answers, from a file or as they stood in the form, beside those of now. The engine says what each change does.

import type { Artefact } from "./artefact";
import type { Compared, Facts } from "./contract";
import { byId, el, kronor, month, t } from "./page";

/** What the comparison needs of the calculator. */
interface Host {
  now(): Facts | undefined; // the answers, where they can be read
  known(text: string): { facts: Facts } | { wrong: string }; // a file's
  guideline(municipality: string): string;
  words: Uint8Array; // the language, as an input begins with it
}

export class Compare {
  private before: Facts | undefined;
  private shown = "";

  constructor(private readonly artefact: Artefact, private readonly host: Host) {
    byId("jamfor-nu").addEventListener("click", () => this.keep());
    byId("jamfor-bort").addEventListener("click", () => {
      this.forget();
      byId("jamfor-nu").focus();
    });
    byId<HTMLInputElement>("jamfor-fil").addEventListener("change", (e) => void this.choose(e.target as HTMLInputElement));
  }

  forget(): void {
    this.before = undefined;
    this.say("");
    this.show(undefined);
  }

  /** show writes the difference from last month to the facts. */
  show(after: Facts | undefined): void {
    byId("jamfor-bort").hidden = !this.before;
    const place = byId("jamfor-svar");
    const input = this.before && after
      ? `"before":${this.side(this.before)},"after":${this.side(after)}}` : this.before ? "unreadable" : "";
    if (input === this.shown) return;
    this.shown = input;
    if (!this.before || !after) {
      place.replaceChildren(...(this.before ? [el("p", {}, t("rakna.compare.not"))] : []));
      return;
    }
    const d = JSON.parse(this.artefact.call("difference", this.host.words, input)) as Compared;
    place.replaceChildren(...(d.ore === undefined ? [el("p", {}, t("rakna.compare.not"))] : difference(d, d.ore, this.before.month)));
  }

  private side(f: Facts): string {
    return `{${this.host.guideline(f.municipality)}"facts":${JSON.stringify(f)}}`;
  }

  private keep(): void {
    const facts = this.host.now();
    if (!facts) return this.say(t("rakna.compare.not"));
    this.begin(facts);
  }

  private begin(facts: Facts): void {
    this.before = structuredClone(facts);
    this.say(t("rakna.compare.kept", { month: month(facts.month) }));
    this.show(this.host.now());
  }

  private async choose(input: HTMLInputElement): Promise<void> {
    const file = input.files?.[0];
    if (!file) return;
    const found = file.size <= 1 << 20 ? await file.text().then((text) => this.host.known(text), () => ({ wrong: t("rakna.open.unread") })) : { wrong: t("rakna.open.other") };
    input.value = "";
    if ("wrong" in found) this.say(found.wrong);
    else this.begin(found.facts);
  }

  private say(text: string): void {
    byId("jamfor-sagt").textContent = text;
  }
}

function difference(d: Compared, ore: number, before: string): Element[] {
  const key = ore === 0 ? "same" : ore > 0 ? "more" : "less";
  const out: Element[] = [el("p", { class: "headline" }, t(`rakna.compare.${key}`, { amount: kronor(Math.abs(ore) / 100), month: month(before) }))];
  const changes = d.changes ?? [];
  if (changes.length === 0) return [...out, el("p", {}, t("rakna.compare.nothing"))];
  const head = (text: string, num = true): Element => el("th", { scope: "col", ...(num ? { class: "num" } : {}) }, text);
  return [...out, el("table", { class: "table" },
    el("caption", {}, t("rakna.compare.caption")),
    el("thead", {}, el("tr", {}, head(t("rows.item"), false), head(t("rakna.compare.before")), head(t("rakna.compare.after")), head(t("rakna.compare.effect")))),
    el("tbody", {}, ...changes.map((c) => el("tr", {}, el("th", { scope: "row" }, c.label),
      ...[c.before, c.after, c.effect].map((text) => el("td", { class: "num" }, text || "–"))))))];
}
