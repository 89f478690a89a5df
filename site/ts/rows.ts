// The explanation in the page: the same elements as the template "explanation" makes on the server. A row that did not change keeps its
// element, so an opened detail stays open and the keyboard's place is not lost while the numbers move.

import type { Explanation, Line, Note } from "./contract";
import type { Fault } from "./fields";
import { byId, el, has, t } from "./page";
import { waterfall } from "./waterfall";

export class Answer {
  private readonly parts = new Map<string, { text: string; node: Element }>();
  private readonly body = el("tbody");
  private readonly whole: HTMLTableElement;
  private rows = new Map<string, { text: string; node: HTMLTableRowElement }>();

  constructor(private readonly root: HTMLElement) {
    this.whole = el("table", { class: "rows" },
      el("caption", {}, `${t("rows.caption")} `, el("span", { class: "meta" }, t("rows.how"))),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("rows.item")), el("th", { scope: "col", class: "num" }, t("rows.amount")))),
      this.body);
  }

  /** show writes the explanation under a heading, the amount first. A bare estimate needs no headline beside its heading. */
  show(e: Explanation, heading: string, headline: boolean): void {
    const amount = e.amount ?? "";
    this.part("head", heading + amount, () => el("h2", { id: "svar-rubrik" }, `${heading} `, amount ? el("span", { class: "amount" }, amount) : null));
    this.part("headline", e.headline, () => el("p", { class: "headline" }, e.headline), !headline);
    const summary = e.summary ?? [];
    this.part("summary", summary.join("\n"), () => el("div", {}, ...summary.map((s) => el("p", {}, s))));
    this.notes("questions", "notice notice--help", e.questions ?? []);
    this.notes("reasons", "notice notice--human", e.reasons ?? []);
    this.picture(e.lines ?? []);
    this.lines(e.lines ?? []);
    this.sentences("checks", "notice", e.checks ?? []);
    this.sentences("near", "near", e.distances ?? []);
  }

  /** open opens every row, for print. */
  open(): void {
    for (const d of this.body.querySelectorAll("details")) d.open = true;
  }

  /** table writes the lines alone. */
  table(e: Explanation): void {
    this.lines(e.lines ?? []);
  }

  private notes(name: "questions" | "reasons", style: string, notes: Note[]): void {
    this.part(name, JSON.stringify(notes), () => el("div", { class: style },
      el("h3", {}, t(name === "questions" ? "rows.questions" : "rows.reasons")),
      el("ul", {}, ...notes.map((n) => el("li", {}, noteText(n), n.provision ? el("span", { class: "meta" }, " ", provision(n)) : null)))), notes.length === 0);
  }

  private sentences(name: "checks" | "near", style: string, list: string[]): void {
    this.part(name, list.join("\n"), () => el("div", { class: style }, el("h3", {}, t(`rows.${name}`)), el("ul", {}, ...list.map((s) => el("li", {}, s)))));
  }

  /** part makes the named part anew if its text changed, and removes it when there is nothing to say. */
  private part(name: string, text: string, make: () => Element, empty = text === ""): void {
    const old = this.parts.get(name);
    if (old && !empty && old.text === text) return;
    if (empty) {
      old?.node.remove();
      this.parts.delete(name);
      return;
    }
    const node = make();
    if (old) old.node.replaceWith(node);
    else this.root.insertBefore(node, this.after(name));
    this.parts.set(name, { text, node });
  }

  private after(name: string): Element | null {
    const order = ["head", "headline", "summary", "questions", "reasons", "checks", "near", "picture", "lines"];
    for (const later of order.slice(order.indexOf(name) + 1)) {
      const p = this.parts.get(later);
      if (p) return p.node;
    }
    return null;
  }

  private picture(lines: Line[]): void {
    const bars = waterfall(lines);
    this.part("picture", bars?.outerHTML ?? "", () => bars as Element);
  }

  private lines(lines: Line[]): void {
    this.part("lines", "table", () => this.whole, lines.length === 0);
    const rows = new Map<string, { text: string; node: HTMLTableRowElement }>();
    for (const [i, line] of lines.entries()) {
      const text = JSON.stringify(line);
      const old = this.rows.get(line.id);
      const row = old?.text === text ? old : { text, node: makeRow(line, old?.node) };
      if (old && old !== row) replaceRow(old.node, row.node);
      if (this.body.children[i] !== row.node) this.body.insertBefore(row.node, this.body.children[i] ?? null);
      rows.set(line.id, row);
    }
    for (const [id, row] of this.rows) if (!rows.has(id)) row.node.remove();
    this.rows = rows;
  }
}

