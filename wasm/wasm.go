// Package wasm holds the released artefacts: the engine and the verifier of
// receipts as WebAssembly modules, each kept under its SHA-256 for as long as
// there are decisions that name it.
//
// # The modules
//
// An artefact imports nothing, so no clock, chance, network or file can reach
// it, which anyone can see in its import section. It exports its memory,
// _initialize (to be called once, first), and functions of 32-bit integers:
//
//	input(n)  → address where n bytes of input may be written; 0 when n is
//	            above 1 MiB: then nothing is written and call(n) answers errors
//	call(n)   → length of the answer to the first n bytes written there
//	output()  → address of that answer, until the next input or call
//
// The calls of engine.wasm are those of package contract, that of verify.wasm is
// that of package receipt:
//
//	verify  {"receipt":"<the receipt's file>","keys":["<verifier key>", …],"policy":"<its text>"} → ledger.Report in JSON
//
// Input and answer are JSON in UTF-8. Wrong input gives an answer with
// "errors", never a trap. A trap means that the artefact failed: that instance
// is spent, and whoever called it has no answer.
//
// An instance serves one caller at a time and frees nothing (package recipe says
// why): its memory grows with every call, by 256 bytes for the amount below, 24
// kB for assess and 130 kB for explain of an ordinary household. A binding
// decision is made in a fresh instance; a page keeps one until it has grown large.
//
// In a page, in Node or at an edge:
//
//	const module = await WebAssembly.compileStreaming(fetch(url));
//	let engine = start();
//
//	function start() {
//		const { exports } = new WebAssembly.Instance(module, {});
//		exports._initialize();
//		return exports;
//	}
//
//	function call(name, text) {
//		if (engine.memory.buffer.byteLength > 16 << 20) engine = start();
//		const bytes = new TextEncoder().encode(text);
//		const at = engine.input(bytes.length);
//		if (at !== 0) new Uint8Array(engine.memory.buffer, at, bytes.length).set(bytes);
//		const length = engine[name](bytes.length);
//		// The memory may have grown: the view is made anew.
//		return new TextDecoder().decode(new Uint8Array(engine.memory.buffer, engine.output(), length));
//	}
//
//	call("amount", "1 200,50 kr"); // {"amount":1200.5}
//
// Addresses are unsigned; above 2 GiB a caller in JavaScript would have to
// write `>>> 0`, which no input within the limit comes near.
//
// # The releases
//
// release/manifest.json lists the releases, newest last, and
// release/<SHA-256 in hex>.wasm are their artefacts:
//
//	{
//		"schema": "skalig/releases/1",
//		"releases": [
//			{
//				"version": "0.1.0",
//				"engine": "<SHA-256 of engine.wasm>",
//				"verify": "<SHA-256 of verify.wasm>",
//				"source": "<recipe.Digest>",
//				"toolchain": "tinygo 0.41.1, llvm 19.1.7, go 1.26.8"
//			}
//		]
//	}
//
// The bytes are reproducible: `go run ./wasm/build` builds them again from
// source and fails unless they are the newest release's. After a change of the
// engine or the verifier, `go run ./wasm/build -release VERSION` makes the next
// one; a test fails until it is made.
package wasm

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"slices"
	"sync"
)

//go:embed release
var files embed.FS

// kept is what is embedded, read once. A defect in it is one of this build,
// and no decision can be made with such a build.
var kept = sync.OnceValue(func() []Release {
	data, err := files.ReadFile("release/manifest.json")
	if err != nil {
		panic("wasm: " + err.Error())
	}
	releases, err := ParseManifest(data)
	if err != nil {
		panic("wasm: " + err.Error())
	}
	if len(releases) == 0 {
		panic("wasm: this build holds no release")
	}
	return releases
})

// Releases returns every kept release, newest last.
func Releases() []Release { return slices.Clone(kept()) }

// Current returns the newest release.
func Current() Release { return kept()[len(kept())-1] }

// Engine returns the engine of a kept release, whose SHA-256 is sha.
func Engine(sha [32]byte) ([]byte, bool) {
	return artefact(sha, func(r Release) bool { return r.EngineSHA256 == sha })
}

// Verify returns the verifier of a kept release, whose SHA-256 is sha.
func Verify(sha [32]byte) ([]byte, bool) {
	return artefact(sha, func(r Release) bool { return r.VerifySHA256 == sha })
}

func artefact(sha [32]byte, released func(Release) bool) ([]byte, bool) {
	if !slices.ContainsFunc(kept(), released) {
		return nil, false
	}
	data, err := files.ReadFile("release/" + hex.EncodeToString(sha[:]) + ".wasm")
	if err != nil || sha256.Sum256(data) != sha {
		return nil, false
	}
	return data, true
}
