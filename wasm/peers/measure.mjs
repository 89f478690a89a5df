// What an engine takes, in milliseconds; runs in Node and in a page. Rounds of the engines follow each other, so that what else the machine
// does meets them all.
export async function measure(engines, cases, { rounds = 5, starts = 5, calls = 2000 } = {}) {
  const samples = {};
  const add = (name, value) => (samples[name] ??= []).push(value);
  for (let round = 0; round < rounds; round++) {
    for (const [name, start] of Object.entries(engines)) {
      const began = [];
      let support;
      for (let i = 0; i < starts; i++) {
        const t = performance.now();
        support = await start();
        await support(cases[1]);
        began.push(performance.now() - t);
      }
      add(`${name} start`, median(began));
      for (let i = 0; i < 200; i++) await support(cases[i % cases.length]);
      const times = [];
      for (let i = 0; i < calls; i++) {
        const t = performance.now();
        await support(cases[i % cases.length]);
        times.push(performance.now() - t);
      }
      add(`${name} estimate`, median(times));
    }
  }
  return samples;
}

function median(values) {
  return values.sort((a, b) => a - b)[values.length >> 1];
}
