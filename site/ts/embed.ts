// <skalig-kalkyl municipality="1287">: a short calculator for a municipality's own page. One file: the words of every language and the
// published guidelines are in it, and the artefact is fetched from where this script came from, by its hash. Nothing else is fetched and
// nothing is sent. The page's policy must allow this script's address in script-src and connect-src, and 'wasm-unsafe-eval'.
//
//	municipality  its code; without a known one no amounts of a guideline are used
//	lang          sv, en, …; else the lang of an element around it, else Swedish

import embedded from "skalig:embedded";
import { Artefact, opening } from "./artefact";
import type { Amount, Explained, Facts, Line, Note } from "./contract";

const here = new URL(import.meta.url);
const rightToLeft = ["ar", "prs"];
const groups: [string, string[]][] = [
  ["rakna.income.group.lon", ["wage"]],
  ["rakna.income.group.ersattning", ["unemploymentBenefit", "sicknessBenefit", "parentalBenefit"]],
  ["rakna.income.group.pension", ["pension"]],
  ["rakna.income.group.annat", ["other"]],
  ["rakna.income.household", ["childBenefit", "housingBenefit", "maintenance"]],
];
const incomes = groups.flatMap(([, kinds]) => kinds);

const css = `
:host { display: block; container-type: inline-size; font: 1rem/1.5 system-ui, sans-serif; color: #1d1d1b; background: #fff; border: 1px solid #6b6b6b; border-radius: 4px; padding: 1rem; }
* { box-sizing: border-box; }
h2 { font-size: 1.125rem; margin: 1rem 0 .25rem; } .answer h2 { font-size: 1.25rem; margin-block-start: 0; }
a { color: #14507a; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
fieldset { border: 0; margin: 0 0 .75rem; padding: 0; min-width: 0; }
legend, label { font-weight: 600; padding: 0; }
.choice label { font-weight: 400; }
.field { margin-block-end: .75rem; }
.hint, .error { margin: 0; }
.error { color: #a3111b; font-weight: 600; }
input:not([type=radio]), button { font: inherit; padding: .4rem .5rem; border: 1px solid #4d4d4d; border-radius: 3px; color: inherit; background: #fff; max-width: 100%; }
input.short { inline-size: 5rem; } input.money { inline-size: 9rem; }
input[type=radio] { inline-size: 1.25rem; block-size: 1.25rem; vertical-align: text-bottom; }
button { cursor: pointer; }
:focus-visible { outline: 3px solid #1d5f8a; outline-offset: 2px; }
.answer { border-block-start: 1px solid #6b6b6b; padding-block-start: 1rem; margin-block-start: 1rem; }
.amount { font-size: 1.75rem; font-weight: 700; white-space: nowrap; }
table { inline-size: 100%; border-collapse: collapse; } caption { text-align: start; font-weight: 600; }
th, td { text-align: start; vertical-align: top; padding: .25rem 0; border-block-start: 1px solid #ddd; font-weight: 400; }
.num { text-align: end; white-space: nowrap; padding-inline-start: 1rem; } .sum th, .sum td { font-weight: 700; } .deep th { padding-inline-start: 1rem; }
[hidden] { display: none; }
@container (min-width: 46rem) { .desk { display: grid; grid-template-columns: 1fr 1fr; gap: 2rem; } .answer { border: 0; padding: 0; margin: 0; } }
@media (prefers-color-scheme: dark) { :host { color: #f2f2f0; background: #1b1d1f; } input:not([type=radio]), button { background: #26292c; border-color: #b5b5b5; } .error { color: #ff9d9d; } a { color: #8fc7ec; } :focus-visible { outline-color: #8fc7ec; } }
`;

let fetched: Promise<Artefact> | undefined;

/** artefact is fetched once for all elements of a page. The browser refuses other bytes than those of the hash. */
function artefact(): Promise<Artefact> {
  return (fetched ??= (async () => {
    const digest = btoa(String.fromCharCode(...embedded.engine.match(/../g)!.map((byte) => parseInt(byte, 16))));
    const answer = await fetch(new URL(`/engine/${embedded.engine}.wasm`, here), { integrity: `sha256-${digest}`, mode: "cors", credentials: "omit", referrerPolicy: "no-referrer" });
    if (!answer.ok) throw new Error(`couldn't fetch the artefact: ${answer.status}`);
    return new Artefact(await WebAssembly.compile(await answer.arrayBuffer()), embedded.engine);
  })());
}

class Kalkyl extends HTMLElement {
  static observedAttributes = ["lang", "municipality"];
  private readonly root = this.attachShadow({ mode: "open" });
  private artefact: Artefact | undefined;
  private opened = { of: "", bytes: new Uint8Array() as Uint8Array };
  private children_ = 0; // how many children have been added, for their ids

