// What every script needs of its page: its data, its words, and elements made without HTML.

let words: Record<string, string> = {};
/** data reads the page's embedded JSON and takes the words from it. */
export function data<T extends { page: Record<string, string> }>(): T {
  const d = JSON.parse(byId("skalig-data").textContent) as T;
  words = d.page;
  return d;
}

/** t is the sentence of a key, {name} replaced by its value. */
export function t(key: string, values: Record<string, string> = {}): string {
  const text = words[key];
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

/** numbers are the page's language's forms, by Intl; made once, as they are slow to make. */
let whole: Intl.NumberFormat | undefined;
let parts: Intl.NumberFormat | undefined;

/** number writes a number with its digits in groups, öre only where there are any. */
export function number(n: number): string {
  const written = Number.isInteger(n) ? (whole ??= new Intl.NumberFormat(t("format.intl"), { maximumFractionDigits: 0 }))
    : (parts ??= new Intl.NumberFormat(t("format.intl"), { minimumFractionDigits: 2, maximumFractionDigits: 2 }));
  return written.format(n);
}

/** kronor writes a number of kronor as a person reads it: 1200.5 is "1 200,50 kr" in Swedish. */
export function kronor(amount: number): string {
  return t("format.money", { n: number(amount) });
}

/** count is the sentence of a key in the form that the number calls for: that of "<key>.<category>", else of "<key>". */
export function count(key: string, n: number): string {
  const form = `${key}.${new Intl.PluralRules(t("format.intl")).select(n)}`;
  return t(has(form) ? form : key, { n: number(n) });
}

/** month writes "2026-11" as "november 2026". */
export function month(m: string): string {
  return t("format.month", { name: t("month." + m.slice(5)), year: m.slice(0, 4) });
}

/** day writes "2026-11-22" as "22 november 2026". */
export function day(d: string): string {
  return t("day.format", { day: String(Number(d.slice(8))), month: t("month." + d.slice(5, 7)), number: String(Number(d.slice(5, 7))), year: d.slice(0, 4) });
}

/** apart keeps a text that runs from left to right, as a name or a fingerprint, whole in one that runs the other way. */
export function apart(text: string): string {
  return `\u2066${text}\u2069`;
}

/** earlier is the month n months before m. */
export function earlier(m: string, n: number): string {
  const count = Number(m.slice(0, 4)) * 12 + Number(m.slice(5)) - 1 - n;
  return `${Math.floor(count / 12)}-${String((count % 12) + 1).padStart(2, "0")}`;
}
