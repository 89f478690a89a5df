// Receipts that are genuine by every step of the verifier, of a log that a test makes up: its own key has signed whatever the records say.
import { createHash, createHmac, createPrivateKey, createPublicKey, sign } from "node:crypto";

const origin = "log.example.se/forged";
const seed = Buffer.alloc(32, 7);
const secret = createPrivateKey({ key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]), format: "der", type: "pkcs8" });
const raw = Buffer.concat([Buffer.from([1]), createPublicKey(secret).export({ format: "der", type: "spki" }).subarray(-32)]);
const sha = (...parts) => createHash("sha256").update(Buffer.concat(parts.map((p) => Buffer.from(p)))).digest();
const keyHash = sha(`${origin}\n`, raw).subarray(0, 4);

/** The log's verifier key. */
export const key = `${origin}+${keyHash.toString("hex")}+${raw.toString("base64")}`;

/** root and path are the Merkle tree's of RFC 6962. */
function root(leaves) {
  if (leaves.length === 1) return sha([0], leaves[0]);
  const half = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  return sha([1], root(leaves.slice(0, half)), root(leaves.slice(half)));
}
function path(leaves, at) {
  if (leaves.length === 1) return [];
  const half = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  return at < half ? [...path(leaves.slice(0, half), at), root(leaves.slice(half))] : [...path(leaves.slice(half), at - half), root(leaves.slice(0, half))];
}

/** forge makes a log of records, and their receipts. */
export function forge(records) {
  const salt = Buffer.alloc(32, 3);
  let prev = "0".repeat(64);
  const leaves = records.map((record, number) => {
    const r = JSON.parse(record);
    const commitment = createHmac("sha256", salt).update(`skalig/record/1\n${record}`).digest("hex");
    const leaf = `skalig/leaf/1\nkind ${r.kind}\nmunicipality ${r.municipality}\nnumber ${r.number}\nengine ${r.engine}\nrules ${r.rules}\nprev ${r.number === 0 ? "0".repeat(64) : prev}\nday ${r.day}\ncommitment ${commitment}\n`;
    prev = sha([0], leaf).toString("hex");
    return Buffer.from(leaf);
  });
  const text = `${origin}\n${leaves.length}\n${root(leaves).toString("base64")}\n`;
  const checkpoint = `${text}\n— ${origin} ${Buffer.concat([keyHash, sign(null, Buffer.from(text), secret)]).toString("base64")}\n`;
  return records.map((record, index) => `${JSON.stringify({
    schema: "skalig/receipt/1", record, salt: salt.toString("base64"), leaf: leaves[index].toString(),
    proof: `c2sp.org/tlog-proof@v1\nindex ${index}\n${path(leaves, index).map((h) => `${h.toString("base64")}\n`).join("")}\n${checkpoint}`,
  })}\n`);
}

/** trusted has a page trust that log instead of the service's own. */
export async function trusted(page, url) {
  await page.route(url, async (route) => {
    const answer = await route.fetch();
    const body = (await answer.text()).replace(/("keys":)\[[^\]]*\]/, `$1[${JSON.stringify(key).replaceAll("+", "\\u002b")}]`).replace(/"policy":"(?:[^"\\]|\\.)*"/, '"policy":""');
    await route.fulfill({ response: answer, body });
  });
}
