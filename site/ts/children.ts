// The cards of the children in the form.

import { byId, t } from "./page";

/** The children's cards, each with ids of its own that are never used again. */
export class Children {
  private made = 0;

  constructor(private readonly place: HTMLElement, private readonly changed: () => void) {}

  cards(): HTMLFieldSetElement[] {
    return Array.from(this.place.querySelectorAll<HTMLFieldSetElement>(":scope > fieldset"));
  }

  /** add makes a card and moves the keyboard there. */
  add(): void {
    this.card(`c${this.made + 1}`).querySelector("input")?.focus();
  }

  /** card makes a card for the child: the template's, with the child's id in the place of c0. */
  card(id: string): HTMLFieldSetElement {
    this.made = Math.max(this.made, Number(id.slice(1)));
    const card = (byId<HTMLTemplateElement>("barn-mall").content.cloneNode(true) as DocumentFragment).querySelector("fieldset");
    if (!card) throw new Error("the child's template is empty");
    for (const e of [card, ...card.querySelectorAll("*")]) {
      for (const name of ["id", "name", "for", "aria-describedby", "data-person"]) {
        const value = e.getAttribute(name);
        if (value) e.setAttribute(name, value.replace(/\bc0\b/g, id));
      }
    }
    card.querySelector("[data-remove]")?.addEventListener("click", () => this.remove(card));
    this.place.append(card);
    this.number();
    return card;
  }

  clear(): void {
    this.place.replaceChildren();
  }

  private remove(card: HTMLFieldSetElement): void {
    card.remove();
    this.number();
    byId("barn-nytt").focus();
    this.changed();
  }

  private number(): void {
    for (const [i, card] of this.cards().entries()) {
      const n = String(i + 1);
      const heading = card.querySelector("legend > h3");
      if (heading) heading.textContent = t("rakna.child", { n });
      const remove = card.querySelector("[data-remove]");
      if (remove) remove.textContent = t("rakna.child.remove", { n });
    }
  }
}
