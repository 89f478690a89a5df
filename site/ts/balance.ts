// The picture of the computation: two bars like the sign =. Above what the household needs, below what it has; what is missing below is the
// support. It only draws what the rows beneath it say, so it is hidden from screen readers.

import type { Line } from "./contract";
import { el, t } from "./page";

const svg = "http://www.w3.org/2000/svg";

interface Part {
  label: string;
  ore: number;
  style: string;
}

/** balance returns null where there is nothing to weigh. */
export function balance(lines: Line[]): HTMLElement | null {
  const needs = parts(lines, "+", "need");
  const means = parts(lines, "-", "mean");
  const [need, mean] = [sum(needs), sum(means)];
  if (need === 0) return null;
  const whole = Math.max(need, mean);
  const result = lines.find((l) => l.sign === "=" && l.depth === 0)?.label ?? "";
  if (need > mean) means.push({ label: result, ore: need - mean, style: "gap" });
  if (mean > need) needs.push({ label: result, ore: mean - need, style: "gap" });
  return el("div", { class: "balance", "aria-hidden": "true" },
    el("p", { class: "balance__name" }, t("rows.needs")), bar(needs, whole),
    el("p", { class: "balance__name" }, t(need > mean ? "rows.means" : "rows.means.only")), bar(means, whole),
    el("ul", { class: "balance__key" }, ...[...needs, ...means].map((p) => el("li", { class: `key key--${p.style}` }, p.label))));
}

function parts(lines: Line[], sign: "+" | "-", style: string): Part[] {
  return lines.filter((l) => l.depth === 0 && l.sign === sign && (l.ore ?? 0) !== 0)
    .map((l, i) => ({ label: l.label, ore: Math.abs(l.ore ?? 0), style: `${style}${Math.min(i, 2)}` }));
}

function sum(of: Part[]): number {
  return of.reduce((total, p) => total + p.ore, 0);
}

function bar(of: Part[], whole: number): SVGSVGElement {
  const picture = document.createElementNS(svg, "svg");
  picture.setAttribute("class", "balance__bar");
  let x = 0;
  for (const p of of) {
    const rect = document.createElementNS(svg, "rect");
    const width = (p.ore / whole) * 100;
    for (const [name, value] of Object.entries({ x: `${x}%`, y: "0", width: `${width}%`, height: "100%", class: `part part--${p.style}` })) rect.setAttribute(name, value);
    picture.append(rect);
    x += width;
  }
  return picture;
}
