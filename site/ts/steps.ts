// One question at a time, or all on one page: the same form, of which more or less is shown. The address's fragment says which question, so the
// browser's own way back leads through the questions. What is written stays in the form, and in the tab's history for when the page is left or
// read in another language; it is neither sent nor stored anywhere.

import type { Fault } from "./fields";
import type { Snapshot } from "./household";
import { byId, t } from "./page";

type View = "steps" | "all";

interface Kept {
  view?: View;
  form?: Snapshot;
}

const answer = "resultat";

/** What the steps need of the calculator. */
interface Host {
  faults(question: HTMLElement): Fault[]; // what is to be mended before the next question
  say(faults: Fault[]): void;
  snapshot(): Snapshot;
}

export class Steps {
  private readonly here = location.pathname;
  private view: View = "steps";
  private at = "";
  private waiting = 0;

  constructor(private readonly root: HTMLElement, private readonly host: Host) {
    byId("steg-nasta").addEventListener("click", () => this.next());
    byId("steg-bakat").addEventListener("click", () => this.back());
    byId("vy").addEventListener("click", () => this.turn());
    byId("uppgifter").addEventListener("submit", () => { if (this.view === "steps") this.next(); });
    window.addEventListener("popstate", () => this.follow());
    for (const a of document.querySelectorAll<HTMLAnchorElement>(".tongues a")) a.addEventListener("click", (e) => this.speak(e, a.href));
    window.addEventListener("pagehide", () => this.keep());
  }

  /** kept is what stood in the form when this place of the tab's history was left. */
  static kept(): Snapshot | undefined {
    return (history.state as Kept | null)?.form;
  }

  /** start shows what the address asks for. */
  start(all: boolean): void {
    this.view = all || location.hash === "#alla" ? "all" : ((history.state as Kept | null)?.view ?? "steps");
    this.show(this.named() ?? this.questions()[0]?.id ?? "", false);
  }

  /** later keeps what stands in the form, once the typing has paused. */
  later(): void {
    window.clearTimeout(this.waiting);
    this.waiting = window.setTimeout(() => this.keep(), 300);
  }

  /** arrange counts the questions anew: an answer can call for more of them. */
  arrange(): void {
    const all = this.questions();
    const i = all.findIndex((q) => q.id === this.at);
    byId("steg-plats").textContent = t("rakna.step.place", { n: String(i + 1), of: String(all.length) });
    byId("steg-nasta").textContent = t(i === all.length - 1 ? "rakna.step.last" : "rakna.step.next");
    byId("steg-bakat").hidden = i === 0;
  }

  /** first shows the first question, of an empty form, and keeps nothing of the one before. */
  first(): void {
    if (this.view === "steps") this.go(this.questions()[0]?.id ?? "");
    else this.keep();
  }

  /** mend goes to the question of the first fault that has one. */
  mend(faults: Fault[]): void {
    if (this.view !== "steps") return;
    const q = faults.map((f) => document.getElementById(f.field)?.closest<HTMLElement>(".question")).find((q) => q);
    if (q) this.go(q.id);
  }

  private keep(): void {
    window.clearTimeout(this.waiting);
    const kept: Kept = { view: this.view, form: this.host.snapshot() };
    history.replaceState(kept, "");
  }

  /** leave empties this place of the history: the answers are kept in one place of it. */
  private leave(): void {
    window.clearTimeout(this.waiting);
    history.replaceState({ view: this.view } satisfies Kept, "");
  }

  /** questions are those that the answers so far call for. */
  private questions(): HTMLElement[] {
    return Array.from(document.querySelectorAll<HTMLElement>("#uppgifter > .question")).filter((q) => !q.hidden);
  }

  /** named is the question that the address's fragment names, or lies in. */
  private named(): string | undefined {
    const id = decodeURIComponent(location.hash.slice(1));
    if (id === answer) return answer;
    const e = id === "" ? null : document.getElementById(id);
    if (e && byId(answer).contains(e)) return answer;
    return e?.closest<HTMLElement>(".question")?.id;
  }

  private next(): void {
    const all = this.questions();
    const i = all.findIndex((q) => q.id === this.at);
    const q = all[i];
    const faults = q ? this.host.faults(q) : [];
    this.host.say(faults);
    if (faults.length === 0) this.go(all[i + 1]?.id ?? answer);
  }

  /** back is a question back, whatever lies behind in the tab's history. */
  private back(): void {
    this.host.say([]);
    const all = this.questions();
    const i = all.findIndex((q) => q.id === this.at);
    this.go(all[Math.max(i - 1, 0)]?.id ?? "");
  }

  private turn(): void {
    this.leave();
    this.view = this.view === "all" ? "steps" : "all";
    history.pushState({ view: this.view, form: this.host.snapshot() } satisfies Kept, "", this.view === "all" ? "#alla" : `#${this.at}`);
    this.show(this.at === answer ? (this.questions()[0]?.id ?? "") : this.at, true);
  }

  private go(id: string): void {
    this.leave();
    history.pushState({ view: this.view, form: this.host.snapshot() } satisfies Kept, "", `#${id}`);
    this.show(id, true);
  }

  /** speak goes to the same place in another language, and takes along what is written. */
  private speak(e: MouseEvent, to: string): void {
    if (e.button !== 0 || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return; // another tab or window
    e.preventDefault();
    this.leave();
    history.pushState({ view: this.view, form: this.host.snapshot() } satisfies Kept, "", to + location.hash);
    location.reload();
  }

  /** follow goes where the browser went: a question back or forth, or to a field that a link names. */
  private follow(): void {
    if (location.pathname !== this.here) { // back across a change of language
      this.keep();
      location.reload();
      return;
    }
    const before = this.view;
    if (location.hash === "#alla") this.view = "all";
    else this.view = (history.state as Kept | null)?.view ?? this.view;
    const id = this.named() ?? (location.hash === "" ? this.questions()[0]?.id : undefined);
    if (id && (id !== this.at || before !== this.view)) this.show(id, true);
    this.keep();
    document.getElementById(decodeURIComponent(location.hash.slice(1)))?.focus();
  }

  private show(id: string, focus: boolean): void {
    this.at = id;
    const steps = this.view === "steps";
    const first = this.questions()[0]?.id === id;
    this.root.dataset["view"] = this.view;
    this.root.dataset["at"] = id === answer ? "answer" : first ? "first" : "question";
    for (const q of document.querySelectorAll(".question")) q.classList.toggle("question--now", q.id === id);
    byId("steg").hidden = !steps || id === answer;
    byId("steg-plats").hidden = !steps || id === answer;
    byId("svar-bakat").hidden = !steps;
    byId("vy").textContent = t(steps ? "rakna.view.all" : "rakna.view.steps");
    this.arrange();
    if (!focus) return;
    const to = steps ? byId(id) : byId("uppgifter");
    to.focus({ preventScroll: true });
    (steps ? byId("innehall") : to).scrollIntoView({ block: "start" });
  }
}
