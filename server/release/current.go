package release

import (
	"crypto/sha256"
	"errors"
	"slices"

	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/wasm"
	"github.com/skalig/skalig/wasm/contract"
)

// Current is the statement of what this build decides by, from a day on: its newest
// artefacts, their parameters, and the guidelines that it is given.
func Current(from string, guidelines []municipal.Entry) (Statement, error) {
	r := wasm.Current()
	if !date("2006-01-02", from) {
		return Statement{}, errors.New("couldn't state the release: its first day is not a date like 2026-12-01")
	}
	parameters := contract.Call("parameters", nil)
	s := Statement{Version: r.Version, Engine: r.EngineSHA256, Verify: r.VerifySHA256, Rules: sha256.Sum256(parameters), From: from}
	for _, g := range guidelines {
		s.Guidelines = append(s.Guidelines, Guideline{Municipality: g.Code, From: g.From.String(),
			SHA256: sha256.Sum256(g.Bytes), Rules: sha256.Sum256(slices.Concat(parameters, g.Bytes))})
	}
	return s, nil
}
