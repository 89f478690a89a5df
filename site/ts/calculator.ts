// The calculator: every input is read, handed to the engine in the page, and answered in the page. After the engine is fetched nothing
// leaves the browser until the person presses the button that says so.

import { Artefact, WrongBytes } from "./artefact";
import type { CalculatorData, Explained, Facts } from "./contract";
import { Amounts, type Fault, labelOf, say } from "./fields";
import { Form, startMonths } from "./household";
import { WorkCurve } from "./curve";
import { apart, byId, data, earlier, el, t } from "./page";
import { carried, carry } from "./carry";
import { keep } from "./keep";
import { ReleaseCheck } from "./release";
import { Answer, errorSummary, faultLink, fieldOf } from "./rows";
import { essence, SavedFile } from "./saved";

const page = data<CalculatorData>();
const title = document.title;

class Calculator {
  private readonly form: Form;
  private readonly answer = new Answer(byId("svar"));
  private readonly words = JSON.stringify(page.language.words);
  private readonly guidelines = new Map(page.guidelines.map((g) => [g.code, JSON.stringify(g.file)]));
  private readonly curve: WorkCurve;
  private readonly file: SavedFile;
  private readonly touched = new Set<string>();
  private pressed = false;
  private saying = 0;
  private inSight = false;
  private faults: Fault[] = [];
  private asked: Fault[] = []; // the engine's questions
  private facts: Facts | undefined;

  constructor(private readonly artefact: Artefact) {
    this.form = new Form(new Amounts(artefact, page.language.words.text), () => this.run());
    this.curve = new WorkCurve(byId("mer"), artefact);
    this.file = new SavedFile(() => this.give(), (text) => this.take(text));
    this.listen();
    const written = carried();
    if (written) this.form.write(written);
    this.run();
    carry(() => this.form.written());
    if (page.facts && this.take(JSON.stringify(page.facts)) !== "") {
      byId("felen").replaceChildren(el("div", { class: "notice notice--help" }, el("p", {}, t("rakna.change.unfit"))));
    }
  }

  private listen(): void {
    const form = byId<HTMLFormElement>("uppgifter");
    form.addEventListener("input", () => this.run());
    form.addEventListener("focusout", (e) => this.leave(e.target as HTMLElement));
    form.addEventListener("submit", (e) => e.preventDefault());
    byId("barn-nytt").addEventListener("click", () => {
      this.form.children.add();
      this.run();
    });
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
    this.anew();
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
    let saved: Facts | null;
    let a: Explained;
    try {
      saved = JSON.parse(text) as Facts | null;
      if (saved?.schema !== "skalig/facts/1" || !saved.month) return t("rakna.open.other");
      const guideline = this.guidelines.get(saved.municipality);
      if (!guideline) return t("rakna.open.municipality");
      a = this.call(text, guideline);
    } catch {
      return t("rakna.open.other");
    }
    const wrong = a.errors?.find((e) => e.code !== "required"); // an answer may wait
    if (wrong) return t("rakna.open.wrong", { text: wrong.text || t("rakna.fault") });
    saved = (a.facts as Facts | undefined) ?? saved;
    const back = this.form.keep();
    this.form.fill(saved);
    this.arrange();
    if (essence(this.form.facts([])) === essence(saved)) {
      this.anew();
      return "";
    }
    back();
    this.run();
    return t("rakna.open.unfit");
  }

  private run(): void {
    this.arrange();
    this.faults = [];
    this.asked = [];
    this.facts = this.form.facts(this.faults);
    const guideline = this.guidelines.get(this.facts.municipality) ?? "null";
    if (this.faults.length > 0) this.wait(t(this.faults.every((f) => f.missing) ? "rakna.wait.missing" : "rakna.wait.faults"), this.faults);
    else this.explain(JSON.stringify(this.facts), guideline);
    this.mark();
  }

