package ledger_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
)

// issued is a receipt as a log of 300 leaves issues it: a proof of nine hashes, a
// record with escapes and letters outside ASCII.
func issued(t testing.TB) (file []byte, vkey string) {
	t.Helper()
	signer, vkey := ledgertest.Key("log.example.se/skalig")
	log, err := ledgertest.NewMemory(signer)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	items := ledgertest.Chain("9999", 300)
	if err := log.Append(ctx, 0, ledgertest.Leaves(items)); err != nil {
		t.Fatal(err)
	}
	checkpoint, err := log.ReadCheckpoint(ctx)
	if err != nil {
		t.Fatal(err)
	}
	item := items[137]
	r, err := ledger.NewReceipt(ctx, log, checkpoint, 137, item.Leaf, item.Record, item.Salt)
	if err != nil {
		t.Fatal(err)
	}
	return r.Marshal(), vkey
}

// refused fails the test unless the file is refused for a reason of the list, in
// words that agree with its steps.
func refused(t *testing.T, what string, at int, file []byte, vkey string) ledger.Reason {
	t.Helper()
	rep := ledger.Verify(file, []string{vkey})
	if rep.OK {
		t.Fatalf("%s at byte %d was accepted:\n%s", what, at, file)
	}
	if !slices.Contains(ledger.Reasons(), rep.Reason) || len(rep.Steps) != 5 {
		t.Fatalf("%s at byte %d: reason %q, steps %v", what, at, rep.Reason, rep.Steps)
	}
	first := slices.IndexFunc(rep.Steps, func(c ledger.Check) bool { return !c.OK })
	if first < 0 || rep.Steps[first].Code != rep.Reason || rep.Record != nil || rep.Size != 0 {
		t.Fatalf("%s at byte %d: %+v", what, at, rep)
	}
	return rep.Reason
}

// A receipt changed in any single byte is refused, at every position: each bit
// turned, each byte that means something to one of the formats put instead, the
// byte left out, one put before it, the byte doubled, and it swapped with the next.
func TestEverySingleByteChangeIsRefused(t *testing.T) {
	file, vkey := issued(t)
	if rep := ledger.Verify(file, []string{vkey}); !rep.OK {
		t.Fatalf("the receipt itself: %+v", rep)
	}
	special := []byte("\x00\t\n\r \"\\/,:{}[]+-=.019aAbBwxzZ\x7f\x80\xc3\xe2\xff")
	reasons := make(map[ledger.Reason]int)
	changed := make([]byte, 0, len(file)+1)
	for i, old := range file {
		substitutes := slices.Clone(special)
		for bit := range 8 {
			substitutes = append(substitutes, old^1<<bit)
		}
		for _, b := range substitutes {
			if b != old {
				changed = append(append(append(changed[:0], file[:i]...), b), file[i+1:]...)
				reasons[refused(t, "substitution", i, changed, vkey)]++
			}
		}
		for _, b := range append(special, old) {
			changed = append(append(append(changed[:0], file[:i]...), b), file[i:]...)
			reasons[refused(t, "insertion", i, changed, vkey)]++
		}
		changed = append(append(changed[:0], file[:i]...), file[i+1:]...)
		reasons[refused(t, "deletion", i, changed, vkey)]++
		if i+1 < len(file) && file[i+1] != old {
			changed = append(changed[:0], file...)
			changed[i], changed[i+1] = changed[i+1], changed[i]
			reasons[refused(t, "swap", i, changed, vkey)]++
		}
		reasons[refused(t, "truncation", i, file[:i], vkey)]++
	}
	refused(t, "addition", len(file), append(slices.Clone(file), '\n'), vkey)
	t.Logf("%d bytes, refused by reason: %v", len(file), reasons)
	for _, want := range []ledger.Reason{
		ledger.ReceiptMalformed, ledger.CommitmentDiffers, ledger.LeafMalformed, ledger.ProofMalformed,
		ledger.InclusionDiffers, ledger.CheckpointMalformed, ledger.SignatureInvalid, ledger.SignatureUnknown, ledger.OriginUnknown,
	} {
		if reasons[want] == 0 {
			t.Errorf("no change was refused as %s", want)
		}
	}
}

// Spellings that other readers of the same formats let through.
func TestSecondSpellingsAreRefused(t *testing.T) {
	file, vkey := issued(t)
	text := string(file)
	lastSig := strings.LastIndex(text, `=\n"}`)
	cases := []struct {
		name, old, new string
	}{
		{"space after colon", `"record":"`, `"record": "`},
		{"escaped letter", `"leaf":"skalig`, `"leaf":"\u0073kalig`},
		{"escaped letter in a record", `riksnorm`, `\u0072iksnorm`},
		{"escaped solidus", `c2sp.org/tlog`, `c2sp.org\/tlog`},
		{"line feed as unicode escape", `index 137\n`, `index 137\u000a`},
		{"letter outside ASCII escaped", `Du får`, `Du f\u00e5r`},
		{"leading zero in the index", `index 137`, `index 0137`},
		{"sign on the index", `index 137`, `index +137`},
		{"leading zero in the size", `skalig\n300\n`, `skalig\n0300\n`},
		{"carriage return in the leaf", `kind decision\n`, `kind decision\r\n`},
		{"carriage return in the proof", `index 137\n`, `index 137\r\n`},
		{"line feed inside base64", text[lastSig-8 : lastSig], text[lastSig-8:lastSig-4] + `\n` + text[lastSig-4:lastSig]},
		{"extra data in the proof", `index 137`, `extra AAAA\nindex 137`},
		{"fourth line in the checkpoint", `\n\n— `, `\nmore\n\n— `},
		{"second member", `","leaf"`, `","leaf":"","leaf"`},
		{"upper case digest", `engine ed9f`, `engine ED9F`},
	}
	for _, c := range cases {
		if !strings.Contains(text, c.old) {
			t.Fatalf("%s: the receipt has no %q", c.name, c.old)
		}
		refused(t, c.name, 0, []byte(strings.Replace(text, c.old, c.new, 1)), vkey)
	}

	// The signature's 68 bytes end in one '='; the two lowest bits of the letter
	// before it carry nothing, and lenient decoders accept all four letters.
	letters := "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	v := strings.IndexByte(letters, text[lastSig-1])
	for low := range 4 {
		if other := letters[v&^3|low]; other != text[lastSig-1] {
			changed := text[:lastSig-1] + string(other) + text[lastSig:]
			if got := refused(t, "stray bits", lastSig-1, []byte(changed), vkey); got != ledger.CheckpointMalformed {
				t.Errorf("stray bits: %s, want %s", got, ledger.CheckpointMalformed)
			}
		}
	}
	refused(t, "byte order mark", 0, append([]byte("\ufeff"), file...), vkey)
	refused(t, "no final line feed", 0, bytes.TrimSuffix(file, []byte("\n")), vkey)
	refused(t, "two receipts", 0, append(slices.Clone(file), file...), vkey)
}
