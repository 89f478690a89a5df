// Facts in a file of the person's own: saved and opened in the page, sent nowhere. A helper can open the same file.

import type { Facts } from "./contract";
import { say } from "./fields";
import { byId, el, t } from "./page";

/** The controls. save gives the facts, or nothing when they can't be read; open returns what is wrong with a file's text, or "". */
export class SavedFile {
  constructor(private readonly save: () => Facts | undefined, private readonly open: (text: string) => string) {
    byId("spara").addEventListener("click", () => this.download());
    byId("oppna").addEventListener("change", (e) => void this.choose(e.target as HTMLInputElement));
  }

  /** forget takes away what was said about a file. */
  forget(): void {
    this.tell("", "");
  }

  private download(): void {
    this.forget();
    const facts = this.save();
    if (!facts) return;
    const url = URL.createObjectURL(new Blob([`${JSON.stringify(facts, null, 2)}\n`], { type: "application/json" }));
    el("a", { href: url, download: "skalig.json" }).click();
    window.setTimeout(() => URL.revokeObjectURL(url), 60_000);
    this.tell("", t("rakna.save.done"));
  }

  private async choose(input: HTMLInputElement): Promise<void> {
    this.forget();
    const file = input.files?.[0];
    if (!file) return;
    let wrong = t("rakna.open.other");
    if (file.size <= 1 << 20) wrong = await file.text().then((text) => this.open(text), () => t("rakna.open.unread"));
    input.value = ""; // the same file can be chosen again when it is mended
    this.tell(wrong, wrong === "" ? t("rakna.open.done") : "");
  }

  private tell(wrong: string, done: string): void {
    say(byId("oppna"), wrong);
    byId("fil-sagt").textContent = wrong || done;
    byId("fil-sagt").classList.toggle("unseen", wrong !== ""); // it stands at the control already
  }
}

/** formIds gives each person of the facts the id that the form has for it: p1 and p2, and c1 and on. A child keeps an id of that form. */
export function formIds(f: Facts): Map<string, string> {
  const ids = new Map<string, string>();
  let adults = 0;
  let made = 0;
  const children = (f.persons ?? []).filter((p) => p.role === "child");
  for (const p of children) if (/^c[1-9]\d{0,3}$/.test(p.id)) made = Math.max(made, Number(p.id.slice(1)));
  for (const p of f.persons ?? []) {
    if (p.role !== "child") ids.set(p.id, `p${++adults}`);
    else ids.set(p.id, /^c[1-9]\d{0,3}$/.test(p.id) ? p.id : `c${++made}`);
  }
  return ids;
}

/** essence is the same text for facts that say the same in other words: rows by other ids or in another order, nothing said and zero said. */
export function essence(f: Facts): string {
  const ids = formIds(f);
  const of = (id: string): string => ids.get(id) ?? id;
  const rows = (list: object[]): string[] => list.map((r) => JSON.stringify(ordered(r))).sort();
  return JSON.stringify(ordered({
    ...f,
    persons: rows((f.persons ?? []).map((p) => ({ ...p, id: of(p.id) }))),
    housing: ordered({ tenure: "rent", ...f.housing }),
    costs: rows((f.costs ?? []).map((c) => ({ ...c, id: "", whole: c.whole ?? false }))),
    incomes: rows((f.incomes ?? []).map((i) => ({ ...i, id: "", person: of(i.person) }))),
    assets: f.assets ?? 0,
    earlierSurplus: f.earlierSurplus ?? 0,
    circumstances: [...(f.circumstances ?? [])].sort(),
  }));
}

function ordered(o: object): object {
  return Object.fromEntries(Object.entries(o).sort(([a], [b]) => (a < b ? -1 : 1)));
}
