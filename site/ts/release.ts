// The check that the program running here is a release in the public log. It fetches the release's receipt and the verifier, at the visitor's
// request and never before: the receipt by the hash of the bytes that run, so that the address holds nothing of the visitor's.

import { Artefact } from "./artefact";
import type { CalculatorData, Report } from "./contract";
import { byId, count, t } from "./page";

type Outcome = "ok" | "missing" | "false" | "unreachable";

export class ReleaseCheck {
  constructor(private readonly page: CalculatorData, private readonly sha256: string) {
    const button = byId<HTMLButtonElement>("logg-knapp");
    byId("logg").hidden = sha256 === ""; // nothing was hashed, so nothing can be looked up
    button.addEventListener("click", () => void this.check(button));
  }

  private async check(button: HTMLButtonElement): Promise<void> {
    const said = byId("logg-sagt");
    button.disabled = true;
    said.className = "";
    said.textContent = t("program.log.busy");
    const [outcome, report] = await this.outcome().catch((): [Outcome] => ["unreachable"]);
    said.className = outcome === "ok" ? "" : "error";
    said.textContent = outcome === "ok" && report
      ? `${t("program.log.ok", { number: String(report.leaf?.number ?? "") })} ${count("program.log.rows", report.size ?? 0)}` : t(`program.log.${outcome}`);
    button.disabled = false;
  }

  private async outcome(): Promise<[Outcome, Report?]> {
    const answer = await fetch(`/release/${this.sha256}.json`);
    if (answer.status === 404) return ["missing"];
    if (!answer.ok) return ["unreachable"];
    const [receipt, verifier] = await Promise.all([answer.text(), Artefact.fetch(this.page.verify, this.page.verifySHA256)]);
    const report = JSON.parse(verifier.call("verify", JSON.stringify({ receipt, keys: this.page.keys }))) as Report;
    const same = report.ok && report.leaf?.kind === "release" && report.leaf.engine === this.sha256;
    return same ? ["ok", report] : ["false"];
  }
}
