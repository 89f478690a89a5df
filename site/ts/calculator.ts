// The calculator: every input is read, handed to the engine in the page, and answered in the page. After the engine is fetched nothing
// leaves the browser until the person presses the button that says so.

import { Artefact, opening, WrongBytes } from "./artefact";
import { Compare } from "./compare";
import type { Bounds, CalculatorData, Explained, Facts, Note } from "./contract";
import { Amounts, type Fault, labelOf, say, unknown } from "./fields";
import { Form, startMonths } from "./household";
import { WorkCurve } from "./curve";
import { keep, type Kept } from "./keep";
import { apart, byId, data, day, earlier, el, kronor, month, t } from "./page";
import { ReleaseCheck } from "./release";
import { Answer, errorSummary, faultLink, fieldOf } from "./rows";
import { essence, SavedFile } from "./saved";
import { Steps } from "./steps";
import { supposes, supposing, WhatIf } from "./whatif";

// The script runs as soon as it is there, so that the engine is fetched, checked and compiled while the browser still reads the page. The page
// itself is touched when it is whole.
const engine = document.querySelector<HTMLLinkElement>("link[as=fetch]")?.href ?? "";
const fetched = Artefact.fetch(engine, /([0-9a-f]{64})\.wasm$/.exec(engine)?.[1] ?? "");
fetched.catch(() => undefined); // main says it
if (document.readyState === "loading") await new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve, { once: true }));

const page = data<CalculatorData>();
const title = document.title;

class Calculator {
  private readonly form: Form;
  private readonly answer = new Answer(byId("svar"));
  private readonly words = opening(page.language.words);
  private readonly guidelines = new Map(page.guidelines.map((g) => [g.code, `"guideline":${JSON.stringify(g.file)},`]));
  private readonly curve: WorkCurve;
  private readonly file: SavedFile;
  private readonly steps: Steps;
  private readonly whatIf: WhatIf;
  private readonly compare: Compare;
  private readonly touched = new Set<string>();
  private pressed = false;
  private saying = 0;
  private computed = false; // the answers give an amount
  private listed = ""; // the month that the lists of months end with
  private inSight = false;
  private faults: Fault[] = [];
  private asked: Fault[] = []; // the engine's questions
  private facts: Facts | undefined;

  constructor(private readonly artefact: Artefact) {
    const amounts = new Amounts(artefact, page.language.words.text);
    this.form = new Form(amounts, () => this.run());
    this.curve = new WorkCurve(byId("mer"), artefact);
    this.whatIf = new WhatIf(artefact, amounts, () => this.tried());
    this.compare = new Compare(artefact, {
      now: () => (this.computed ? this.facts : undefined),
      known: (text) => this.known(text),
      guideline: (code) => this.guidelineOf(code),
      words: this.words,
    });
    this.file = new SavedFile(() => this.give(), (text) => this.take(text));
    this.steps = new Steps(byId("rakna"), {
      faults: (question) => this.faultsOf(question),
      say: (faults) => this.summary(faults, t("rakna.step.errors")),
      snapshot: () => this.form.snapshot(),
    });
    this.listen();
    const kept = Steps.kept();
    if (kept) this.form.restore(kept);
    this.run();
    if (!kept && page.facts && this.take(JSON.stringify(page.facts)) !== "") {
      byId("felen").replaceChildren(el("div", { class: "notice notice--help" }, el("p", {}, t("rakna.change.unfit"))));
    }
    this.steps.start(page.facts !== undefined);
  }

