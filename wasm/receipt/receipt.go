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
// or a policy (package ledger), which lists the logs and the witnesses that its
// reader demands; both where the policy lists no log:
//
//	{"receipt":"…","policy":"log example.se/log+5c8f1d20+AW…\nquorum none\n"}
//
// and the answer is ledger.Report in JSON. Without a policy no witness is required,
// and the report says so. A file that is no receipt is a report
// like any other, one whose first step failed. A call that isn't in the form
// above gives
//
//	{"errors":[{"code":"unknown-field","path":"key"}]}
//
// with a code of package engine's reader, too-large, required, or policy-malformed.
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

	maxPolicy = 64 << 10
)

var members = []string{"receipt", "keys", "policy"}

// Verify answers one call.
func Verify(in []byte) []byte {
	if len(in) > MaxInput {
		return refuse([]engine.Problem{{Code: "too-large"}})
	}
	var file, text string
	var keys []string
	r := engine.NewReader(in, "")
	present := r.Object(members, func(i int) {
		switch members[i] {
		case "receipt":
			file = r.Verbatim(MaxInput)
		case "keys":
			r.Array(maxKeys, func(int) { keys = append(keys, r.Text(maxKey)) })
		case "policy":
			text = r.Verbatim(maxPolicy)
		}
	})
	r.Done()
	problems := r.Problems()
	const withReceipt, withKeys, withPolicy = 1, 2, 4
	switch {
	case len(problems) > 0:
	case present&withReceipt == 0:
		problems = []engine.Problem{{Code: "required", Path: "receipt"}}
	case present&(withKeys|withPolicy) == 0:
		problems = []engine.Problem{{Code: "required", Path: "keys"}}
	}
	if len(problems) > 0 {
		return refuse(problems)
	}
	if present&withPolicy == 0 {
		return ledger.Verify([]byte(file), keys).JSON()
	}
	policy, err := ledger.ParsePolicy([]byte(text))
	if err == nil {
		policy, err = policy.Believing(keys...)
	}
	if err != nil {
		return refuse([]engine.Problem{{Code: string(ledger.PolicyMalformed), Path: "policy"}})
	}
	return ledger.VerifyPolicy([]byte(file), policy).JSON()
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
