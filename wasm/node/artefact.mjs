// Loads an artefact as package wasm specifies it: no imports, bytes in, bytes out.
import { readFileSync } from "node:fs";

export function compile(path) {
	return new WebAssembly.Module(readFileSync(path));
}

export function instantiate(module) {
	const { exports } = new WebAssembly.Instance(module, {});
	exports._initialize();
	return exports;
}

// An artefact frees nothing: above this much memory an instance is to be replaced.
export const enough = 16 << 20;

// call answers one call; the answer's bytes are a copy. It throws when the module traps.
export function call(exports, name, input) {
	const at = exports.input(input.length);
	if (at !== 0) new Uint8Array(exports.memory.buffer, at, input.length).set(input);
	const length = exports[name](input.length);
	// The memory may have grown: the view is made anew.
	return new Uint8Array(exports.memory.buffer, exports.output(), length).slice();
}
