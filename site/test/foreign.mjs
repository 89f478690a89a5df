// A municipality's own site, on another origin than the service, with a policy that allows the embedded calculator and nothing else. As a
// program, `node foreign.mjs`, it is the demonstration of the embedded calculator.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { serve } from "./service.mjs";

const dist = new URL("../dist/", import.meta.url);

/** foreign serves embed.html; change may alter its text. */
export async function foreign(service, change = (html) => html) {
  const name = JSON.parse(await readFile(new URL("manifest.json", dist), "utf8"))["embed.js"];
  const integrity = `sha384-${createHash("sha384").update(await readFile(new URL(name, dist))).digest("base64")}`;
  const html = change((await readFile(new URL("embed.html", import.meta.url), "utf8"))
    .replace("{script}", `${service}/assets/${name}`).replace("{integrity}", integrity).replace("{service}", service));
  const server = createServer((request, answer) => {
    if (request.url !== "/") return answer.writeHead(404).end();
    answer.writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": `default-src 'none'; script-src ${service} 'wasm-unsafe-eval'; connect-src ${service}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'`,
      "cross-origin-embedder-policy": "require-corp",
      "referrer-policy": "no-referrer",
    }).end(html);
  });
  await new Promise((resolve) => server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const service = await serve();
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void service.stop().then(() => process.exit()));
  let shown = "";
  const site = await foreign(service.url, (html) => (shown = html));
  console.log(`a municipality's page with the calculator: ${site.url}\n${/<script.*<\/script>/.exec(shown)?.[0]}`);
}
