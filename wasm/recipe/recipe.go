// Package recipe says what the two artefacts are built from and how.
//
// An artefact is one main package of this module, compiled by the TinyGo that
// wasm/toolchain pins, for the target wasm/toolchain/target.json, with the
// flags of [Artefact.Flags]. Everything that can change its bytes without
// changing the toolchain is covered by [Digest]:
//
//	SHA-256 over lines, sorted, each ending in a newline:
//	  file <path from the module's root> <SHA-256 of the file in hex>
//	  flags <artefact> <flags>
//	  module <path> <version>
//
// with one file line for every Go and embedded file of this module that the
// artefacts are compiled from (tests are not), and for the target and the
// toolchain's go.mod; one module line for every other module they import. For
// example:
//
//	file wasm/engine/main.go 0f3c…
//	file wasm/toolchain/target.json 77b0…
//	flags engine -gc=leaking -opt=2 -no-debug -panic=trap
//	module golang.org/x/mod v0.42.0
package recipe

import "slices"

const (
	// Target and Toolchain are paths from the module's root.
	Target    = "wasm/toolchain/target.json"
	Toolchain = "wasm/toolchain/go.mod"
)

// An Artefact is one WebAssembly module that is released.
type Artefact struct {
	Name     string
	Package  string   // from the module's root
	Optimise string   // TinyGo's -opt
	Calls    []string // exported, each (i32) → i32
}

// Artefacts returns the two. The engine is called for every keystroke, so it
// is compiled for speed; the verifier once a receipt, so for size.
func Artefacts() []Artefact {
	return []Artefact{
		{"engine", "./wasm/engine", "2", []string{"amount", "assess", "bounds", "curve", "difference", "explain", "parameters", "period"}},
		{"verify", "./wasm/verify", "z", []string{"verify"}},
	}
}

// Flags are TinyGo's, without target and output: no collector, no debug
// information (it would hold paths), and a panic that is a trap, which the
// caller sees as an error.
//
// TinyGo 0.41.1 marks what the collector must keep before the linker inlines, so
// a collection may free memory that is in use. Nothing is collected instead: an
// instance serves one decision, and a page starts a new one when memory grows.
func (a Artefact) Flags() []string {
	return []string{"-gc=leaking", "-opt=" + a.Optimise, "-no-debug", "-panic=trap"}
}

// Exports are the names the artefact may export, sorted.
func (a Artefact) Exports() []string {
	names := append([]string{"_initialize", "input", "memory", "output"}, a.Calls...)
	slices.Sort(names)
	return names
}
