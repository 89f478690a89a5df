package ledger_test

import (
	"testing"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
)

// TestAllocations holds what a log and an auditor do most often to the allocations it
// has: a number that is the same on every machine.
func TestAllocations(t *testing.T) {
	_, vkey := ledgertest.Key(origin)
	text := []byte(committed(record1, "", ""))
	file := sole(t, string(text), record1).Marshal()
	leaf, err := ledger.ParseLeaf(text)
	if err != nil {
		t.Fatal(err)
	}
	keys := []string{vkey}
	for _, c := range []struct {
		name string
		most float64
		do   func()
	}{
		{"a leaf read", 10, func() { _, _ = ledger.ParseLeaf(text) }},
		{"a leaf written", 9, func() { leaf.Marshal() }},
		{"a receipt verified", 66, func() { ledger.Verify(file, keys) }},
	} {
		n := testing.AllocsPerRun(100, c.do)
		t.Logf("%s: %v allocations", c.name, n)
		if n > c.most {
			t.Errorf("%s takes %v allocations, at most %v are allowed", c.name, n, c.most)
		}
	}
}
