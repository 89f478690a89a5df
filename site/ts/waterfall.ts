// The picture of the computation: from the norm over the costs to the incomes, a bar each, and what is left. Every bar stands under its own
// words, so it reads as a list where it is not seen, and grows with the text.

import type { Line } from "./contract";
import { el, t } from "./page";

const svg = "http://www.w3.org/2000/svg";

/** waterfall returns null where there is nothing to draw. */
export function waterfall(lines: Line[]): HTMLElement | null {
  const rows = lines.filter((l) => l.depth === 0 && (l.ore ?? 0) !== 0);
  if (!rows.some((l) => l.sign !== "=")) return null;
  let height = 0;
  const bars = rows.map((line) => {
    const ore = Math.abs(line.ore ?? 0);
    const [from, to] = line.sign === "=" ? [0, height] : [height, line.sign === "-" ? height - ore : height + ore];
    if (line.sign !== "=") height = to;
    return { line, from, to };
  });
  const low = Math.min(0, ...bars.map((b) => b.to));
  const whole = Math.max(...bars.map((b) => b.to), 0) - low;
  const place = (ore: number): number => Math.round(((ore - low) / whole) * 1000) / 10;
  return el("figure", { class: "fall" },
    el("figcaption", {}, t("rows.fall")),
    el("ul", {}, ...bars.map(({ line, from, to }) => el("li", {},
      el("span", {}, line.label), el("span", { class: "num" }, `${signs[line.sign] ?? ""}${line.amount}`),
      bar(place(Math.min(from, to)), place(Math.max(from, to)), place(0), line.sign)))));
}

const signs: Record<string, string> = { "+": "+ ", "-": "− ", "=": "= " };
const styles: Record<string, string> = { "+": "up", "-": "down", "=": "sum" };

function bar(from: number, to: number, zero: number, sign: string): SVGSVGElement {
  const picture = document.createElementNS(svg, "svg");
  for (const [name, value] of [["aria-hidden", "true"], ["focusable", "false"], ["class", "fall__bar"]] as const) picture.setAttribute(name, value);
  const draw = (tag: string, attributes: Record<string, string>): void => {
    const e = document.createElementNS(svg, tag);
    for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
    picture.append(e);
  };
  draw("rect", { x: `${from}%`, width: `${Math.max(to - from, 0.5)}%`, y: "0", height: "100%", class: `fall__part fall__part--${styles[sign] ?? "up"}` });
  if (zero > 0) draw("line", { x1: `${zero}%`, x2: `${zero}%`, y1: "0", y2: "100%", class: "fall__zero" });
  return picture;
}
