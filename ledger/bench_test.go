package ledger_test

import (
	"testing"

	"github.com/skalig/skalig/ledger"
)

// The receipt of a leaf in a log of 300, all five steps.
func BenchmarkVerify(b *testing.B) {
	file, vkey := issued(b)
	keys := []string{vkey}
	b.ReportAllocs()
	for b.Loop() {
		if !ledger.Verify(file, keys).OK {
			b.Fatal("refused")
		}
	}
}

// The format alone.
func BenchmarkParseReceipt(b *testing.B) {
	file, _ := issued(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ledger.ParseReceipt(file); err != nil {
			b.Fatal(err)
		}
	}
}
