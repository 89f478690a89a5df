// A source file of the worker as a module, its types taken away.
import { readFile } from "node:fs/promises";
import ts from "typescript";

export async function build(name) {
  const source = await readFile(new URL(`../${name}`, import.meta.url), "utf8");
  const { outputText } = ts.transpileModule(source, { compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022, verbatimModuleSyntax: true } });
  return import(`data:text/javascript,${encodeURIComponent(outputText)}`);
}
