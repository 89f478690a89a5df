// Asks the service worker to keep this page for use without a network. Nothing but the program's own files is stored.

/** keep says whether the page now works without a network. */
export async function keep(): Promise<boolean> {
  if (!("serviceWorker" in navigator)) return false;
  try {
    await navigator.serviceWorker.register("/offline.js");
    const { active } = await navigator.serviceWorker.ready;
    const { port1, port2 } = new MessageChannel();
    const kept = new Promise<boolean>((resolve) => { port1.onmessage = (e) => resolve(e.data === true); });
    active?.postMessage({ keep: location.pathname }, [port2]);
    return await kept;
  } catch {
    return false; // a browser that stores nothing for this visitor: the page works all the same, with a network
  }
}
