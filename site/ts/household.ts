// The form as facts. Reading it also notes, as data-path, which field each fact came from, so that the engine's answer about
// "persons[1].age" finds its way back to the field.

import type { Facts, Person } from "./contract";
import { Children } from "./children";
import { type Amounts, type Fault, readCount, typed, unknown } from "./fields";
import { byId, earlier, el, month, t } from "./page";
import { formIds } from "./saved";

function field(id: string): HTMLInputElement {
  return byId<HTMLInputElement>(id);
}

function chosen(name: string): string {
  return document.querySelector<HTMLInputElement>(`input[name="${name}"]:checked`)?.value ?? "";
}

/** What stands in the form, letter by letter: what is written by id, what is ticked, and which children there are. */
export interface Snapshot {
  children: string[];
  written: Record<string, string>;
  ticked: string[];
}

export class Form {
  readonly children: Children;
  incomeMonth = ""; // whose incomes count
  sharedByRooms = false; // how the municipality shares the rent of a home that several households live in

  constructor(private readonly amounts: Amounts, changed: () => void) {
    this.children = new Children(byId("barn"), changed);
  }

  get couple(): boolean {
    return chosen("vuxna") === "2";
  }

  get month(): string {
    return byId<HTMLSelectElement>("manad").value;
  }

  /** clear empties the form. */
  clear(): void {
    byId<HTMLFormElement>("uppgifter").reset();
    this.children.clear();
  }

  snapshot(): Snapshot {
    const s: Snapshot = { children: this.children.cards().map((c) => c.id), written: {}, ticked: [] };
    for (const e of document.querySelectorAll<HTMLInputElement | HTMLSelectElement>("#uppgifter input, #uppgifter select")) {
      if (e instanceof HTMLInputElement && (e.type === "radio" || e.type === "checkbox")) {
        if (e.checked) s.ticked.push(e.id);
      } else if (e.value !== "") s.written[e.id] = e.value;
    }
    return s;
  }

  /** restore puts a snapshot in place of what stands in the form, with what cannot be read as well. */
  restore(s: Snapshot): void {
    this.clear();
    for (const id of s.children) this.children.card(id);
    chooseMonth(s.written["manad"]);
    for (const [id, value] of Object.entries(s.written)) {
      const e = document.getElementById(id);
      if (e instanceof HTMLSelectElement && id.endsWith("-from")) startMonths(e, this.month);
      if (e instanceof HTMLInputElement || e instanceof HTMLSelectElement) e.value = value;
    }
    s.ticked.forEach(check);
  }

  /** fill puts facts in place of what stands in the form: the inverse of reading it. What no field holds is left out. */
  fill(f: Facts): void {
    this.clear();
    chooseMonth(f.month);
    byId<HTMLSelectElement>("kommun").value = f.municipality;
    const ids = formIds(f);
    for (const p of f.persons ?? []) {
      const id = ids.get(p.id) ?? "";
      if (p.role === "child") this.fillChild(p, id);
      else if (id === "p1" || id === "p2") fillAdult(p, id, f.month);
    }
    this.fillHousing(f);
    for (const c of f.costs ?? []) {
      write(document.querySelector(`[data-cost="${c.kind}"]`), typed(c.amount));
      if (c.amount === undefined) check(`${c.kind}-okand`);
      if (c.km !== undefined) write(field("km"), String(c.km));
    }
    for (const i of f.incomes ?? []) {
      const person = ids.get(i.person) ?? "";
      const own = document.querySelector<HTMLInputElement>(`[data-income="${i.kind}"][data-person="${person}"]`);
      write(own ?? (i.kind === "wage" ? document.getElementById(`${person}-wage`) : null), typed(i.amount));
      if (i.amount === undefined) check(`${person}-${i.kind}-okand`);
      if (!own && i.kind === "wage") check(`${person}-works`);
    }
    for (const kind of ["assets", "earlierSurplus"] as const) write(field(kind), typed(f[kind]));
    for (const c of f.circumstances ?? []) check(`om-${c}`);
  }

  private fillChild(p: Person, id: string): void {
    this.children.card(id);
    write(field(`${id}-age`), count(p.age));
    write(field(`${id}-days`), count(p.days));
    if (p.lunch) check(`${id}-lunch-${p.lunch}`);
    if (p.school !== undefined) check(`${id}-school-${p.school ? "yes" : "no"}`);
    write(field(`${id}-earned`), typed(p.earnedThisYear));
  }

  private fillHousing(f: Facts): void {
    const h = f.housing ?? {};
    if (h.tenure) byId<HTMLSelectElement>("tenure").value = h.tenure;
    for (const id of ["rooms", "community", "ownRooms", "sharedRooms"] as const) write(field(id), count(h[id]));
    if (h.community === undefined) return;
    check("gemenskap-ja");
    const rent = f.costs?.find((c) => c.kind === "rent");
    if (rent) check(rent.whole ? "hela-ja" : "hela-nej");
  }

