// Package receipt is the verifier's interface to the world: JSON bytes in, JSON
// bytes out. The artefact verify.wasm exports it and native programs may call
// it, so that both run the same code from the first byte to the last.
//
// A call hands over a receipt's file, exactly as it is stored, and the verifier
// keys of the logs its reader trusts (golang.org/x/mod/sumdb/note, one string
// each):
//
//	{"receipt":"{\"schema\":\"skalig/receipt/1\",…}\n","keys":["example.se/log+5c8f1d20+AW…"]}
//
// and the answer is ledger.Report in JSON. A file that is no receipt is a report
// like any other, one whose first step failed. A call that isn't in the form
// above gives
//
//	{"errors":[{"code":"unknown-field","path":"key"}]}
//
// with a code of package engine's reader, too-large, or required.
package receipt

import (
	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/ledger"
)

const (
	// MaxInput is the largest call in bytes.
	MaxInput = 1 << 20

	maxKeys = 64
	maxKey  = 1024
)

var members = []string{"receipt", "keys"}

// Verify answers one call.
func Verify(in []byte) []byte {
	if len(in) > MaxInput {
		return refuse([]engine.Problem{{Code: "too-large"}})
	}
	var file string
	var keys []string
	r := engine.NewReader(in, "")
	present := r.Object(members, func(i int) {
		switch members[i] {
		case "receipt":
			file = r.Verbatim(MaxInput)
		case "keys":
			r.Array(maxKeys, func(int) { keys = append(keys, r.Text(maxKey)) })
		}
	})
	r.Done()
	problems := r.Problems()
	for i, name := range members {
		if len(problems) == 0 && present&(1<<uint(i)) == 0 {
			problems = []engine.Problem{{Code: "required", Path: name}}
		}
	}
	if len(problems) > 0 {
		return refuse(problems)
	}
	return ledger.Verify([]byte(file), keys).JSON()
}

func refuse(problems []engine.Problem) []byte {
	var w engine.Writer
	w.Open('{')
	w.Key("errors")
	w.Open('[')
	for _, p := range problems {
		w.Open('{')
		w.Text("code", p.Code)
		w.Text("path", p.Path)
		w.Close('}')
	}
	w.Close(']')
	w.Close('}')
	return w.Bytes()
}