  private listen(): void {
    const form = byId<HTMLFormElement>("uppgifter");
    form.addEventListener("input", (e) => {
      known(e.target as HTMLElement);
      this.run();
    });
    form.addEventListener("focusout", (e) => this.leave(e.target as HTMLElement));
    form.addEventListener("submit", (e) => e.preventDefault());
    byId("barn-nytt").addEventListener("click", () => {
      this.form.children.add();
      this.run();
    });
    byId("mer-vem").addEventListener("change", () => this.tried());
    byId("tom").addEventListener("click", () => this.clear());
    byId("skriv-ut").addEventListener("click", () => window.print());
    byId("ansok").addEventListener("submit", (e) => this.apply(e));
    new IntersectionObserver(([entry]) => {
      this.inSight = entry?.isIntersecting ?? false;
      this.bar(byId("lista-belopp").textContent ?? "");
    }).observe(byId("resultat"));
    window.addEventListener("pageshow", () => this.run());
    window.addEventListener("beforeprint", () => this.answer.open());
  }

  /** leave marks a field as filled in: from then on its error is shown at once. */
  private leave(field: HTMLElement): void {
    if (!(field instanceof HTMLInputElement) || field.value === "") return;
    this.touched.add(field.id);
    this.run();
  }

  private clear(): void {
    this.form.clear();
    this.file.forget();
    this.whatIf.clear();
    this.compare.forget();
    this.anew();
    this.steps.first();
    byId("innehall").focus();
    this.announce(t("rakna.cleared"));
  }

  /** anew forgets which fields were left: what stands in them is new. */
  private anew(): void {
    this.touched.clear();
    this.pressed = false;
    byId("felen").replaceChildren();
    document.title = title;
    this.run();
  }

  /** give returns the facts to save: answers may be missing, but what is written must be readable, or it would be lost. */
  private give(): Facts | undefined {
    const faults: Fault[] = [];
    const facts = this.form.facts(faults);
    if (faults.length === 0) return facts;
    this.pressed = true;
    this.run();
    errorSummary(faults, t("rakna.errors.save"));
    return undefined;
  }

  /** take fills the form with saved facts. It returns what is wrong with them, or ""; where something is, the form stands as it did. */
  private take(text: string): string {
    const found = this.known(text);
    if ("wrong" in found) return found.wrong;
    const before = this.form.snapshot();
    this.form.fill(found.facts);
    this.arrange();
    if (essence(this.form.facts([])) === essence(found.facts)) {
      this.anew();
      return "";
    }
    this.form.restore(before);
    this.run();
    return t("rakna.open.unfit");
  }

  /** known reads the facts of a file, or says what is wrong with them. */
  private known(text: string): { facts: Facts } | { wrong: string } {
    try {
      const saved = JSON.parse(text) as Facts | null;
      if (saved?.schema !== "skalig/facts/1" || !saved.month) return { wrong: t("rakna.open.other") };
      if (!placeOf(saved.municipality)) return { wrong: t("rakna.open.municipality") };
      const a = this.call(text, this.guidelineOf(saved.municipality));
      const wrong = a.errors?.find((e) => e.code !== "required"); // an answer may wait
      if (wrong) return { wrong: t("rakna.open.wrong", { text: wrong.text || t("rakna.fault") }) };
      return { facts: (a.facts as Facts | undefined) ?? saved };
    } catch {
      return { wrong: t("rakna.open.other") };
    }
  }

  /** guidelineOf is the member of a call that holds the municipality's guideline, or nothing where none is known. */
  private guidelineOf(code: string): string {
    return this.guidelines.get(code) ?? "";
  }

  private run(): void {
    this.arrange();
    this.faults = [];
    this.asked = [];
    this.computed = false;
    this.facts = this.form.facts(this.faults);
    byId("spann").hidden = true;
    if (this.faults.length > 0) this.wait(t(this.faults.every((f) => f.missing) ? "rakna.wait.missing" : "rakna.wait.faults"), this.faults);
    else this.explain(this.facts, this.guidelineOf(this.facts.municipality));
    this.compare.show(this.computed ? this.facts : undefined);
    this.mark();
    this.steps.arrange();
    this.steps.later();
  }

