// What every script needs of its page: its data, its words, and elements made without HTML.

let words: Record<string, string> = {};
let instead: Record<string, string> = {};

/** data reads the page's embedded JSON and takes the words from it. */
export function data<T extends { page: Record<string, string> }>(): T {
  const d = JSON.parse(byId("skalig-data").textContent) as T;
  words = d.page;
  return d;
}

/** speak takes these words in place of the page's own, for the keys that they have. */
export function speak(other: Record<string, string>): void {
  instead = other;
}

/** t is the sentence of a key, {name} replaced by its value. */
export function t(key: string, values: Record<string, string> = {}): string {
  const text = instead[key] ?? words[key];
  if (text === undefined) throw new Error(`there are no words for ${key}`);
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => values[name] ?? hole);
}

export function has(key: string): boolean {
  return key in words;
}

export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const e = document.getElementById(id);
  if (!e) throw new Error(`the page has no element ${id}`);
  return e as T;
}

/** el makes an element; strings become text, never HTML. */
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Record<string, string> = {}, ...children: (Node | string | null)[]): HTMLElementTagNameMap[K] {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
  e.append(...children.filter((c): c is Node | string => c !== null));
  return e;
}

/** kronor writes a number of kronor as a person reads it: 1200.5 is "1 200,50 kr". */
export function kronor(amount: number): string {
  const [whole = "", decimals = ""] = amount.toFixed(2).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, "\u00a0");
  return `${grouped}${decimals === "00" ? "" : "," + decimals}\u00a0kr`;
}

/** month writes "2026-11" as "november 2026". */
export function month(m: string): string {
  return `${t("month." + m.slice(5))} ${m.slice(0, 4)}`;
}

/** day writes "2026-11-22" as "22 november 2026". */
export function day(d: string): string {
  return `${Number(d.slice(8))} ${month(d.slice(0, 7))}`;
}

/** earlier is the month n months before m. */
export function earlier(m: string, n: number): string {
  const count = Number(m.slice(0, 4)) * 12 + Number(m.slice(5)) - 1 - n;
  return `${Math.floor(count / 12)}-${String((count % 12) + 1).padStart(2, "0")}`;
}
