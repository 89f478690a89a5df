// The lot of an auditor: 32 bytes thrown here, which stay in this browser until the auditor opens them. The form takes their seal (package
// ledger/sample). Once asked by, a lot is remembered here under its seal, and filled in where it is to be opened.

import { byId } from "./page";

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

/** seal is what binds the auditor to a secret without telling it. */
async function seal(secret: Uint8Array): Promise<string> {
  const label = new TextEncoder().encode("skalig/sample-secret/1\n");
  const bytes = new Uint8Array(label.length + secret.length);
  bytes.set(label);
  bytes.set(secret, label.length);
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

const remembered = (sum: string) => `skalig-lott-${sum}`;

async function draw(): Promise<void> {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const secret = hex(bytes), sum = await seal(bytes);
  const field = byId<HTMLInputElement>("seal");
  field.value = sum;
  byId("lott-tal").textContent = secret;
  byId<HTMLAnchorElement>("lott-fil").href = URL.createObjectURL(new Blob([secret + "\n"], { type: "text/plain" }));
  byId("lott").hidden = false;
  // A seal of one's own is of another lot than the one shown.
  field.addEventListener("input", () => { byId("lott").hidden = field.value !== sum; });
  field.form?.addEventListener("submit", () => { if (field.value === sum) keep(sum, secret); });
}

function keep(sum: string, secret: string): void {
  try { localStorage.setItem(remembered(sum), secret); } catch { /* a browser that keeps nothing: the auditor has saved it */ }
}

function fill(): void {
  for (const field of document.querySelectorAll<HTMLInputElement>("input[data-seal]")) {
    try { field.value ||= localStorage.getItem(remembered(field.dataset["seal"] ?? "")) ?? ""; } catch { return; }
  }
}

fill();
if (globalThis.crypto?.subtle) void draw();
