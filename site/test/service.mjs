// The real program for the tests: `bin/skalig serve --demo` on a free port with an empty data folder, or the service at $SKALIG_URL.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

async function freePort() {
  const probe = createServer();
  await new Promise((resolve, reject) => probe.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** serve starts it. With a data folder of the test's own, which is kept, the program is always started; more are further options. */
export async function serve(own, more = []) {
  if (process.env.SKALIG_URL && !own) return { url: process.env.SKALIG_URL, stop: async () => {} };
  const data = own ?? await mkdtemp(join(tmpdir(), "skalig-"));
  const port = await freePort();
  const url = `http://localhost:${port}`; // the demonstration sends people to this name
  const child = spawn(join(root, "bin", "skalig"), ["serve", "--demo", "--addr", `127.0.0.1:${port}`, "--data", data, ...more], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const out of [child.stdout, child.stderr]) out.on("data", (d) => { said += d; });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    if (!own) await rm(data, { recursive: true, force: true });
  };
  for (let tries = 0; tries < 1200; tries++) {
    if (child.exitCode !== null) throw new Error(`skalig serve ended with ${child.exitCode}:\n${said}`);
    const ready = await fetch(`${url}/readyz`).then((r) => r.status === 200, () => false);
    if (ready) return { url, stop, said: () => said };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stop();
  throw new Error(`skalig serve was not ready in two minutes:\n${said}`);
}