  /** arrange shows the parts of the form that the choices made call for. */
  private arrange(): void {
    const couple = this.form.couple;
    for (const e of document.querySelectorAll<HTMLElement>("[data-adult]")) e.hidden = !couple;
    for (const e of document.querySelectorAll<HTMLElement>("[data-children]")) e.hidden = this.form.children.cards().length === 0;
    for (const e of document.querySelectorAll<HTMLElement>("[data-couple]")) e.classList.toggle("unseen", !couple);
    for (const p of ["p1", "p2"]) startMonths(byId<HTMLSelectElement>(`${p}-from`), this.form.month);
    const g = page.guidelines.find((g) => g.code === byId<HTMLSelectElement>("kommun").value);
    this.form.incomeMonth = earlier(this.form.month, g?.file.incomeMonth === "same" ? 0 : 1);
    this.form.sharedByRooms = g?.file.rentShare === "rooms";
    byId("inkomst-rubrik").textContent = t("rakna.income", { month: t("month." + this.form.incomeMonth.slice(5)) });
    byId("kommun-not").textContent = g ? t(`rakna.guideline.${g.status}`, { name: g.name }) : "";
    byId("skickas").textContent = t(page.facts ? "rakna.change.sent" : "rakna.sent", { name: g?.name ?? "" });
  }

  private explain(facts: string, guideline: string): void {
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
    const heading = t(`rakna.head.${outcome}`);
    this.answer.show(a.explanation, heading, outcome !== "support");
    this.bar(a.explanation.amount ?? "");
    if (a.explanation.amount) this.curve.later(facts, guideline, "p1", this.wage("p1"));
    else this.curve.none();
    this.asked = (a.explanation.questions ?? []).map((q) => ({ field: fieldOf(q.path ?? "")?.id ?? "", text: q.text }));
    this.announce(outcome === "support" ? `${heading} ${a.explanation.amount}` : a.explanation.headline);
  }

  private call(facts: string, guideline: string): Explained {
    return JSON.parse(this.artefact.call("explain", `{"facts":${facts},"guideline":${guideline},"words":${this.words}}`)) as Explained;
  }

  /** refuse turns the engine's errors into faults of the fields they are about. */
  private refuse(a: Explained): void {
    let missing = true;
    for (const e of a.errors ?? []) {
      const field = fieldOf(e.path.replace(/^facts\./, ""));
      missing &&= e.code === "required";
      const text = e.code === "required" && field ? t("rakna.required", { label: labelOf(field) }) : e.text || t("rakna.fault");
      this.faults.push({ field: field?.id ?? "", text });
    }
    this.wait(missing && this.faults.length > 0 ? t("rakna.wait.missing") : t("rakna.wait.faults"), this.faults);
  }

  private wage(person: string): number {
    return this.facts?.incomes.find((i) => i.kind === "wage" && i.person === person)?.amount ?? 0;
  }

  /** wait takes the amount away: an old amount beside new facts would be wrong. */
  private wait(text: string, what: Fault[] = []): void {
    this.curve.none();
    byId("svar").hidden = true;
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
    if (stops.length > 0) {
      e.preventDefault();
      document.title = `${t("rakna.title.error")} ${title}`;
      errorSummary(stops, t("rakna.errors"));
      return;
    }
    document.title = title;
    byId("felen").replaceChildren();
    byId<HTMLInputElement>("facts").value = JSON.stringify(this.facts);
  }
}

async function main(): Promise<void> {
  try {
    const artefact = await Artefact.fetch(page.engine, page.sha256);
    byId("rakna").hidden = false;
    new Calculator(artefact);
    byId("program").textContent = artefact.sha256 === ""
      ? t("program.unchecked", { sha256: apart(page.sha256) }) : t("program.checked", { sha256: apart(artefact.sha256) });
    new ReleaseCheck(page, artefact.sha256);
    if (!page.facts && await keep()) byId("utan-nat").textContent = t("program.offline");
  } catch (err) {
    byId("rakna").hidden = true;
    byId("trasig").hidden = false;
    if (err instanceof WrongBytes) byId("trasig-text").textContent = t("rakna.broken.bytes");
    throw err;
  }
}

void main();
