// Package replaytest makes genuine receipts of decisions that replay, and of
// decisions that should not.
package replaytest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/wasm"
	"github.com/skalig/skalig/wasm/contract"
)

const origin = "log.example.se/skalig"

// Key is the verifier key of the log that the receipts are of.
var Key = func() string {
	_, vkey := ledgertest.Key(origin)
	return vkey
}()

// single is a person of 34: the norm 5 220, rent 6 500 under the cap of 7 000,
// and a sickness benefit.
const single = `{"schema":"skalig/facts/1","month":"2026-11","municipality":"9999",` +
	`"persons":[{"id":"p1","role":"adult","age":34,"monthsInRow":0}],"housing":{"tenure":"rent","rooms":2},` +
	`"costs":[{"id":"k1","kind":"rent","amount":6500}],` +
	`"incomes":[{"id":"i1","kind":"sicknessBenefit","person":"p1","amount":%d,"month":"2026-10","source":"declared"}]}`

// Decision is number n of the demonstration's municipality, by the current
// release: it grants 5 220 + 6 500 − (1 000 + n) kronor.
func Decision(t testing.TB, n int) *record.Decision {
	t.Helper()
	guideline, ok := municipal.File(municipal.Demo)
	if !ok {
		t.Fatal("the demonstration has no guideline")
	}
	var a struct{ Facts, Result json.RawMessage }
	if err := json.Unmarshal(contract.Assess(contract.Input(fmt.Appendf(nil, single, 1000+n), guideline, nil)), &a); err != nil {
		t.Fatal(err)
	}
	return &record.Decision{Municipality: municipal.Demo, Number: uint64(n), Day: "2026-11-22", Case: fmt.Sprintf("case%08d", n), Mode: record.Automatic,
		Decider: "Socialnämnden i Demokommun, automatiserad beslutsfunktion", Delegation: "SN 2026:12", Outcome: record.Granted,
		Granted: int64(5220+6500-1000-n) * 100, Month: "2026-11", Motivation: "Allt du har sökt beviljas.", Engine: wasm.Current().EngineSHA256,
		Rules: sha256.Sum256(append(contract.Parameters(nil), guideline...)), Guideline: guideline, Facts: []byte(a.Facts), Result: sha256.Sum256(a.Result)}
}

// ByEdited makes a decision again by the guideline with another cap on the rent, as whoever
// keeps the service could.
func ByEdited(t testing.TB, d *record.Decision) {
	t.Helper()
	guideline := bytes.Replace(d.Guideline, []byte(`"max": 7000`), []byte(`"max": 9900`), 1)
	if bytes.Equal(guideline, d.Guideline) {
		t.Fatal("the guideline has no such cap")
	}
	var a struct{ Facts, Result json.RawMessage }
	if err := json.Unmarshal(contract.Assess(contract.Input(d.Facts, guideline, nil)), &a); err != nil {
		t.Fatal(err)
	}
	d.Facts, d.Guideline, d.Result = a.Facts, guideline, sha256.Sum256(a.Result)
	d.Rules = sha256.Sum256(append(contract.Parameters(nil), guideline...))
}

// Receipts are those of the first n decisions after change has had its way with
// each, all under one checkpoint. The same arguments give the same bytes.
func Receipts(t testing.TB, n int, change func(i int, d *record.Decision)) [][]byte {
	t.Helper()
	return receipts(t, nil, n, change)
}

// Released are the receipts of a release, which stands first in the log, and of n decisions.
func Released(t testing.TB, r *record.Release, n int, change func(i int, d *record.Decision)) (first []byte, decisions [][]byte) {
	t.Helper()
	files := receipts(t, r, n, change)
	return files[0], files[1:]
}

func receipts(t testing.TB, r *record.Release, n int, change func(i int, d *record.Decision)) [][]byte {
	t.Helper()
	ctx := context.Background()
	signer, _ := ledgertest.Key(origin)
	log, err := ledgertest.NewMemory(signer)
	if err != nil {
		t.Fatal(err)
	}
	salt := func(i int) [32]byte { return sha256.Sum256(fmt.Append(nil, "salt ", i)) }
	var leaves, records [][]byte
	var salts [][32]byte
	if r != nil {
		text, err := r.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		leaf := ledger.Leaf{Kind: ledger.Release, Municipality: ledger.Service, Number: r.Number, Engine: r.Engine, Rules: r.Rules,
			Day: r.Day, Commitment: ledger.Commit(salt(-1), text)}
		leaves, records, salts = append(leaves, leaf.Marshal()), append(records, text), append(salts, salt(-1))
	}
	var prev [32]byte
	for i := range n {
		d := Decision(t, i)
		if change != nil {
			change(i, d)
		}
		text, err := d.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		leaf := ledger.Leaf{Kind: ledger.Decision, Municipality: d.Municipality, Number: d.Number, Engine: d.Engine, Rules: d.Rules, Prev: prev,
			Day: d.Day, Commitment: ledger.Commit(salt(i), text)}.Marshal()
		prev = ledger.LeafHash(leaf)
		leaves, records, salts = append(leaves, leaf), append(records, text), append(salts, salt(i))
	}
	if err := log.Append(ctx, 0, leaves); err != nil {
		t.Fatal(err)
	}
	checkpoint, err := log.ReadCheckpoint(ctx)
	if err != nil {
		t.Fatal(err)
	}
	files := make([][]byte, len(leaves))
	for i := range files {
		r, err := ledger.NewReceipt(ctx, log, checkpoint, uint64(i), leaves[i], records[i], salts[i])
		if err != nil {
			t.Fatal(err)
		}
		files[i] = r.Marshal()
	}
	return files
}
