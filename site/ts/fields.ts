// Fields of the calculator: what stands in them, and what is said beneath them.

import type { Amount } from "./contract";
import type { Artefact } from "./artefact";
import { byId, el, kronor, t } from "./page";

/** say shows text as the field's error, or takes the error away when text is "". */
export function say(input: HTMLElement, text: string): void {
  const field = input.closest<HTMLElement>(".field") ?? input.parentElement;
  if (!field) return;
  const id = `${input.id}-error`;
  const old = document.getElementById(id);
  if ((old?.textContent ?? "") === text) return;
  old?.remove();
  field.classList.toggle("field--error", text !== "");
  const described = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((d) => d !== "" && d !== id);
  if (text === "") {
    input.removeAttribute("aria-invalid");
  } else {
    input.setAttribute("aria-invalid", "true");
    described.unshift(id);
    const message = el("p", { class: "error", id }, text);
    if (input.tagName === "FIELDSET") input.querySelector("legend")?.after(message);
    else input.before(message);
  }
  if (described.length > 0) input.setAttribute("aria-describedby", described.join(" "));
  else input.removeAttribute("aria-describedby");
}

/** A field that cannot be read: which, and what to do about it. */
export interface Fault {
  field: string;
  text: string;
  missing?: boolean; // nothing is wrong with what stands there: an answer is wanted
}

/** Amounts reads money fields by the artefact's own reader, and writes the reading beneath the field. */
export class Amounts {
  constructor(private readonly artefact: Artefact, private readonly engineWords: Record<string, string>) {}

  /** read returns the amount, or undefined where none is written or none can be read. */
  read(input: HTMLInputElement, faults: Fault[]): number | undefined {
    const reading = byId(`${input.id}-reading`);
    reading.textContent = "";
    if (input.value.trim() === "") return undefined;
    const answer = JSON.parse(this.artefact.call("amount", input.value)) as Amount;
    if (answer.amount === undefined) {
      const code = answer.errors?.[0]?.code ?? "";
      faults.push({ field: input.id, text: `${labelOf(input)}: ${this.engineWords[`problem.${code}`] ?? t("rakna.fault")}` });
      return undefined;
    }
    reading.textContent = t(input.dataset["sum"] ? "rakna.reading.once" : "rakna.reading", { amount: kronor(answer.amount) });
    return answer.amount;
  }
}

/** unknown says whether the answer is that the amount is not known. */
export function unknown(input: HTMLInputElement): boolean {
  const box = document.getElementById(`${input.id}-okand`);
  return box instanceof HTMLInputElement && box.checked;
}

/** typed writes a number of kronor as a person types it, in Swedish form, which the artefact reads: the inverse of reading it. */
export function typed(amount: number | undefined): string {
  return amount === undefined ? "" : amount.toLocaleString("sv-SE", { minimumFractionDigits: Number.isInteger(amount) ? 0 : 2 }).replace(/\u00a0/g, " ");
}

/** readCount reads a whole number; its bounds are the engine's to judge. */
export function readCount(input: HTMLInputElement, faults: Fault[]): number | undefined {
  const text = input.value.trim().replace(/ *år$/i, ""); // an age as it is said
  if (text === "") return undefined;
  if (/^\d{1,4}$/.test(text)) return Number(text);
  faults.push({ field: input.id, text: t("rakna.count", { label: labelOf(input) }) });
  return undefined;
}

export function labelOf(input: HTMLElement): string {
  const label = input instanceof HTMLFieldSetElement ? input.querySelector("legend") : (input as HTMLInputElement).labels?.[0];
  return label?.textContent?.trim() ?? "";
}
