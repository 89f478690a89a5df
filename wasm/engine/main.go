// Command engine is the artefact engine.wasm: package contract behind the calls
// that package wasm specifies. TinyGo compiles it; ordinary Go only checks it.
package main

import (
	"github.com/skalig/skalig/wasm/abi"
	"github.com/skalig/skalig/wasm/contract"
)

//go:wasmexport assess
func assess(n int32) int32 { return abi.Answer(n, contract.Assess) }

// explainer lives as long as the instance.
var explainer contract.Explainer

//go:wasmexport explain
func explain(n int32) int32 { return abi.Answer(n, explainer.Explain) }

//go:wasmexport difference
func difference(n int32) int32 { return abi.Answer(n, contract.Difference) }

//go:wasmexport curve
func curve(n int32) int32 { return abi.Answer(n, contract.Curve) }

//go:wasmexport bounds
func bounds(n int32) int32 { return abi.Answer(n, contract.Bounds) }

//go:wasmexport period
func period(n int32) int32 { return abi.Answer(n, contract.Period) }

//go:wasmexport amount
func amount(n int32) int32 { return abi.Answer(n, contract.Amount) }

//go:wasmexport parameters
func parameters(n int32) int32 { return abi.Answer(n, contract.Parameters) }

func main() {}
