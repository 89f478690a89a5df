// Package conformance is the published suite that another implementation of
// skalig/facts/1, skalig/guideline/1 and skalig/result/1 is held against: JSON
// Schemas (draft 2020-12) of the forms, and cases with the one right answer to
// each.
//
// # The suite as files
//
//	manifest.json                 the digests of everything below
//	schema/facts.json             urn:skalig:schema:facts:1.0, and so on
//	cases/NAME/input.json         the input of the call assess, on one line
//	cases/NAME/answer.json        the answer, in canonical form, on one line
//	cases/NAME/working.txt        the answer worked by hand, or what must be refused
//
// An implementation conforms when it answers each input.json with the bytes of
// answer.json: the facts in canonical form and the result with its whole trace,
// or the errors of what it must refuse. The newline that ends a file or a line
// belongs to neither.
//
// A program is tested in one of two ways. Run once a case, it reads an input on
// standard input and writes the answer on standard output. Run once for all, it
// reads an input a line and writes an answer a line, in the same order; the one
// case that is an empty line is left out then.
//
// # Manifest
//
//	{"schema":"skalig/conformance/1",
//	 "schemas":[{"name":"facts.json","id":"urn:skalig:schema:facts:1.0","sha256":"…"},…],
//	 "cases":[{"name":"2026-single","input":"…","answer":"…"},…]}
//
// Digests are SHA-256 in hex of the files as they stand. The manifest is kept
// beside this file, so a change of any answer is seen in it.
//
// # Versions
//
// The number after the form's name (facts/1) changes when an input that was
// valid no longer is, or means something else. The schema's own version (1.0)
// grows when the form is extended.
package conformance

import (
	"fmt"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/skalig/skalig/engine/sol/soltest"
)

// A Case is one input of the call assess.
type Case struct {
	Name    string
	Working string // how the answer is worked by hand, or why it is refused
	Input   []byte // one line, without its end
	Refused string // the first problem, "facts.month no-norm"; "" when the input is valid
	Beyond  bool   // refused for what a JSON Schema cannot express
}

// Cases returns every case: those worked by hand, then those that must be
// refused.
func Cases() ([]Case, error) {
	worked, err := soltest.Cases()
	if err != nil {
		return nil, err
	}
	var all []Case
	for _, c := range worked {
		input := jsontext.Value(c.Input())
		if err := input.Compact(); err != nil {
			return nil, fmt.Errorf("couldn't write the case %s on a line: %w", c.Name, err)
		}
		all = append(all, Case{Name: c.Name, Working: c.Working, Input: input})
	}
	return append(all, refused()...), nil
}
