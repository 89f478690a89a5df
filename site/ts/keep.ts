// Asks the service worker to keep this page for use without a network. Nothing but the program's own files is stored.

/** Whether the page works without a network; newer: and is itself from an earlier visit, with a newer one kept for the next. */
export type Kept = "no" | "yes" | "newer";

export async function keep(): Promise<Kept> {
  if (!("serviceWorker" in navigator)) return "no";
  try {
    await navigator.serviceWorker.register("/offline.js");
    const { active } = await navigator.serviceWorker.ready;
    const { port1, port2 } = new MessageChannel();
    const kept = new Promise<Kept>((resolve) => { port1.onmessage = (e) => resolve(e.data as Kept); });
    active?.postMessage({ keep: location.pathname }, [port2]);
    return await kept;
  } catch {
    return "no"; // a browser that stores nothing for this visitor: the page works all the same, with a network
  }
}
