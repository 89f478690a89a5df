// Carries what stands in the form to the same page in another language. It goes with this tab's own history entry, is read once and then
// forgotten: it is neither sent nor stored anywhere.

/** What stands in the form, field by field, readable or not. */
export interface Written {
  children: string[];
  fields: Record<string, string | boolean>;
}

/** carry makes the choices of language, and the way back from them, take along what is written. */
export function carry(written: () => Written): void {
  const here = location.pathname;
  window.addEventListener("popstate", () => { // Back across a change of language
    if (location.pathname === here) return;
    history.replaceState({ written: written() }, "");
    location.reload();
  });
  for (const a of document.querySelectorAll<HTMLAnchorElement>(".tongues a")) {
    a.addEventListener("click", (e) => {
      if (e.button !== 0 || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return; // another tab or window
      e.preventDefault();
      history.pushState({ written: written() }, "", a.href);
      location.reload();
    });
  }
}

/** carried gives what came along, once. */
export function carried(): Written | undefined {
  const state = history.state as { written?: Written } | null;
  if (!state?.written) return undefined;
  history.replaceState(null, "");
  return state.written;
}