  /** facts reads the whole form; what cannot be read is added to faults. */
  facts(faults: Fault[]): Facts {
    for (const e of document.querySelectorAll("[data-path]")) e.removeAttribute("data-path");
    const f: Facts = {
      schema: "skalig/facts/1", month: this.month, municipality: byId<HTMLSelectElement>("kommun").value,
      persons: [], housing: this.housing(faults), costs: [], incomes: [], circumstances: [],
    };
    mark("manad", "month");
    mark("kommun", "municipality");
    for (const id of this.couple ? ["p1", "p2"] : ["p1"]) this.adult(id, f, faults);
    for (const card of this.children.cards()) this.child(card, f, faults);
    this.costs(f, faults);
    this.incomes(f, faults);
    for (const kind of ["assets", "earlierSurplus"] as const) {
      const amount = this.amounts.read(field(kind), faults);
      if (amount !== undefined) f[kind] = amount;
      mark(kind, kind);
    }
    for (const box of document.querySelectorAll<HTMLInputElement>("#fraga-sarskilt input")) {
      if (!box.checked) continue;
      box.dataset["path"] = `circumstances[${f.circumstances.length}]`;
      f.circumstances.push(box.id.slice("om-".length));
    }
    return f;
  }

  private adult(id: string, f: Facts, faults: Fault[]): void {
    const p: Person = { id, role: "adult" };
    const at = `persons[${f.persons.length}]`;
    put(p, "age", readCount(field(`${id}-age`), faults));
    mark(`${id}-age`, `${at}.age`);
    const before = chosen(`${id}-before`);
    byId(`${id}-months-part`).hidden = before !== "yes";
    if (before === "no") p.monthsInRow = 0;
    if (before === "yes") put(p, "monthsInRow", readCount(field(`${id}-months`), faults));
    mark(before === "yes" ? `${id}-months` : `${id}-before-no`, `${at}.monthsInRow`);
    const from = byId<HTMLSelectElement>(`${id}-from`).value;
    if (from !== "") p.jobbstimulansFrom = from;
    mark(`${id}-from`, `${at}.jobbstimulansFrom`);
    const young = p.age !== undefined && p.age >= 18 && p.age <= 20; // a pupil belongs to the parents' household
    byId(`${id}-school`).hidden = !young;
    const school = chosen(`${id}-school`);
    if (young && (school === "yes" || school === "no")) p.school = school === "yes";
    mark(`${id}-school-yes`, `${at}.school`);
    f.persons.push(p);
  }

  private child(card: HTMLFieldSetElement, f: Facts, faults: Fault[]): void {
    const id = card.dataset["person"] ?? "";
    const p: Person = { id, role: "child" };
    const at = `persons[${f.persons.length}]`;
    put(p, "age", readCount(field(`${id}-age`), faults));
    put(p, "days", readCount(field(`${id}-days`), faults));
    mark(`${id}-age`, `${at}.age`);
    mark(`${id}-days`, `${at}.days`);
    const small = p.age !== undefined && p.age <= 6;
    const grown = p.age !== undefined && p.age >= 18;
    part(card, "lunch").hidden = !small;
    part(card, "school").hidden = !grown;
    // A question without an answer is left out of the facts: the engine then asks it.
    const [lunch, school] = [chosen(`${id}-lunch`), chosen(`${id}-school`)];
    if (small && (lunch === "home" || lunch === "away")) p.lunch = lunch;
    if (grown && (school === "yes" || school === "no")) p.school = school === "yes";
    mark(`${id}-lunch-away`, `${at}.lunch`);
    mark(`${id}-school-yes`, `${at}.school`);
    f.persons.push(p);
    this.childWage(card, p, f, faults);
  }

  /** childWage reads what a child earns. It is asked for from school age, and only where the child is said to have a wage. */
  private childWage(card: HTMLFieldSetElement, p: Person, f: Facts, faults: Fault[]): void {
    const pupil = p.age !== undefined && p.age > 6;
    const works = pupil && field(`${p.id}-works`).checked;
    part(card, "works").hidden = !pupil;
    part(card, "wage").hidden = !works;
    if (!works) return;
    const [wage, earned] = [field(`${p.id}-wage`), field(`${p.id}-earned`)];
    const from = this.incomeMonth;
    label(wage, t("rakna.child.wage", { month: t("month." + from.slice(5)) }));
    label(earned, t("rakna.child.earned", { month: month(from) }));
    byId(`${p.id}-earned-hint`).textContent = t("rakna.child.earned.hint", { year: from.slice(0, 4) });
    put(p, "earnedThisYear", this.amounts.read(earned, faults));
    mark(earned.id, `persons[${f.persons.length - 1}].earnedThisYear`);
    this.income(wage, "wage", p.id, f, faults, true);
  }

  private housing(faults: Fault[]): Facts["housing"] {
    const h: Facts["housing"] = { tenure: byId<HTMLSelectElement>("tenure").value };
    put(h, "rooms", readCount(field("rooms"), faults));
    const shared = chosen("gemenskap") === "ja";
    byId("gemenskap-antal").hidden = !shared;
    if (shared) {
      if (field("community").value.trim() === "") faults.push({ field: "community", text: t("rakna.community.members"), missing: true });
      put(h, "community", readCount(field("community"), faults));
    }
    byId("hela").hidden = !shared || field("rent").value.trim() === "";
    byId("hela-rum").hidden = !this.whole || !this.sharedByRooms;
    if (!byId("hela-rum").hidden) for (const id of ["ownRooms", "sharedRooms"] as const) put(h, id, readCount(field(id), faults));
    for (const id of ["ownRooms", "sharedRooms"]) mark(id, `housing.${id}`);
    mark("tenure", "housing.tenure");
    mark("rooms", "housing.rooms");
    mark("community", "housing.community");
    return h;
  }

