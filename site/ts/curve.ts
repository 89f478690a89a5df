// What more work gives: what the household has for each net wage, drawn and told. The artefact computes it when the typing has paused, so that
// no keystroke waits for it, and new input takes it back.

import type { Artefact } from "./artefact";
import type { Curve, Point } from "./contract";
import { byId, el, kronor, number, t } from "./page";
import { supposition } from "./whatif";

const [to, step] = [25_000, 500];
const pause = 200; // milliseconds without input
const every = 5; // points between two rows of the table
const svg = "http://www.w3.org/2000/svg";

// The picture's own measures: the plot stands inside margins for the numbers.
const [width, height, left, right, top, bottom] = [340, 210, 48, 12, 8, 24];

export class WorkCurve {
  private waiting = 0;

  constructor(private readonly root: HTMLElement, private readonly artefact: Artefact) {}

  /** later draws the curve of the person of the household, once nothing has been typed for a while. What is only supposed of jobbstimulans stands below it. */
  later(facts: string, guideline: string, person: string, wage: number, supposed: boolean): void {
    window.clearTimeout(this.waiting);
    this.waiting = window.setTimeout(() => {
      const answer = this.artefact.call("curve", `{${guideline}"facts":${facts},"person":"${person}","to":${to},"step":${step}}`);
      const points = (JSON.parse(answer) as Curve).points ?? [];
      this.root.hidden = points.length < 2;
      if (!this.root.hidden) this.show(points, wage, supposed);
    }, pause);
  }

  /** none takes the curve away, where the household cannot be computed. */
  none(): void {
    window.clearTimeout(this.waiting);
    this.root.hidden = true;
  }

  private show(points: Point[], wage: number, supposed: boolean): void {
    const stimulated = points.some((p) => p.disposable !== p.plain.disposable);
    const now = wage > 0 && wage <= (points.at(-1)?.wage ?? 0);
    byId("mer-text").textContent = sentence(points);
    byId("mer-bild").replaceChildren(...picture(points, stimulated, now ? wage : undefined));
    byId("mer-med").textContent = t(stimulated ? "rakna.more.with" : "rakna.more.disposable");
    byId("mer-utan").hidden = !stimulated;
    byId("mer-antaget").textContent = supposed ? supposition() : "";
    byId("mer-nu").hidden = !now;
    byId("mer-nu").textContent = t("rakna.more.now", { wage: kronor(wage) });
    byId("mer-tabell").replaceChildren(...table(points.filter((_, i) => i % every === 0), stimulated));
  }
}

/** sentence says what the curve shows: how much of a wage is left, and until where. */
function sentence(points: Point[]): string {
  const [first, second] = points;
  if (!first || !second || first.support === 0) return t("rakna.more.none");
  const end = points.find((p) => p.support === 0);
  const limit = kronor((end ?? points.at(-1) ?? first).wage);
  const kept = Math.round((1000 - second.marginal) / 10);
  if (kept <= 0) return t(end ? "rakna.more.lost" : "rakna.more.lost.all", { limit });
  return t(end ? "rakna.more.kept" : "rakna.more.kept.all", { limit, kept: String(kept) });
}

function table(points: Point[], stimulated: boolean): Element[] {
  const cell = (amount: number): Element => el("td", { class: "num" }, number(Math.round(amount)));
  const names = ["rakna.more.wage", "rakna.more.support", "rakna.more.disposable", ...(stimulated ? ["rakna.more.plain"] : [])];
  return [
    el("caption", { class: "meta" }, t("rakna.more.caption")),
    el("thead", {}, el("tr", {}, ...names.map((n) => el("th", { scope: "col", class: "num" }, t(n))))),
    el("tbody", {}, ...points.map((p) => el("tr", {}, el("th", { scope: "row", class: "num" }, number(Math.round(p.wage))), cell(p.support), cell(p.disposable),
      stimulated ? cell(p.plain.disposable) : null))),
  ];
}

/** picture draws the lines, the numbers beside them and the wage of now. */
function picture(points: Point[], stimulated: boolean, wage?: number): Element[] {
  const all = points.flatMap((p) => [p.disposable, p.plain.disposable]);
  const [low, high] = [Math.floor(Math.min(...all) / 5000) * 5000, Math.ceil((Math.max(...all) + 1) / 5000) * 5000];
  const last = points.at(-1)?.wage ?? to;
  const x = (kr: number): number => round(left + ((width - left - right) * kr) / last);
  const y = (kr: number): number => round(height - bottom - ((height - top - bottom) * (kr - low)) / (high - low));
  const line = (of: (p: Point) => number): string => points.map((p) => `${x(p.wage)},${y(of(p))}`).join(" ");
  const out: Element[] = [];
  const grid = high - low > 25_000 ? 10_000 : 5000;
  for (let kr = Math.ceil(low / grid) * grid; kr <= high; kr += grid) {
    out.push(draw("line", { x1: left, x2: width - right, y1: y(kr), y2: y(kr), class: "more__grid" }), mark(left - 6, y(kr) + 4, "end", kr));
  }
  for (let kr = 0; kr <= last; kr += 10_000) out.push(mark(x(kr), height - 4, "middle", kr));
  if (stimulated) {
    const back = points.slice().reverse().map((p) => `${x(p.wage)},${y(p.plain.disposable)}`).join(" ");
    out.push(draw("polygon", { points: `${line((p) => p.disposable)} ${back}`, class: "more__gain" }), draw("polyline", { points: line((p) => p.plain.disposable), class: "more__plain" }));
  }
  out.push(draw("polyline", { points: line((p) => p.disposable), class: "more__line" }));
  if (wage !== undefined) {
    const at = y(between(points, wage));
    out.push(draw("line", { x1: x(wage), x2: x(wage), y1: at, y2: height - bottom, class: "more__drop" }), draw("circle", { cx: x(wage), cy: at, r: 5, class: "more__now" }));
  }
  return out;
}

/** between is what the household has at a wage that may stand between two points. */
function between(points: Point[], wage: number): number {
  const i = Math.min(Math.floor(wage / step), points.length - 2);
  const [a, b] = [points[i], points[i + 1]];
  return a && b ? a.disposable + ((b.disposable - a.disposable) * (wage - a.wage)) / (b.wage - a.wage) : 0;
}

function draw(name: string, attributes: Record<string, string | number>): Element {
  const e = document.createElementNS(svg, name);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, String(value));
  return e;
}

function mark(x: number, y: number, anchor: string, kr: number): Element {
  const e = draw("text", { x, y, "text-anchor": anchor, class: "more__number" });
  e.textContent = number(kr);
  return e;
}

function round(n: number): number {
  return Math.round(n * 10) / 10;
}