function replaceRow(old: HTMLTableRowElement, row: HTMLTableRowElement): void {
  const held = old.contains(document.activeElement);
  old.replaceWith(row);
  if (held) row.querySelector<HTMLElement>("summary")?.focus();
}

/** fieldOf is the field that a path in the facts was read from. */
export function fieldOf(path: string): HTMLElement | null {
  return path === "" ? null : document.querySelector<HTMLElement>(`[data-path="${CSS.escape(path)}"]`);
}

/** noteText links a question to the field that answers it. */
function noteText(n: Note): Node {
  const field = fieldOf(n.path ?? "");
  return field ? el("a", { href: `#${field.id}` }, n.text) : document.createTextNode(n.text);
}

function provision(of: { provision?: string; link?: string }): Node {
  const text = el("bdi", { lang: "sv" }, of.provision ?? "");
  return of.link ? el("a", { href: of.link, rel: "noreferrer" }, text) : text;
}

function makeRow(line: Line, old?: HTMLTableRowElement): HTMLTableRowElement {
  const label: (Node | string)[] = [line.label];
  if (line.status && has(`status.${line.status}.short`)) label.push(" ", el("span", { class: "tag" }, t(`status.${line.status}.short`)));
  const head = el("th", { scope: "row" });
  if (line.detail || line.provision || line.inputs?.length) head.append(how(line, label, old?.querySelector("details")?.open ?? false));
  else head.append(...label);
  const sign = !line.ore ? "" : line.sign === "-" ? "−" : line.sign === "+" && line.depth === 0 ? "+" : "";
  return el("tr", { class: `row row--${line.depth}${line.sign === "=" ? " row--sum" : ""}` }, head,
    el("td", { class: "num" }, ...(sign ? [el("span", { class: "sign" }, sign), " "] : []), line.amount));
}

/** how holds what a line was computed from, under its label. */
function how(line: Line, label: (Node | string)[], open: boolean): HTMLDetailsElement {
  const d = el("details", {}, el("summary", {}, ...label));
  if (line.detail) d.append(el("p", {}, line.detail));
  if (line.inputs?.length) {
    d.append(el("dl", { class: "inputs" }, ...line.inputs.map((i) =>
      el("div", {}, el("dt", {}, i.label), el("dd", {}, i.value, i.source ? el("span", { class: "meta" }, ` ${i.source}`) : null)))));
  }
  if (line.note) d.append(el("p", { class: "meta" }, line.note));
  if (line.provision) d.append(el("p", { class: "meta" }, provision(line)));
  d.open = open;
  return d;
}

/** errorSummary shows the error summary at the top of a form, and moves the keyboard there. */
export function errorSummary(problems: Fault[], heading: string): void {
  const place = byId("felen");
  place.replaceChildren();
  if (problems.length === 0) return;
  const box = el("div", { class: "error-summary", role: "alert", tabindex: "-1", "aria-labelledby": "fel" },
    el("h2", { id: "fel" }, heading),
    el("ul", {}, ...problems.map((p) => el("li", {}, faultLink(p)))));
  place.append(box);
  box.focus();
}

/** faultLink leads to the field to mend. */
export function faultLink(f: Fault): Node {
  return f.field ? el("a", { href: `#${f.field}` }, f.text) : document.createTextNode(f.text);
}
