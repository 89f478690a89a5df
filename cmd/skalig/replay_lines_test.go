package main

import (
	"bytes"
	"testing"

	"github.com/skalig/skalig/ledger"
)

// FuzzReceiptLines: whatever a file of receipts holds, its lines are handed on in order,
// none longer than what is refused anyway, and nothing of a shorter one is lost.
func FuzzReceiptLines(f *testing.F) {
	f.Add([]byte("{}\n{}\n"))
	f.Add([]byte("\n\n{"))
	f.Add(bytes.Repeat([]byte("{}\n"), 3*batchReceipts+1))
	f.Add(append(bytes.Repeat([]byte("a"), 70<<10), "\nb"...))
	f.Fuzz(func(t *testing.T, file []byte) {
		var got []receiptLine
		b := &batcher{hand: func(lines []receiptLine) error {
			if len(lines) > batchReceipts {
				t.Errorf("%d lines at once", len(lines))
			}
			got = append(got, lines...)
			return nil
		}}
		if err := b.from("file", bytes.NewReader(file)); err != nil {
			t.Fatal(err)
		}
		if err := b.flush(); err != nil {
			t.Fatal(err)
		}
		n := 0
		for line := range bytes.Lines(file) {
			if n == len(got) || got[n].line != n+1 || !bytes.Equal(got[n].file, line[:min(len(line), ledger.MaxReceipt+1)]) {
				t.Fatalf("line %d of %d is not handed on", n+1, len(got))
			}
			n++
		}
		if n != len(got) {
			t.Errorf("%d lines became %d", n, len(got))
		}
	})
}
