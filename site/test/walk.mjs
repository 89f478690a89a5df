// The walk of an application through the pages, as a person clicks it: calculator, sign-in, check, send, decision.
import assert from "node:assert/strict";
import { fill, ready } from "./household.mjs";

/** signIn picks a test person where the e-ID would be. */
export async function signIn(page, id) {
  await page.waitForSelector(`button[name=person][value=${id}]`);
  await page.click(`button[name=person][value=${id}]`);
}

/** send takes the calculator's answers to a sent application. change may fill in more before that. */
export async function send(page, url, id, change = async () => {}) {
  await ready(page, url);
  await fill(page);
  await change(page);
  await page.click("#ansok-knapp");
  await signIn(page, id);
  await page.waitForURL("**/ansok/kontrollera");
  await page.check("#attest");
  await page.getByRole("button", { name: "Skicka ansökan" }).click();
  await page.waitForURL("**/arende/*");
}

/** decided waits until the case shows its decision. */
export async function decided(page) {
  for (let tries = 0; tries < 40; tries++) {
    if (await page.locator(".receipt").count()) return;
    await page.waitForTimeout(250);
    await page.reload();
  }
  assert.fail(`no decision came: ${await page.textContent("main")}`);
}

/** receipt saves the case's receipt as the person would. */
export async function receipt(page, to) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Spara kvittot" }).click()]);
  await download.saveAs(to);
}

/** table is the explanation's rows as text, depth first. */
export async function table(page, root) {
  const rows = await page.locator(`${root} tbody tr`).evaluateAll((list) => list.map((tr) => {
    const label = tr.querySelector("summary") ?? tr.querySelector("th");
    return `${label.textContent.trim()} | ${tr.querySelector("td").textContent.trim()}`;
  }));
  return rows.map((r) => r.replace(/\s+/g, " "));
}

/** work takes an open case from its warnings to an approved calculation, with a change of the calculation on the way if one is given. */
export async function work(page, change) {
  while (await page.getByRole("button", { name: /^Kvittera/ }).count()) {
    await page.locator("input[name^=note-]").first().fill("Läst, och stämt av med sökanden.");
    await page.getByRole("button", { name: /^Kvittera/ }).first().click();
    await page.waitForLoadState();
  }
  if (change) {
    await page.selectOption("#what", change.what);
    await page.fill("#override-amount", change.amount);
    await page.fill("#override-reason", change.reason);
    await page.selectOption("#ground", change.ground);
    await page.getByRole("button", { name: "Visa effekten" }).click();
    await page.waitForSelector("input[name=shown]", { state: "attached" });
    await page.getByRole("button", { name: "Spara ändringen" }).click();
    await page.waitForLoadState();
  }
  await page.getByRole("button", { name: "Godkänn beräkningen" }).click();
  await page.waitForLoadState();
}

/** letter waits for a decision's letter on the case's page, saves it as the person would, and gives where it is. */
export async function letter(page, at) {
  await page.goto(at);
  const link = page.getByRole("link", { name: "Spara brevet som PDF" });
  for (let tries = 0; tries < 120 && !(await link.count()); tries++) {
    await page.waitForTimeout(500);
    await page.reload();
  }
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  assert.match(download.suggestedFilename(), /^beslut-9999-\d+\.pdf$/);
  return download.path();
}

/** account says where a person wants the money: kind is bank unless said, share (all or half) is asked of couples alone. */
export async function account(page, url, { kind = "bank", clearing = "", number, share }) {
  await page.goto(`${url}/mina/konto`);
  await page.selectOption("#kind", kind);
  await page.fill("#clearing", clearing);
  await page.fill("#number", number);
  if (share) await page.check(`#share-${share}`);
  await page.getByRole("button", { name: "Spara kontot" }).click();
  await page.getByText("Vi betalar till det här kontot").waitFor();
}
