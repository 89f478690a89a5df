// What if: another wage, another rent, a child here more or fewer days. The answers themselves do not change.

import type { Artefact } from "./artefact";
import type { Assessed, Facts, Person, Result } from "./contract";
import { Amounts, type Fault, readCount } from "./fields";
import { byId, el, kronor, t } from "./page";

export class WhatIf {
  private facts: Facts | undefined;
  private guideline = "";

  constructor(private readonly artefact: Artefact, private readonly amounts: Amounts, private readonly changed: () => void) {
    const form = byId("tank");
    form.addEventListener("input", () => this.changed());
    form.addEventListener("submit", (e) => e.preventDefault());
  }

  /** of takes the answers as they are, and returns them as they would be. */
  of(facts: Facts, guideline: string): Facts {
    this.facts = facts;
    this.guideline = guideline;
    this.children(facts);
    const faults: Fault[] = [];
    const other = this.read(facts, faults);
    this.show(other, faults);
    return faults.length === 0 ? (other ?? facts) : facts;
  }

  clear(): void {
    byId<HTMLFormElement>("tank").reset();
    byId("tank-svar").replaceChildren();
  }

  /** children keeps a field for each child. */
  private children(facts: Facts): void {
    const form = byId("tank");
    const wanted = facts.persons.filter((p) => p.role === "child").map((p) => p.id);
    for (const e of form.querySelectorAll<HTMLElement>("[data-child]")) if (!wanted.includes(e.dataset["child"] ?? "")) e.remove();
    for (const [i, id] of wanted.entries()) {
      const label = t("rakna.whatif.days", { n: String(i + 1) });
      const at = `tank-${id}-days`;
      const old = form.querySelector<HTMLElement>(`[data-child="${id}"] label`);
      if (old) old.textContent = label;
      else form.append(el("div", { class: "field", "data-child": id }, el("label", { for: at }, label), el("input", { id: at, class: "short", inputmode: "numeric" })));
    }
  }

  /** read returns the facts with what is tried in them, or nothing where nothing is. */
  private read(facts: Facts, faults: Fault[]): Facts | undefined {
    let other = structuredClone(facts);
    let tried = false;
    for (const input of byId("tank").querySelectorAll<HTMLInputElement>("[data-what]")) {
      if (input.closest<HTMLElement>("[data-adult]")?.hidden) continue;
      const amount = this.amounts.read(input, faults);
      if (amount === undefined) continue;
      tried = true;
      if (input.dataset["what"] === "rent") rent(other, amount);
      else {
        const person = input.dataset["person"] ?? "p1";
        wage(other, person, amount);
        other = supposing(other, person);
      }
    }
    for (const p of other.persons) {
      const input = document.getElementById(`tank-${p.id}-days`);
      const days = input instanceof HTMLInputElement ? readCount(input, faults) : undefined;
      if (days === undefined) continue;
      tried = true;
      if (days > 0) p.days = days;
      else other.persons = other.persons.filter((q) => q !== p); // a child who is not here
    }
    other.incomes = other.incomes.filter((i) => other.persons.some((p) => p.id === i.person));
    return tried ? other : undefined;
  }

  private show(other: Facts | undefined, faults: Fault[]): void {
    const place = byId("tank-svar");
    const say = (...texts: string[]): void => {
      if (place.textContent !== texts.join("")) place.replaceChildren(...texts.map((s) => el("p", {}, s)));
    };
    if (!this.facts || (!other && faults.length === 0)) return say();
    const [now, then] = [this.assess(this.facts), other && faults.length === 0 ? this.assess(other) : undefined];
    if (!other || !now || !then || then.outcome === "missing" || now.outcome === "missing") return say(faults[0]?.text ?? t("rakna.whatif.fault"));
    const [s, m] = [then.support ?? 0, means(other, then)];
    say(t("rakna.whatif.support", { amount: kronor(s), change: change(s - (now.support ?? 0)) }),
      t("rakna.whatif.means", { amount: kronor(m), change: change(m - means(this.facts, now)) }),
      ...(other.persons.some((p) => supposes(this.facts, p)) ? [supposition()] : []),
      ...(then.outcome === "human" ? [t("rakna.whatif.human")] : []));
  }

  private assess(facts: Facts): Result | undefined {
    return (JSON.parse(this.artefact.call("assess", `{${this.guideline}"facts":${JSON.stringify(facts)}}`)) as Assessed).result;
  }
}

/** supposition says what is supposed. */
export function supposition(): string {
  return `${t("rakna.from")} ${t("rakna.from.never")}.`;
}

/** supposing returns facts that can be computed with a wage of a person: they have never had jobbstimulans, where nobody has said. */
export function supposing(f: Facts, person: string): Facts {
  return { ...f, persons: f.persons.map((p) => (p.id === person && p.jobbstimulansFrom === undefined ? { ...p, jobbstimulansFrom: "never" } : p)) };
}

/** supposes says whether it is only supposed that a person has had no jobbstimulans. */
export function supposes(answered: Facts | undefined, person: Person): boolean {
  return person.jobbstimulansFrom !== undefined && answered?.persons.find((p) => p.id === person.id)?.jobbstimulansFrom === undefined;
}

/** means is what the household has: incomes and support. */
function means(f: Facts, r: Result): number {
  return f.incomes.reduce((sum, i) => sum + (i.amount ?? 0), r.support ?? 0);
}

function change(by: number): string {
  if (Math.abs(by) < 0.005) return t("rakna.whatif.same");
  return t(by > 0 ? "rakna.whatif.more" : "rakna.whatif.less", { amount: kronor(Math.abs(by)) });
}

function wage(f: Facts, person: string, amount: number): void {
  const old = f.incomes.find((i) => i.kind === "wage" && i.person === person);
  if (old) old.amount = amount;
  else f.incomes.push({ id: "prova", kind: "wage", person, amount, month: f.incomes[0]?.month, source: "declared" });
}

function rent(f: Facts, amount: number): void {
  const old = f.costs.find((c) => c.kind === "rent");
  if (old) old.amount = amount;
  else f.costs.push({ id: "prova", kind: "rent", amount });
}
