// The worker as it was built, in workerd: with the compatibility date, the assets and the limit that wrangler.jsonc tells the platform.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { Log, LogLevel, Miniflare } from "miniflare";

export const root = fileURLToPath(new URL("../../..", import.meta.url));
export const built = join(root, "bin", "worker");

/** settings are wrangler.jsonc: JSON with comments that fill their lines. */
export async function settings() {
  const text = await readFile(new URL("../wrangler.jsonc", import.meta.url), "utf8");
  return JSON.parse(text.replace(/^\s*\/\/.*$/gm, ""));
}

/** start runs the worker; other options of miniflare go beside those of wrangler.jsonc. */
export async function start({ assets: folder = join(built, "assets"), ...other } = {}) {
  const { compatibility_date, assets, ratelimits, vars } = await settings();
  const said = [];
  const miniflare = new Miniflare({
    name: "skalig",
    modules: true,
    modulesRoot: built,
    modulesRules: [{ type: "ESModule", include: ["**/*.js"] }, { type: "CompiledWasm", include: ["**/*.wasm"] }],
    scriptPath: join(built, "entry.js"),
    compatibilityDate: compatibility_date,
    bindings: vars,
    assets: { directory: folder, binding: assets.binding, routerConfig: { has_user_worker: true, invoke_user_worker_ahead_of_assets: false, static_routing: { user_worker: assets.run_worker_first } }, assetConfig: { html_handling: assets.html_handling, not_found_handling: assets.not_found_handling } },
    ratelimits: Object.fromEntries(ratelimits.map(({ name, simple }) => [name, { simple }])),
    log: new Log(LogLevel.ERROR),
    handleRuntimeStdio: (out, err) => [out, err].forEach((s) => s.on("data", (d) => said.push(String(d)))),
    cf: false,
    ...other,
  });
  const url = (await miniflare.ready).href.replace(/\/$/, "");
  return { url, said, stop: () => miniflare.dispose() };
}

/** without has no limit: for tests and measurements that ask often. */
export const unlimited = { ratelimits: {} };