  connectedCallback(): void {
    const sheet = new CSSStyleSheet(); // not an inline style: a strict policy lets it be
    sheet.replaceSync(css);
    this.root.adoptedStyleSheets = [sheet];
    this.draw();
    artefact().then((a) => {
      this.artefact = a;
      this.run();
    }, () => this.broken());
  }

  attributeChangedCallback(): void {
    if (this.isConnected && this.root.childElementCount > 0) {
      this.draw();
      this.run();
    }
  }

  private get language(): string {
    const asked = (this.getAttribute("lang") ?? this.closest("[lang]")?.getAttribute("lang") ?? "sv").toLowerCase();
    return [asked, asked.split("-")[0] ?? ""].find((code) => code in embedded.languages) ?? "sv";
  }

  private words(): { engine: { text: Record<string, string> }; page: Record<string, string> } {
    const words = embedded.languages[this.language];
    if (!words) throw new Error(`there are no words in ${this.language}`);
    return words;
  }

  /** opening is the beginning of every input in the language, encoded once. */
  private opening(): Uint8Array {
    const of = this.language;
    if (this.opened.of !== of) this.opened = { of, bytes: opening(this.words().engine) };
    return this.opened.bytes;
  }

  private t(key: string, values: Record<string, string> = {}): string {
    const text = this.words().page[key];
    if (text === undefined) throw new Error(`there are no words for ${key}`);
    return text.replace(/\{(\w+)\}/g, (hole, name: string) => values[name] ?? hole);
  }

  /** draw makes the form anew in the language. */
  private draw(): void {
    const code = this.language;
    const form = el("form", { autocomplete: "off", novalidate: "" },
      choice("adults", this.t("rakna.adults"), [["1", this.t("rakna.adults.1")], ["2", this.t("rakna.adults.2")]], "1"),
      field("age-1", this.t("rakna.age.you"), "short"),
      choice("before", this.t("rakna.before.you"), [["no", this.t("rakna.no")], ["yes", this.t("rakna.yes")]], "no", this.t("rakna.before.hint")),
      field("months", this.t("rakna.months"), "short"),
      field("age-2", this.t("rakna.age.partner"), "short"),
      el("h2", {}, this.t("rakna.children")), el("div", { id: "children" }),
      el("p", {}, button("add", this.t("rakna.child.add"))),
      el("h2", {}, this.t("rakna.housing")),
      field("rooms", this.t("rakna.rooms"), "short"),
      field("rent", this.t("rakna.cost.rent"), "money"), field("electricity", this.t("rakna.cost.electricity"), "money"), field("homeInsurance", this.t("rakna.cost.homeInsurance"), "money"),
      el("p", { class: "hint" }, this.t("rakna.income.hint.before")),
      ...groups.flatMap(([heading, kinds]) => [el("h2", {}, this.t(heading)), ...kinds.map((kind) => field(`income-${kind}`, this.label(kind), "money"))]));
    form.addEventListener("input", () => this.run());
    form.addEventListener("submit", (e) => e.preventDefault());
    form.addEventListener("click", (e) => this.clicked(e.target as HTMLElement));
    this.root.replaceChildren(el("div", { class: "desk", lang: code, dir: rightToLeft.includes(code) ? "rtl" : "ltr" }, form,
      el("section", { class: "answer", "aria-labelledby": "heading" }, el("h2", { id: "heading" }, this.t("rakna.head.wait")),
        el("div", { id: "said", role: "status" }, el("p", {}, this.t("rakna.loading"))), el("div", { id: "lines" }),
        el("p", { class: "hint" }, this.t("rakna.estimate")),
        el("p", {}, el("a", { href: new URL("/rakna", here).href }, this.t("rakna.title"))))));
    this.arrange();
  }

  private label(kind: string): string {
    const labels: Record<string, string> = {
      wage: this.t("rakna.income.wage"), unemploymentBenefit: this.t("rakna.income.unemploymentBenefit"), sicknessBenefit: this.t("rakna.income.sicknessBenefit"),
      parentalBenefit: this.t("rakna.income.parentalBenefit"), pension: this.t("rakna.income.pension"), other: this.t("rakna.income.other"),
      childBenefit: this.t("rakna.income.childBenefit"), housingBenefit: this.t("rakna.income.housingBenefit"), maintenance: this.t("rakna.income.maintenance"),
    };
    return labels[kind] ?? kind;
  }

