// Package abi is the half of an artefact that moves bytes in and out of it.
//
// A module has one memory and no imports, so the outside hands bytes over by
// asking for room, writing there, calling, and reading:
//
//	input(n)  → address of n bytes to write; 0 when n is negative or above Limit
//	call(n)   → length of the answer to the first n bytes written there
//	output()  → address of that answer, until the next input or call
//
// input and output are exported from here; each artefact's main package
// exports its calls and answers them through Answer. An instance is used by
// one caller at a time.
package abi

import "unsafe"

// Limit is the largest input in bytes, 1 MiB.
const Limit = 1 << 20

// in and out are the buffers that the outside writes and reads.
var in, out []byte

//go:wasmexport input
func input(n int32) unsafe.Pointer {
	out = nil
	if n < 0 || n > Limit {
		in = nil
		return nil
	}
	in = make([]byte, n)
	return unsafe.Pointer(unsafe.SliceData(in))
}

//go:wasmexport output
func output() unsafe.Pointer {
	return unsafe.Pointer(unsafe.SliceData(out))
}

// Answer hands the first n bytes of the input to call, keeps what it answers
// for output, and returns its length. When input has given no room for n bytes,
// call is handed one byte more than Limit, which every call refuses in its own
// words.
func Answer(n int32, call func(in []byte) []byte) int32 {
	given := in
	if n < 0 || int(n) > len(in) {
		given = make([]byte, Limit+1)
	} else {
		given = in[:n]
	}
	out = call(given)
	return int32(len(out))
}
