// The service worker: it keeps the calculator so that it works without a network, and nothing else. What it stores are the program's own
// files: the page in the languages the visitor has opened, and the styles, scripts and engine that the page names, all by their hash. Answers
// never come near it. A version is a cache named for its engine. A page is put there last, when every file that it names is there, so that no
// page ever meets another version's files; when it stands whole, the versions before it are removed. Online, the page always comes from the network.

interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Asked extends Lasting {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Told extends Lasting {
  data: { keep?: string };
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
const keeping = new Map<string, Promise<void>>();

worker.addEventListener("install", (e) => e.waitUntil(worker.skipWaiting()));
worker.addEventListener("activate", (e) => e.waitUntil(worker.clients.claim()));

worker.addEventListener("message", (e) => {
  const [path, port] = [e.data.keep ?? "", e.ports[0]];
  if (!calculator.test(path)) return;
  const work = keeping.get(path) ?? once(path, async () => keep(path, await fetch(path)));
  e.waitUntil(work.then(() => port?.postMessage(true), () => port?.postMessage(false)));
});

worker.addEventListener("fetch", (e) => {
  const at = new URL(e.request.url);
  if (e.request.method !== "GET" || at.origin !== worker.location.origin) return;
  if (e.request.mode === "navigate" && calculator.test(at.pathname)) e.respondWith(page(e, at.pathname));
  else if (at.pathname.match(file)?.[0] === at.pathname) e.respondWith(caches.match(at.pathname, { ignoreVary: true }).then((kept) => kept ?? fetch(e.request)));
});

/** page answers from the network and keeps the answer; without a network it answers with what was kept. */
async function page(e: Asked, path: string): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(e.request);
  } catch (err) {
    const kept = await caches.match(path, { ignoreVary: true });
    if (kept) return kept;
    throw err;
  }
  const copy = answer.clone();
  e.waitUntil(once(path, () => keep(path, copy)).catch(() => undefined)); // what was kept before stands
  return answer;
}

function once(path: string, work: () => Promise<void>): Promise<void> {
  const done = work().finally(() => keeping.delete(path));
  keeping.set(path, done);
  return done;
}

/** keep stores a page and every file that it names, or fails and leaves all as it was. */
async function keep(path: string, answer: Response): Promise<void> {
  if (!answer.ok || answer.redirected) throw new Error(`couldn't keep ${path}: ${answer.status}`);
  const whole = answer.clone();
  const names = files(await answer.text());
  const hash = names.map((n) => engine.exec(n)?.[1]).find((h) => h !== undefined);
  if (!hash) throw new Error(`couldn't keep ${path}: it names no engine`);
  const cache = await caches.open(prefix + hash);
  for (const name of names) if (!await cache.match(name, { ignoreVary: true })) await cache.put(name, await sound(name));
  await cache.put(path, whole);
  for (const key of await caches.keys()) if (key.startsWith(prefix) && key !== prefix + hash) await caches.delete(key);
  await tidy(cache);
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
