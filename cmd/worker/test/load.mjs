// Requests to a worker over kept connections, and what they cost it.
import { Agent, request } from "node:http";
import { performance } from "node:perf_hooks";

export const household = JSON.stringify({ facts: {
  schema: "skalig/facts/1", month: "2026-11", municipality: "9999", housing: { tenure: "rent", rooms: 2 },
  persons: [{ id: "p1", role: "adult", age: 34, monthsInRow: 2, jobbstimulansFrom: "never" }, { id: "c1", role: "child", age: 5, lunch: "away" }],
  costs: [{ id: "k1", kind: "rent", amount: 8200 }, { id: "k2", kind: "electricity", amount: 450 }, { id: "k3", kind: "homeInsurance", amount: 130 }],
  incomes: [{ id: "i1", kind: "wage", person: "p1", amount: 6000 }, { id: "i2", kind: "childBenefit", person: "p1", amount: 1250 }],
} });

/** client asks with kept connections; a status other than 200 is an error. */
export function client(url, connections) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const ask = (path, body) => new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    request(url + path, { agent, method: body === undefined ? "GET" : "POST", headers }, (answer) => {
      answer.resume().once("end", () => (answer.statusCode === 200 ? resolve() : reject(new Error(`${path}: ${answer.statusCode}`))));
    }).once("error", reject).end(body);
  });
  return { ask, close: () => agent.destroy() };
}

/** load asks count times with so many clients at a time. It returns requests a second and the times in ms, sorted. */
export async function load(url, path, body, count, clients) {
  const { ask, close } = client(url, clients);
  const times = [];
  let left = count;
  const start = performance.now();
  await Promise.all(Array.from({ length: clients }, async () => {
    while (left-- > 0) {
      const began = performance.now();
      await ask(path, body);
      times.push(performance.now() - began);
    }
  }));
  const took = performance.now() - start;
  close();
  return { rate: count / took * 1000, times: times.sort((a, b) => a - b) };
}
