// The service worker: it keeps the calculator so that it works without a network, and nothing else. What it stores are the program's own
// files: the page in the languages the visitor has opened, and the styles, scripts and engine that the page names, all by their hash. Answers
// never come near it. A version is a cache named for its engine. A page is put there last, when every file that it names is there, so that no
// page ever meets another version's files; when it stands whole, the versions before it are removed.
//
// A page that was kept is what the next visit gets, at once and whole. When it has all its files it asks for the newest, which is kept for the
// visit after, and the page says that there is one. So a visitor can meet an earlier page once. That is sound: such a page names the hash of
// its engine and the months whose rules it has, it is an estimate, and an application is computed anew by the server, which decides by its own
// engine and guidelines.

interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Asked extends Lasting {
  request: Request;
  resultingClientId: string;
  respondWith(answer: Promise<Response>): void;
}
interface Told extends Lasting {
  data: { keep?: string };
  source: { id: string } | null;
  ports: readonly MessagePort[];
}
interface Worker {
  addEventListener(type: "install" | "activate", handle: (e: Lasting) => void): void;
  addEventListener(type: "fetch", handle: (e: Asked) => void): void;
  addEventListener(type: "message", handle: (e: Told) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  location: Location;
}

const worker = self as unknown as Worker;
const calculator = /^\/(?:[a-z]+\/)?rakna$/;
const file = /\/(?:assets\/[\w.-]+|engine\/[0-9a-f]{64}\.wasm)/g;
const engine = /^\/engine\/([0-9a-f]{64})\.wasm$/;
const prefix = "skalig-";
const keeping = new Map<string, Promise<string>>(); // a page that is being fetched, and then its text
const given = new Map<string, Response>(); // what was kept and is now loading, by the tab that it was given to

worker.addEventListener("install", (e) => e.waitUntil(worker.skipWaiting()));
worker.addEventListener("activate", (e) => e.waitUntil(worker.clients.claim()));

worker.addEventListener("message", (e) => {
  const [path, port] = [e.data.keep ?? "", e.ports[0]];
  if (!calculator.test(path)) return;
  const tab = e.source?.id ?? "";
  const own = given.get(tab);
  given.delete(tab); // it has its files
  const work = keeping.get(path) ?? keep(path).finally(() => keeping.delete(path));
  keeping.set(path, work);
  const how = work.then(async (text) => (own && await own.text() !== text ? "newer" : "yes"),
    async () => (await caches.match(path, { ignoreVary: true }) ? "yes" : "no")); // what was kept before stands
  e.waitUntil(how.then((said) => port?.postMessage(said)));
});

worker.addEventListener("fetch", (e) => {
  const at = new URL(e.request.url);
  if (e.request.method !== "GET" || at.origin !== worker.location.origin) return;
  if (e.request.mode === "navigate" && calculator.test(at.pathname)) e.respondWith(page(e, at.pathname));
  else if (at.pathname.match(file)?.[0] === at.pathname) e.respondWith(caches.match(at.pathname, { ignoreVary: true }).then((kept) => kept ?? fetch(e.request)));
});

/** page answers with what was kept; the first time, from the network. */
async function page(e: Asked, path: string): Promise<Response> {
  const kept = await caches.match(path, { ignoreVary: true });
  if (!kept) return fetch(e.request);
  given.set(e.resultingClientId, kept.clone());
  return kept;
}

/** keep fetches a page and every file that it names and stores them, or fails and leaves all as it was. It returns the page's text. */
async function keep(path: string): Promise<string> {
  const answer = await fetch(path);
  if (!answer.ok || answer.redirected) throw new Error(`couldn't keep ${path}: ${answer.status}`);
  const whole = answer.clone();
  const text = await answer.text();
  const names = files(text);
  const hash = names.map((n) => engine.exec(n)?.[1]).find((h) => h !== undefined);
  if (!hash) throw new Error(`couldn't keep ${path}: it names no engine`);
  const cache = await caches.open(prefix + hash);
  for (const name of names) if (!await cache.match(name, { ignoreVary: true })) await cache.put(name, await sound(name));
  await cache.put(path, whole);
  for (const key of await caches.keys()) if (key.startsWith(prefix) && key !== prefix + hash) await drop(key);
  if (given.size === 0) await tidy(cache);
  return text;
}

/** drop removes a version, but its files stay while a page that was kept may still be loading them: the next time takes them. */
async function drop(key: string): Promise<void> {
  if (given.size === 0) {
    await caches.delete(key);
    return;
  }
  const cache = await caches.open(key);
  for (const r of await cache.keys()) if (calculator.test(new URL(r.url).pathname)) await cache.delete(r, { ignoreVary: true });
}

/** sound fetches a file; an engine must have the hash that it is named for. */
async function sound(name: string): Promise<Response> {
  const answer = await fetch(name);
  if (!answer.ok) throw new Error(`couldn't keep ${name}: ${answer.status}`);
  const hash = engine.exec(name)?.[1];
  if (hash) {
    const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", await answer.clone().arrayBuffer()));
    if (Array.from(sum, (b) => b.toString(16).padStart(2, "0")).join("") !== hash) throw new Error(`couldn't keep ${name}: it holds other bytes`);
  }
  return answer;
}

/** tidy removes files that no kept page names any more. */
async function tidy(cache: Cache): Promise<void> {
  const named = new Set<string>();
  const kept = (await cache.keys()).map((r) => new URL(r.url).pathname);
  for (const path of kept) {
    if (!calculator.test(path)) continue;
    named.add(path);
    for (const name of files(await (await cache.match(path, { ignoreVary: true }))?.text() ?? "")) named.add(name);
  }
  for (const path of kept) if (!named.has(path)) await cache.delete(path, { ignoreVary: true });
}

function files(html: string): string[] {
  return [...new Set(html.match(file) ?? [])];
}
