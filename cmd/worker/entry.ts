// What the platform calls for every request: the estimate under /v1/, the pages beside it, and the service's own address for all else.

import { allowed, type Limit } from "./limit";
import { artefact, ask, mark } from "./program";

/** What the build knows: the artefact's digest, and the headers of an answer of assess by its status. */
declare const BUILT: { sha256: string; assess: Record<string, Record<string, string>> };

interface Env {
  LIMIT?: Limit; // a bucket for each address
  ASSETS?: { fetch(request: Request | URL): Promise<Response> };
  SERVICE?: string; // https://host of the municipality's own service, for everything that is not here
}

const maxInput = 1 << 20;
const wrong = new TextEncoder().encode('{"errors":');

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const url = new URL(request.url);
    if (url.pathname.startsWith("/v1/")) return estimate(request, url, env);
    return page(request, url, env);
  },
};

async function estimate(request: Request, url: URL, env: Env): Promise<Response> {
  const may = await allowed(env.LIMIT, request);
  const body = await read(request);
  if (may && body && body.length <= maxInput && request.method === "POST" && url.pathname === "/v1/assess" && url.search === "") {
    const answer = assess(body);
    if (answer) return answer;
  }
  return ask(BUILT.sha256, { url: request.url, method: request.method, headers: new Headers(may ? {} : { [mark]: "1" }), body });
}

/** assess answers from the artefact alone, or not at all: then the program says that it failed. */
function assess(body: Uint8Array): Response | undefined {
  try {
    const out = artefact(BUILT.sha256).answer("assess", body);
    const status = wrong.every((c, i) => out[i] === c) ? 422 : 200;
    return new Response(out, { status, headers: BUILT.assess[status] ?? {} });
  } catch {
    return undefined;
  }
}

/** read returns a body, or a little more than may be in one. */
async function read(request: Request): Promise<Uint8Array | null> {
  if (request.body === null) return null;
  if (Number(request.headers.get("content-length") ?? Infinity) <= maxInput) return new Uint8Array(await request.arrayBuffer());
  const reader = request.body.getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  while (length <= maxInput) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    length += value.length;
  }
  if (length > maxInput) await reader.cancel();
  const all = new Uint8Array(length);
  let at = 0;
  for (const p of pieces) {
    all.set(p, at);
    at += p.length;
  }
  return all;
}

/** page gives a page that was taken from the service; the platform has looked for it before, unless the worker comes first. */
async function page(request: Request, url: URL, env: Env): Promise<Response> {
  if (env.ASSETS && (request.method === "GET" || request.method === "HEAD")) {
    const answer = await env.ASSETS.fetch(request);
    if (answer.status !== 404) return answer;
  }
  if (!env.SERVICE) return new Response("Sidan finns inte här.\n", { status: 404, headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" } });
  return new Response(null, { status: 307, headers: { location: env.SERVICE + url.pathname + url.search, "cache-control": "no-store" } });
}
