// The household that the tests fill in: a single parent with a child of five, in the demonstration's municipality. The amounts are worked by
// hand from the norm of 2026: 3 940 + 2 720 (child of 4–6 with lunch in preschool) + 1 410 (joint, two persons) = 8 070; costs 6 200,50 + 350
// + 120 = 6 670,50; incomes 4 000 + 1 250 = 5 250; 8 070 + 6 670,50 − 5 250 = 9 490,50.
import assert from "node:assert/strict";

export const support = "9 490,50 kr";

/** ready opens the calculator with all its questions on one page. */
export async function ready(page, url) {
  await page.goto(`${url}/rakna#alla`, { waitUntil: "networkidle" });
  await page.waitForSelector("#rakna:not([hidden])");
}

export async function fill(page) {
  await page.selectOption("#kommun", "9999");
  await page.fill("#p1-age", "34");
  await page.check("#p1-before-no");
  await page.click("#barn-nytt");
  await page.fill("#c1-age", "5");
  await page.check("#c1-lunch-away");
  await page.fill("#rooms", "2");
  await page.fill("#rent", "6 200,50");
  await page.fill("#electricity", "350");
  await page.fill("#homeInsurance", "120 kr");
  await page.fill("#p1-sicknessBenefit", "4 000");
  await page.fill("#p1-childBenefit", "1250");
}

/** plain makes spaces that do not break into ordinary ones. */
export function plain(text) {
  return text.replace(/\u00a0/g, " ").trim();
}

/** everyField fills in two adults, five children and every field there is. */
export async function everyField(page) {
  await page.selectOption("#manad", { index: 0 });
  await page.selectOption("#kommun", "9999");
  await page.check("#vuxna-2");
  for (const [p, age, months] of [["p1", "34", "8"], ["p2", "61", "30"]]) {
    await page.fill(`#${p}-age`, age);
    await page.check(`#${p}-before-yes`);
    await page.fill(`#${p}-months`, months);
  }
  for (let i = 0; i < 6; i++) await page.click("#barn-nytt");
  await page.getByRole("button", { name: "Ta bort barn 2" }).click(); // the ids of the others stay: c1, c3, …
  for (const [child, age] of [["c1", "5"], ["c3", "0"], ["c4", "18"], ["c5", "19"], ["c6", "16"]]) await page.fill(`#${child}-age`, age);
  for (const answer of ["c1-lunch-away", "c3-lunch-home", "c4-school-yes", "c5-school-no", "c6-works", "c4-works"]) await page.check(`#${answer}`);
  await page.fill("#c4-days", "15");
  await page.check("#gemenskap-ja");
  await page.fill("#community", "9");
  await page.selectOption("#tenure", "sublet");
  await page.fill("#rent", "9000");
  await page.check("#hela-ja");
  for (const [i, input] of (await page.locator("#uppgifter input.money:visible").all()).entries()) await input.fill(`${1 + i} 0${10 + i},5`);
  for (const [id, n] of [["rooms", "7"], ["ownRooms", "3"], ["sharedRooms", "2"], ["km", "31"]]) await page.fill(`#${id}`, n);
  for (const p of ["p1", "p2"]) await page.selectOption(`#${p}-from`, { index: 4 });
  for (const box of await page.locator("#fraga-sarskilt input").all()) await box.check();
  const empty = await page.locator("#uppgifter input:visible:not([type=radio], [type=checkbox]), #uppgifter select:visible")
    .evaluateAll((list) => list.filter((e) => e.value === "").map((e) => e.id));
  assert.deepEqual(empty.filter((id) => !/^c[1356]-days$/.test(id)), [], "fields that the household doesn't use");
}

/** sharing has the page's municipalities share a rent by rooms, as guidelines can: only then are the rooms asked for. */
export async function sharing(page) {
  await page.route(/\/rakna(#.*)?$/, async (route) => {
    const answer = await route.fetch();
    const body = (await answer.text()).replaceAll('"schema":"skalig/guideline/1",', '"schema":"skalig/guideline/1","rentShare":"rooms",');
    await route.fulfill({ response: answer, body });
  });
}