  private clicked(at: HTMLElement): void {
    if (at.id === "add") {
      const id = `child-${++this.children_}`;
      const n = String(this.root.querySelectorAll("[data-child]").length + 1);
      this.get("children").append(el("fieldset", { "data-child": id }, el("legend", {}, this.t("rakna.child", { n })),
        field(`${id}-age`, this.t("rakna.child.age"), "short"),
        choice(`${id}-lunch`, this.t("rakna.child.lunch"), [["away", this.t("rakna.child.lunch.away")], ["home", this.t("rakna.child.lunch.home")]], "away"),
        choice(`${id}-school`, this.t("rakna.child.school"), [["yes", this.t("rakna.yes")], ["no", this.t("rakna.no")]], "yes"),
        button(`${id}-remove`, this.t("rakna.child.remove", { n }))));
      this.get(`${id}-age`).focus();
    } else if (at.id.endsWith("-remove")) {
      at.closest("fieldset")?.remove();
      this.get("add").focus();
    } else return;
    this.run();
  }

  /** arrange shows the fields that the choices made call for. */
  private arrange(): void {
    this.show("age-2", this.chosen("adults") === "2");
    this.show("months", this.chosen("before") === "yes");
    for (const child of this.root.querySelectorAll<HTMLElement>("[data-child]")) {
      const id = child.dataset["child"] ?? "";
      const age = this.value(`${id}-age`) === "" ? NaN : Number(this.value(`${id}-age`));
      this.get(`${id}-lunch`).hidden = !(age < 7);
      this.get(`${id}-school`).hidden = !(age >= 18);
    }
  }

  private run(): void {
    this.arrange();
    if (!this.artefact) return;
    let faults = 0;
    const amount = (id: string): number | undefined => {
      const text = this.value(id);
      if (text.trim() === "" || !this.artefact) return this.say(id, "");
      const answer = JSON.parse(this.artefact.call("amount", text)) as Amount;
      if (answer.amount !== undefined) {
        this.say(id, "");
        return answer.amount;
      }
      faults++;
      return this.say(id, this.words().engine.text[`problem.${answer.errors?.[0]?.code ?? ""}`] ?? this.t("rakna.fault"));
    };
    const count = (id: string): number | undefined => {
      const text = this.value(id).trim().replace(/ *år$/i, "");
      if (text === "" || /^\d{1,3}$/.test(text)) this.say(id, "");
      else {
        faults++;
        this.say(id, this.t("rakna.count", { label: this.root.querySelector(`label[for="${id}"]`)?.textContent ?? "" }));
        return undefined;
      }
      return text === "" ? undefined : Number(text);
    };
    const facts = this.facts(amount, count);
    if (faults > 0) this.answer(this.t("rakna.head.missing"), "", [el("p", {}, this.t("rakna.fault"))]);
    else this.explain(facts);
  }

  /** facts are what the form says. What is not asked is left out, so that the engine asks where it matters. */
  private facts(amount: (id: string) => number | undefined, count: (id: string) => number | undefined): Facts {
    const now = new Date();
    const month = `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, "0")}`;
    const before = `${now.getMonth() === 0 ? now.getFullYear() - 1 : now.getFullYear()}-${String(now.getMonth() === 0 ? 12 : now.getMonth()).padStart(2, "0")}`;
    const months = this.chosen("before") === "yes" ? count("months") : 0;
    const guideline = this.guideline();
    const persons: Facts["persons"] = [{ id: "p1", role: "adult", ...has("age", count("age-1")), ...has("monthsInRow", months) }];
    if (this.chosen("adults") === "2") persons.push({ id: "p2", role: "adult", ...has("age", count("age-2")) });
    for (const child of this.root.querySelectorAll<HTMLElement>("[data-child]")) {
      const id = child.dataset["child"] ?? "";
      const age = count(`${id}-age`);
      persons.push({
        id: id.replace("child-", "c"), role: "child", ...has("age", age),
        ...(age !== undefined && age < 7 ? { lunch: this.chosen(`${id}-lunch`) as "away" | "home" } : {}),
        ...(age !== undefined && age >= 18 ? { school: this.chosen(`${id}-school`) === "yes" } : {}),
      });
    }
    const rows = (kinds: string[], prefix: string) => kinds.flatMap((kind) => {
      const a = amount(prefix + kind);
      return a === undefined || a === 0 ? [] : [{ kind, amount: a }];
    });
    const incomeMonth = guideline?.incomeMonth === "same" ? month : before;
    return {
      schema: "skalig/facts/1", month, municipality: guideline?.municipality ?? "", persons,
      housing: { tenure: "rent", ...has("rooms", count("rooms")) },
      costs: rows(["rent", "electricity", "homeInsurance"], "").map((r, i) => ({ id: `k${i + 1}`, ...r })),
      incomes: rows(incomes, "income-").map((r, i) => ({ id: `i${i + 1}`, person: "p1", month: incomeMonth, source: "declared" as const, ...r })),
      circumstances: [],
    };
  }

  private guideline(): { municipality: string; incomeMonth?: string } | undefined {
    return embedded.guidelines.find((g) => g.municipality === this.getAttribute("municipality"));
  }

