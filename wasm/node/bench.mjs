// node bench.mjs MODULE CALL COUNT <INPUT: times COUNT calls after as many again
// to warm up, and a hundred instantiations; nanoseconds and the bytes of an
// instance's memory after one call, in JSON.
import { readFileSync } from "node:fs";
import { call, compile, enough, instantiate } from "./artefact.mjs";

const [path, name, count] = [process.argv[2], process.argv[3], Number(process.argv[4])];
const input = readFileSync(0);

function times(n, f) {
	const all = [];
	for (let i = 0; i < n; i++) {
		const start = process.hrtime.bigint();
		f();
		all.push(Number(process.hrtime.bigint() - start));
	}
	return all.sort((a, b) => a - b);
}

const at = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];

const module = compile(path);
const instance = times(100, () => instantiate(module));
let exports = instantiate(module);
call(exports, name, input);
const memory = exports.memory.buffer.byteLength;
const one = () => {
	if (exports.memory.buffer.byteLength > enough) exports = instantiate(module);
	call(exports, name, input);
};
times(count, one);
const calls = times(count, one);
console.log(JSON.stringify({
	instantiate: at(instance, 0.5),
	p50: at(calls, 0.5),
	p99: at(calls, 0.99),
	memory,
}));
