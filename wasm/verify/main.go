// Command verify is the artefact verify.wasm: package receipt behind the calls
// that package wasm specifies. TinyGo compiles it; ordinary Go only checks it.
package main

import (
	"github.com/skalig/skalig/wasm/abi"
	"github.com/skalig/skalig/wasm/receipt"
)

//go:wasmexport verify
func verify(n int32) int32 { return abi.Answer(n, receipt.Verify) }

func main() {}