  private explain(facts: Facts): void {
    const guideline = this.guideline();
    const { municipality, ...rest } = facts;
    const input = JSON.stringify({ facts: municipality === "" ? rest : facts, ...(guideline ? { guideline } : {}) });
    let a: Explained;
    try {
      a = JSON.parse(this.artefact?.call("explain", this.opening(), input.slice(1)) ?? "{}") as Explained;
    } catch {
      return this.broken();
    }
    const missing = a.errors ? notes(this.t("rows.questions"), a.errors.map((e) => ({ code: e.code, text: e.text ?? e.code }))) : [];
    const e = a.explanation;
    if (!e || !a.result) return this.answer(this.t("rakna.head.missing"), "", missing);
    const heading = { support: "rakna.head.support", surplus: "rakna.head.surplus", human: "rakna.head.human", missing: "rakna.head.missing" }[a.result.outcome];
    this.answer(this.t(heading), e.amount ?? "", [
      ...(a.result.outcome === "support" ? [] : [el("p", {}, e.headline)]),
      ...(a.result.outcome === "surplus" ? [el("p", {}, this.t("rakna.surplus.right"))] : []),
      ...notes(this.t("rows.questions"), e.questions ?? []), ...notes(this.t("rows.reasons"), e.reasons ?? []),
    ], e.lines ?? []);
  }

  private answer(heading: string, amount: string, said: Node[], lines: Line[] = []): void {
    this.get("heading").textContent = heading;
    this.get("said").replaceChildren(...(amount ? [el("p", { class: "amount" }, amount)] : []), ...said);
    this.get("lines").replaceChildren(...(lines.length === 0 ? [] : [el("table", {}, el("caption", {}, this.t("rows.caption")),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, this.t("rows.item")), el("th", { scope: "col", class: "num" }, this.t("rows.amount")))),
      el("tbody", {}, ...lines.map((l) => el("tr", { class: l.sign === "=" ? "sum" : l.depth > 0 ? "deep" : "" },
        el("th", { scope: "row" }, l.label), el("td", { class: "num" }, `${l.sign === "-" && l.ore ? "−" : ""}${l.amount}`)))))]));
  }

  private broken(): void {
    this.answer(this.t("rakna.broken.head"), "", [el("p", {}, this.t("rakna.broken.text"))]);
  }

  private get(id: string): HTMLElement {
    const e = this.root.getElementById(id);
    if (!e) throw new Error(`the element has no ${id}`);
    return e;
  }

  private value(id: string): string {
    return (this.root.getElementById(id) as HTMLInputElement | null)?.value ?? "";
  }

  private chosen(name: string): string {
    return this.root.querySelector<HTMLInputElement>(`input[name="${name}"]:checked`)?.value ?? "";
  }

  private show(id: string, shown: boolean): void {
    const f = this.get(id).closest<HTMLElement>(".field");
    if (f) f.hidden = !shown;
  }

  /** say writes what is wrong with a field above it, or takes it away. */
  private say(id: string, text: string): undefined {
    const input = this.get(id);
    const error = this.get(`${id}-error`);
    error.textContent = text;
    error.hidden = text === "";
    input.toggleAttribute("aria-invalid", text !== "");
    if (text !== "") input.setAttribute("aria-invalid", "true");
  }
}

function has<K extends string>(name: K, value: number | undefined): Partial<Record<K, number>> {
  return value === undefined ? {} : { [name]: value } as Record<K, number>;
}

function el(tag: string, attributes: Record<string, string> = {}, ...children: (Node | string)[]): HTMLElement {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
  e.append(...children);
  return e;
}

function field(id: string, label: string, style: "short" | "money"): HTMLElement {
  return el("div", { class: "field" }, el("label", { for: id }, label), el("p", { class: "error", id: `${id}-error`, hidden: "" }),
    el("div", {}, el("input", { id, class: style, inputmode: style === "short" ? "numeric" : "decimal", "aria-describedby": `${id}-error` })));
}

function choice(name: string, legend: string, options: [string, string][], chosen: string, hint = ""): HTMLElement {
  return el("fieldset", { id: name }, el("legend", {}, legend), ...(hint ? [el("p", { class: "hint" }, hint)] : []), ...options.map(([value, label]) =>
    el("div", { class: "choice" }, el("input", { type: "radio", id: `${name}-${value}`, name, value, ...(value === chosen ? { checked: "" } : {}) }), " ", el("label", { for: `${name}-${value}` }, label))));
}

function button(id: string, text: string): HTMLElement {
  return el("button", { type: "button", id }, text);
}

function notes(heading: string, list: Note[]): Node[] {
  return list.length === 0 ? [] : [el("h3", {}, heading), el("ul", {}, ...list.map((n) => el("li", {}, n.text)))];
}

customElements.define("skalig-kalkyl", Kalkyl);
