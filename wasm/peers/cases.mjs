// The shared cases: households of 2026 whose support is riksnorm plus costs minus incomes, with nothing that only one of the engines
// knows (no limits reached, no jobbstimulans, at most seven persons). The amounts of the first four are worked by hand.

/** bands are the columns of the norm's children: the ages, and whether lunch matters. */
export const bands = [
  { name: "0", age: 0, lunch: true }, { name: "1-2", age: 1, lunch: true }, { name: "3", age: 3, lunch: true }, { name: "4-6", age: 5, lunch: true },
  { name: "7-10", age: 8, lunch: false }, { name: "11-14", age: 12, lunch: false }, { name: "15-18", age: 16, lunch: false },
];

const worked = [
  // 3 940 + 1 280 = 5 220
  { adults: 1, children: [], rent: 0, electricity: 0, insurance: 0, sickness: 0, benefit: 0, support: 5220 },
  // 3 940 + 2 720 + 1 410 = 8 070; + 6 200 + 350 + 120 = 14 740; − 4 000 − 1 250 = 9 490
  { adults: 1, children: [{ band: 3, away: true }], rent: 6200, electricity: 350, insurance: 120, sickness: 4000, benefit: 1250, support: 9490 },
  // 7 100 + 3 820 + 4 390 + 2 030 = 17 340; + 8 000 = 25 340; − 2 650 = 22 690
  { adults: 2, children: [{ band: 4 }, { band: 5 }], rent: 8000, electricity: 0, insurance: 0, sickness: 0, benefit: 2650, support: 22690 },
  // 5 220 − 9 000 is below zero: no support
  { adults: 1, children: [], rent: 0, electricity: 0, insurance: 0, sickness: 9000, benefit: 0, support: 0 },
];

/** drawn are more of them, always the same ones. */
function drawn(count) {
  let state = 20261122;
  const next = (n) => { // Park and Miller's
    state = (state * 48271) % 2147483647;
    return state % n;
  };
  return Array.from({ length: count }, () => {
    const adults = 1 + next(2);
    const children = Array.from({ length: next(5) }, () => {
      const band = next(bands.length);
      return bands[band].lunch ? { band, away: next(2) === 1 } : { band };
    });
    return { adults, children, rent: 3000 + next(40) * 50, electricity: next(8) * 50, insurance: next(3) * 60, sickness: next(30) * 300, benefit: children.length * 1250 };
  });
}

export const cases = [...worked, ...drawn(196)];

/** counts are the children by column, as engines without lists need them: c0 … c6, and a0 … a3 of those with lunch away. */
export function counts(c) {
  const n = Object.fromEntries(bands.flatMap((b, i) => (b.lunch ? [[`c${i}`, 0], [`a${i}`, 0]] : [[`c${i}`, 0]])));
  for (const child of c.children) n[`${child.away ? "a" : "c"}${child.band}`]++;
  return n;
}

/** facts are a case in our form. */
export function facts(c) {
  const persons = Array.from({ length: c.adults }, (_, i) => ({ id: `p${i + 1}`, role: "adult", age: 34, monthsInRow: 0 }));
  c.children.forEach((child, i) => persons.push({ id: `c${i + 1}`, role: "child", age: bands[child.band].age, ...(child.away === undefined ? {} : { lunch: child.away ? "away" : "home" }) }));
  const rows = (list) => list.filter(([, amount]) => amount > 0);
  return {
    schema: "skalig/facts/1", month: "2026-11", municipality: "9999", persons, housing: { tenure: "rent", rooms: 5 },
    costs: rows([["rent", c.rent], ["electricity", c.electricity], ["homeInsurance", c.insurance]]).map(([kind, amount], i) => ({ id: `k${i + 1}`, kind, amount })),
    incomes: rows([["sicknessBenefit", c.sickness], ["childBenefit", c.benefit]]).map(([kind, amount], i) => ({ id: `i${i + 1}`, kind, person: "p1", amount })),
  };
}