  /** tried computes again what is tried beside the answers. */
  private tried(): void {
    if (!this.facts || !this.computed) return this.curve.none();
    const guideline = this.guidelineOf(this.facts.municipality);
    const other = this.whatIf.of(this.facts, guideline);
    const who = this.form.couple ? byId<HTMLSelectElement>("mer-vem").value : "p1";
    const facts = supposing(other, who);
    const supposed = facts.persons.some((p) => p.id === who && supposes(this.facts, p));
    this.curve.later(JSON.stringify(facts), guideline, who, wageOf(other, who), supposed);
  }

  /** faultsOf are the faults of a question: what cannot be read, what the engine refuses, and what it cannot do without. */
  private faultsOf(question: HTMLElement): Fault[] {
    for (const input of question.querySelectorAll<HTMLInputElement>("input")) this.touched.add(input.id);
    this.run();
    const here = this.faults.filter((f) => f.field !== "" && question.contains(byId(f.field)) && !unknown(byId<HTMLInputElement>(f.field)));
    const asked = here.map((f) => (f.missing ? { ...f, text: t("rakna.answer", { label: f.text }) } : f));
    for (const f of asked) say(byId(f.field), f.text);
    return asked;
  }

  /** summary shows what is to be mended, or that nothing is. */
  private summary(faults: Fault[], heading: string): void {
    document.title = faults.length > 0 ? `${t("rakna.title.error")} ${title}` : title;
    errorSummary(faults, heading);
  }

  /** arrange shows the parts of the form that the choices made call for. */
  private arrange(): void {
    const couple = this.form.couple;
    for (const e of document.querySelectorAll<HTMLElement>("[data-adult]")) e.hidden = !couple;
    for (const e of document.querySelectorAll<HTMLElement>("[data-children]")) e.hidden = this.form.children.cards().length === 0;
    for (const e of document.querySelectorAll<HTMLElement>("[data-couple]")) e.classList.toggle("unseen", !couple);
    if (this.listed !== this.form.month) for (const p of ["p1", "p2"]) startMonths(byId<HTMLSelectElement>(`${p}-from`), this.form.month);
    this.listed = this.form.month;
    const place = byId<HTMLSelectElement>("kommun");
    const code = place.value;
    const g = page.guidelines.find((g) => g.code === code);
    const name = place.selectedOptions[0]?.text ?? "";
    const status = g?.status ?? "none";
    this.form.incomeMonth = earlier(this.form.month, g?.file.incomeMonth === "same" ? 0 : 1);
    this.form.sharedByRooms = g?.file.rentShare === "rooms";
    const hint = t("rakna.income.hint.month", { month: month(this.form.incomeMonth) });
    for (const e of document.querySelectorAll("[data-income-month]")) if (e.textContent !== hint) e.textContent = hint;
    byId("kommun-not").textContent = t(`rakna.guideline.${status}`, { name });
    byId("skickas").textContent = t(page.facts ? "rakna.change.sent" : "rakna.sent", { name });
    byId("ansok").hidden = !g?.open;
    byId("ansok-annars").hidden = g?.open ?? false;
    byId("ansok-annars-text").textContent = t("rakna.closed", { name });
    byId("utskrift").textContent = `${t("rakna.printed", { day: day(today()), name, month: month(this.form.month) })} ${t("rakna.printed.program", { sha256: apart(page.sha256) })}`;
  }

