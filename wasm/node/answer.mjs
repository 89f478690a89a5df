// node answer.mjs MODULE: answers calls from standard input until it ends.
//
//	call    length of the name (1 byte), the name, length of the input (4 bytes), the input
//	answer  length (4 bytes, 0xffffffff for a trap), the answer
//
// Lengths are big-endian. An instance serves many calls, as in a page; a new one
// takes its place after a trap and when its memory has grown large.
import { readSync, writeSync } from "node:fs";
import { call, compile, enough, instantiate } from "./artefact.mjs";

const module = compile(process.argv[2]);
let exports = instantiate(module);

// read returns the next n bytes, or null at the end.
function read(n) {
	const bytes = Buffer.alloc(n);
	for (let got = 0; got < n; ) {
		const more = readSync(0, bytes, got, n - got, null);
		if (more === 0) return null;
		got += more;
	}
	return bytes;
}

function write(bytes) {
	for (let put = 0; put < bytes.length; ) put += writeSync(1, bytes, put);
}

for (let head; (head = read(1)) !== null; ) {
	const name = read(head[0]).toString();
	const input = read(read(4).readUInt32BE());
	const length = Buffer.alloc(4);
	if (exports.memory.buffer.byteLength > enough) exports = instantiate(module);
	try {
		const answer = call(exports, name, input);
		length.writeUInt32BE(answer.length);
		write(Buffer.concat([length, answer]));
	} catch (error) {
		if (!(error instanceof WebAssembly.RuntimeError)) throw error;
		length.writeUInt32BE(0xffffffff);
		write(length);
		exports = instantiate(module);
	}
}
