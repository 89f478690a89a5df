// The worker on this machine, until it is interrupted: make worker-dev
import { start } from "./worker.mjs";

const { url } = await start({ port: Number(process.env.PORT ?? 8787) });
console.log(`the worker answers at ${url}`);