  /** whole says that the rent is that of the whole home, which others share. */
  private get whole(): boolean {
    return !byId("hela").hidden && chosen("hela") === "ja";
  }

  private costs(f: Facts, faults: Fault[]): void {
    for (const input of document.querySelectorAll<HTMLInputElement>("[data-cost]")) {
      const amount = this.amounts.read(input, faults);
      if (amount === undefined && !unknown(input)) continue;
      const kind = input.dataset["cost"] ?? "";
      const at = `costs[${f.costs.length}]`;
      input.dataset["path"] = amount === undefined ? `${at}.amount` : at;
      const cost: Facts["costs"][number] = { id: `k${f.costs.length + 1}`, kind };
      put(cost, "amount", amount);
      if (kind === "workTravel") {
        put(cost, "km", readCount(field("km"), faults));
        mark("km", `${at}.km`);
      }
      if (kind === "rent" && !byId("hela").hidden) {
        if (chosen("hela") === "") faults.push({ field: "hela-ja", text: t("rakna.whole"), missing: true });
        if (this.whole) cost.whole = true;
      }
      f.costs.push(cost);
    }
  }

  private incomes(f: Facts, faults: Fault[]): void {
    for (const input of document.querySelectorAll<HTMLInputElement>("[data-income]")) {
      const person = input.dataset["person"] ?? "p1";
      if (person === "p2" && !this.couple) continue;
      if (input.closest("[data-children]") && this.children.cards().length === 0) continue;
      this.income(input, input.dataset["income"] ?? "", person, f, faults);
    }
  }

  /** income adds what the field says. A field that must be filled in is in the facts without an amount, for the engine to ask about. */
  private income(input: HTMLInputElement, kind: string, person: string, f: Facts, faults: Fault[], must = false): void {
    const amount = this.amounts.read(input, faults);
    if (amount === undefined && !must && !unknown(input)) return;
    const at = `incomes[${f.incomes.length}]`;
    input.dataset["path"] = amount === undefined ? `${at}.amount` : at;
    const income: Facts["incomes"][number] = { id: `i${f.incomes.length + 1}`, kind, person, month: this.incomeMonth, source: "declared" };
    put(income, "amount", amount);
    f.incomes.push(income);
  }
}

function fillAdult(p: Person, id: "p1" | "p2", now: string): void {
  if (id === "p2") check("vuxna-2");
  write(field(`${id}-age`), count(p.age));
  if (p.monthsInRow !== undefined) check(`${id}-before-${p.monthsInRow === 0 ? "no" : "yes"}`);
  write(field(`${id}-months`), p.monthsInRow ? count(p.monthsInRow) : "");
  if (p.school !== undefined) check(`${id}-school-${p.school ? "yes" : "no"}`);
  const from = byId<HTMLSelectElement>(`${id}-from`);
  startMonths(from, now);
  from.value = p.jobbstimulansFrom ?? "";
}

/** chooseMonth chooses a month, also one that the list does not offer any longer. */
function chooseMonth(m: string | undefined): void {
  const months = byId<HTMLSelectElement>("manad");
  if (m && !Array.from(months.options).some((o) => o.value === m)) months.append(el("option", { value: m }, month(m)));
  if (m) months.value = m;
}

function write(input: Element | null, value: string): void {
  if (input instanceof HTMLInputElement) input.value = value;
}

function check(id: string): void {
  const box = document.getElementById(id);
  if (box instanceof HTMLInputElement) box.checked = true;
}

function count(n: number | undefined): string {
  return n === undefined ? "" : String(n);
}

function put<T, K extends keyof T>(into: T, key: K, value: T[K] | undefined): void {
  if (value !== undefined) into[key] = value;
}

function label(input: HTMLInputElement, text: string): void {
  const of = input.labels?.[0];
  if (of && of.textContent !== text) of.textContent = text;
}

function mark(id: string, path: string): void {
  byId(id).dataset["path"] = path;
}

function part(card: HTMLElement, name: string): HTMLElement {
  const e = card.querySelector<HTMLElement>(`[data-part="${name}"]`);
  if (!e) throw new Error(`a child's card lacks ${name}`);
  return e;
}

/** startMonths fills the list of months in which jobbstimulans can have begun. */
export function startMonths(select: HTMLSelectElement, from: string): void {
  const value = select.value;
  const options = [el("option", { value: "" }, t("rakna.from.unknown")), el("option", { value: "never" }, t("rakna.from.never"))];
  for (let i = 0; i < 60; i++) options.push(el("option", { value: earlier(from, i) }, month(earlier(from, i))));
  select.replaceChildren(...options);
  select.value = options.some((o) => o.value === value) ? value : "";
}
