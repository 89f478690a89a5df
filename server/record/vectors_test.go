package record_test

import (
	"encoding/json"
	"errors"
	"flag"
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
	"github.com/skalig/skalig/server/record"
)

var update = flag.Bool("update", false, "write testdata/vectors.jsonl anew")

const vectorsFile = "testdata/vectors.jsonl"

// A vector is a record with what a reader of its form must say of it, named for its
// defect, in a receipt with what a verifier must say of that. A verifier reads the
// header only, so that a receipt may be sound and its record not in its form.
type vector struct {
	Name    string        `json:"name"`
	Form    string        `json:"form"`
	Good    bool          `json:"good"`
	Receipt string        `json:"receipt"`
	Keys    []string      `json:"keys"`
	Reason  ledger.Reason `json:"reason"` // empty: the receipt is sound
}

func vectors(t *testing.T) (all []vector) {
	t.Helper()
	signer, vkey := ledgertest.Key("log.example.se/skalig")
	add := func(f form, name, text string, good bool) {
		file := sole(t, f, signer, text)
		all = append(all, vector{f.name + ": " + name, f.name, good, string(file), []string{vkey}, ledger.Verify(file, []string{vkey}).Reason})
	}
	for _, f := range forms() {
		add(f, "nothing wrong", f.text, true)
		for _, spoils := range []map[string][2]string{everywhere, f.spoils} {
			for _, name := range slices.Sorted(maps.Keys(spoils)) {
				add(f, name, strings.Replace(f.text, spoils[name][0], spoils[name][1], 1), false)
			}
		}
		add(f, "trailing newline", f.text+"\n", false)
	}
	return all
}

// sole is the receipt of a record whose leaf is alone in its log. The leaf says what
// the record of this form says where nothing is wrong.
func sole(t *testing.T, f form, signer note.Signer, text string) []byte {
	t.Helper()
	var h struct {
		Kind         ledger.Kind `json:"kind"`
		Municipality string      `json:"municipality"`
		Number       uint64      `json:"number"`
		Day          string      `json:"day"`
	}
	if err := json.Unmarshal([]byte(f.text), &h); err != nil {
		t.Fatal(err)
	}
	salt := [32]byte{7}
	leaf := ledger.Leaf{Kind: h.Kind, Municipality: h.Municipality, Number: h.Number, Engine: [32]byte{1}, Rules: [32]byte{2}, Prev: [32]byte{9},
		Day: h.Day, Commitment: ledger.Commit(salt, []byte(text))}.Marshal()
	log, err := ledgertest.NewMemory(signer)
	if err == nil {
		err = log.Append(t.Context(), 0, [][]byte{leaf})
	}
	if err != nil {
		t.Fatal(err)
	}
	signed, err := log.ReadCheckpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return (&ledger.Receipt{Record: []byte(text), Salt: salt, Leaf: leaf, Checkpoint: signed}).Marshal()
}

// TestVectors holds the parsers and the verifier to the file, and the file to the
// tables. site/test/records.test.mjs holds the artefact, and a reader in another
// language, to the same file.
func TestVectors(t *testing.T) {
	parsers := map[string]form{}
	for _, f := range forms() {
		parsers[f.name] = f
	}
	good, bad := 0, 0
	for _, v := range ledgertest.Vectors(t, vectorsFile, *update, vectors(t)) {
		rep := ledger.Verify([]byte(v.Receipt), v.Keys)
		if rep.Reason != v.Reason || v.Good && v.Reason != "" {
			t.Errorf("%s: the verifier says %q, want %q", v.Name, rep.Reason, v.Reason)
		}
		var r struct{ Record string }
		if err := json.Unmarshal([]byte(v.Receipt), &r); err != nil {
			t.Fatalf("%s: %v", v.Name, err)
		}
		parsed, err := parsers[v.Form].parse([]byte(r.Record))
		if v.Good != (err == nil) || err != nil && !errors.Is(err, record.ErrMalformed) {
			t.Errorf("%s: %v", v.Name, err)
		}
		if err != nil {
			bad++
			continue
		}
		good++
		if back, err := parsed.Marshal(); err != nil || string(back) != r.Record {
			t.Errorf("%s: written again otherwise: %v", v.Name, err)
		}
	}
	if good != len(parsers) || bad < 80 {
		t.Errorf("%d records are good, %d are not", good, bad)
	}
}
