package main

import (
	"encoding/hex"

	"github.com/skalig/skalig/wasm"
)

// version names the release of the engine that decides.
func version() string {
	r := wasm.Current()
	return "skalig " + r.Version + ", engine " + hex.EncodeToString(r.EngineSHA256[:])
}