  private explain(of: Facts, guideline: string): void {
    const facts = JSON.stringify(of);
    let a: Explained;
    try {
      a = this.call(facts, guideline);
    } catch {
      this.wait(t("rakna.wait.trap"));
      return;
    }
    if (a.errors || !a.explanation) {
      this.refuse(a);
      return;
    }
    byId("svar").hidden = false;
    byId("svar-vantar").hidden = true;
    const outcome = a.explanation.amount ? a.result?.outcome ?? "human" : "missing";
    this.computed = outcome !== "missing";
    const bounds = this.computed ? undefined : this.bounds(of, guideline);
    const same = bounds && sure(bounds) ? kronor(bounds.lowest ?? 0) : "";
    const e = { ...a.explanation, ...(same ? { amount: same, headline: t("rakna.range.same", { low: same }) } : {}) };
    if (e.questions) e.questions = e.questions.map(asIs);
    const heading = t(same ? `rakna.head.${bounds?.lowest ? "support" : "surplus"}` : `rakna.head.${outcome}`);
    this.answer.show(e, heading, outcome !== "support");
    this.bar(e.amount ?? "");
    if (bounds && !same) this.range(bounds);
    byId("svar-anda").hidden = outcome !== "surplus";
    this.tried();
    this.asked = (e.questions ?? []).map((q) => ({ field: fieldOf(q.path ?? "")?.id ?? "", text: q.text }));
    this.announce(outcome === "support" ? `${heading} ${e.amount}` : e.headline);
  }

  private call(facts: string, guideline: string): Explained {
    return JSON.parse(this.artefact.call("explain", this.words, `${guideline}"facts":${facts}}`)) as Explained;
  }

  /** bounds are the amounts between which the support lies, whatever the answers are that are not known. */
  private bounds(facts: Facts, guideline: string): Bounds {
    const open: string[] = [];
    const costs = facts.costs.map((c, i) => (c.amount === undefined ? (open.push(`costs[${i}]`), { ...c, amount: 0 }) : c));
    const incomes = facts.incomes.map((c, i) => (c.amount === undefined ? (open.push(`incomes[${i}]`), { ...c, amount: 0 }) : c));
    return JSON.parse(this.artefact.call("bounds", `{${guideline}"facts":${JSON.stringify({ ...facts, costs, incomes })},"unknown":${JSON.stringify(open)}}`)) as Bounds;
  }

  private range(b: Bounds): void {
    if (b.errors) return;
    byId("spann").hidden = false;
    const [text, short] = between(b);
    byId("spann-text").textContent = text;
    const more = document.querySelector("#svar-vantar > p");
    if (more && !byId("svar-vantar").hidden) more.textContent = t("rakna.wait.exact");
    this.bar(short);
  }

  /** refuse turns the engine's errors into faults of the fields they are about. */
  private refuse(a: Explained): void {
    let missing = true;
    for (const e of a.errors ?? []) {
      const field = fieldOf(e.path.replace(/^facts\./, ""));
      missing &&= e.code === "required";
      const key = field instanceof HTMLInputElement && unknown(field) ? "rakna.unknown.list" : "rakna.required";
      const text = e.code === "required" && field ? t(key, { label: labelOf(field) }) : e.text || t("rakna.fault");
      this.faults.push({ field: field?.id ?? "", text, missing: e.code === "required" });
    }
    this.wait(missing && this.faults.length > 0 ? t("rakna.wait.missing") : t("rakna.wait.faults"), this.faults);
    if (missing && this.facts) this.range(this.bounds(this.facts, this.guidelineOf(this.facts.municipality)));
  }

  /** wait takes the amount away: an old amount beside new facts would be wrong. */
  private wait(text: string, what: Fault[] = []): void {
    this.curve.none();
    byId("svar").hidden = true;
    byId("svar-anda").hidden = true;
    const place = byId("svar-vantar");
    place.hidden = false;
    place.replaceChildren(el("h2", {}, t("rakna.head.wait")), el("p", {}, text));
    if (what.length > 0) place.append(el("ul", {}, ...what.map((f) => el("li", {}, faultLink(f)))));
    this.bar("");
    this.announce([text, ...what.map((f) => f.text)].join(" "));
  }

  /** bar keeps the amount in sight on a small screen, as long as the answer itself is not. */
  private bar(amount: string): void {
    byId("lista").hidden = amount === "" || this.inSight;
    byId("lista-belopp").textContent = amount;
  }

