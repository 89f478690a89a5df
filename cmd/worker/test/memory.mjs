// Memory of workerd over many requests, printed as it goes: npm run -s memory
//
//	REQUESTS=100000 EVERY=5000 CLIENTS=4 npm run -s memory
import { bare, first } from "./bare.mjs";
import { client, household, load } from "./load.mjs";

const requests = Number(process.env.REQUESTS ?? 100_000), every = Number(process.env.EVERY ?? 5000), clients = Number(process.env.CLIENTS ?? 4);

for (const path of process.argv.length > 2 ? process.argv.slice(2) : ["/v1/explain", "/v1/assess"]) {
  const worker = await bare();
  try {
    const { ask, close } = client(worker.url, 1);
    await first(() => ask(path, household));
    close();
    console.log(`${path}: ${(await worker.resident()).toFixed(0)} MiB after the first request`);
    let peak = 0;
    for (let done = 0; done < requests;) {
      const next = Math.min(every, requests - done);
      await load(worker.url, path, household, next, clients);
      done += next;
      const now = await worker.resident();
      peak = Math.max(peak, now);
      console.log(`${path}: ${now.toFixed(0)} MiB after ${done} requests, at most ${peak.toFixed(0)}`);
    }
  } finally {
    await worker.stop();
  }
}
