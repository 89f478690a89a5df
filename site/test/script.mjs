// A script of the pages as a module of its own, for tests and figures without a page.
import { readFile } from "node:fs/promises";
import typescript from "typescript";

/** script is the text of ../ts/NAME.ts without its types. */
export async function script(name) {
  const source = await readFile(new URL(`../ts/${name}.ts`, import.meta.url), "utf8");
  return typescript.transpileModule(source, { compilerOptions: { target: "es2022", module: "es2022" } }).outputText;
}

/** load runs a script that imports nothing but types. */
export const load = async (name) => import(`data:text/javascript,${encodeURIComponent(await script(name))}`);