  /** mark shows the errors of fields that were left, or all of them once the button was pressed. */
  private mark(): void {
    const texts = new Map(this.faults.map((f) => [f.field, f.text]));
    for (const input of document.querySelectorAll<HTMLInputElement>("#uppgifter input:not([type=radio]), #uppgifter select")) {
      const text = texts.get(input.id) ?? "";
      if (text === "" || this.pressed || this.touched.has(input.id)) say(input, text);
    }
  }

  /** announce says the news to a screen reader when the typing has paused. */
  private announce(text: string): void {
    window.clearTimeout(this.saying);
    this.saying = window.setTimeout(() => {
      if (byId("sagt").textContent !== text) byId("sagt").textContent = text;
    }, 1200);
  }

  private apply(e: Event): void {
    this.pressed = true;
    this.run();
    const stops = this.faults.length > 0 ? this.faults : this.asked;
    if (stops.length > 0) this.steps.mend(stops);
    this.summary(stops, t("rakna.errors"));
    if (stops.length > 0) {
      e.preventDefault();
      return;
    }
    byId<HTMLInputElement>("facts").value = JSON.stringify(this.facts);
  }
}

/** known holds that an amount is either written or not known: the last said counts. */
function known(changed: HTMLElement): void {
  if (!(changed instanceof HTMLInputElement)) return;
  const other = document.getElementById(changed.id.endsWith("-okand") ? changed.id.slice(0, -"-okand".length) : `${changed.id}-okand`);
  if (!(other instanceof HTMLInputElement)) return;
  if (changed.type !== "checkbox") other.checked = false;
  else if (changed.checked) other.value = "";
}

function wageOf(f: Facts, person: string): number {
  return f.incomes.find((i) => i.kind === "wage" && i.person === person)?.amount ?? 0;
}

/** placeOf is the name of a municipality in the list. */
function placeOf(code: string): string | undefined {
  return Array.from(byId<HTMLSelectElement>("kommun").options).find((o) => o.value === code)?.text;
}

function today(): string {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
}

/** sure holds where the support is the same whatever the answers are. */
function sure(b: Bounds): boolean {
  return !b.errors && !b.open && b.lowest !== undefined && b.lowest === b.highest;
}

/** asIs puts a question that nobody has begun to answer as the form puts it. */
function asIs(q: Note): Note {
  const id = fieldOf(q.path ?? "")?.id ?? "";
  return id.endsWith("-before-no") ? { ...q, text: t(id.startsWith("p1") ? "rakna.before.you" : "rakna.before.partner") } : q;
}

/** between says bounds in a sentence, and in a word or two. */
function between(b: Bounds): [string, string] {
  if (b.lowest === undefined) return [t("rakna.range.none"), ""];
  const low = kronor(b.lowest);
  if (b.open || b.highest === undefined) return [t("rakna.range.from", { low }), ""];
  const high = kronor(b.highest);
  if (low === high) return [t("rakna.range.same", { low }), low];
  if (b.lowest === 0) return [t("rakna.range.upto", { high }), `0 – ${high}`];
  return [t("rakna.range.between", { low, high }), `${low} – ${high}`];
}

/** kept says that the page works without a network, and that a newer one stands ready where this one is from an earlier visit. */
function kept(how: Kept): void {
  if (how !== "no") byId("utan-nat").textContent = t("program.offline");
  if (how === "newer") byId("nyare").hidden = false;
}

async function main(): Promise<void> {
  try {
    const artefact = await fetched;
    byId("laddar").hidden = true;
    byId("rakna").hidden = false;
    new Calculator(artefact);
    byId("program").textContent = artefact.sha256 === ""
      ? t("program.unchecked", { sha256: apart(page.sha256) }) : t("program.checked", { sha256: apart(artefact.sha256) });
    new ReleaseCheck(page, artefact.sha256);
    if (!page.facts) kept(await keep());
  } catch (err) {
    byId("laddar").hidden = true;
    byId("rakna").hidden = true;
    byId("trasig").hidden = false;
    if (err instanceof WrongBytes) byId("trasig-text").textContent = t("rakna.broken.bytes");
    throw err;
  }
}

void main();
