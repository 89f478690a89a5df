package ledger_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"filippo.io/torchwood"
	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func FuzzParseLeaf(f *testing.F) {
	f.Add([]byte(leafText("", "")))
	f.Add([]byte(leafText("day", "day 2028-02-29")))
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := ledger.ParseLeaf(text)
		if err == nil && !bytes.Equal(l.Marshal(), text) {
			t.Errorf("written again as %q", l.Marshal())
		}
	})
}

// What we read as a receipt is JSON to everyone, inside and out.
func FuzzParseReceipt(f *testing.F) {
	for _, file := range seeds(f) {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := ledger.ParseReceipt(file)
		if err != nil {
			return
		}
		if !bytes.Equal(r.Marshal(), file) {
			t.Errorf("written again as %q", r.Marshal())
		}
		if !json.Valid(file) || !json.Valid(r.Record) {
			t.Error("encoding/json does not read it")
		}
		var members struct{ Record, Leaf, Proof string }
		if err := json.Unmarshal(file, &members); err != nil || members.Record != string(r.Record) ||
			members.Leaf != string(r.Leaf) || members.Proof != string(r.TLogProof()) {
			t.Errorf("encoding/json reads otherwise: %+v, %v", members, err)
		}
	})
}

// Nobody without the log's key makes a receipt for a record that is not in it.
func FuzzVerify(f *testing.F) {
	for _, file := range seeds(f) {
		f.Add(file)
	}
	genuine, vkey := issued(f)
	r, err := ledger.ParseReceipt(genuine)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		rep := ledger.Verify(file, []string{vkey})
		if !json.Valid(rep.JSON()) {
			t.Errorf("report is not JSON: %s", rep.JSON())
		}
		if rep.OK != (rep.Reason == "") || !rep.OK && !slices.Contains(ledger.Reasons(), rep.Reason) {
			t.Errorf("report = %+v", rep)
		}
		if rep.OK && !bytes.Equal(rep.Record, r.Record) {
			t.Errorf("accepted %q", file)
		}
	})
}

// What we open as a checkpoint, the note package and torchwood open too, and read
// the same from it.
func FuzzOpenCheckpoint(f *testing.F) {
	signer, vkey := ledgertest.Key(origin)
	signed, err := ledger.SignCheckpoint(signer, 7, tlog.Hash{1})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(signed)
	f.Add(append(bytes.Clone(signed), line("witness.example", 72)...))
	v, err := note.NewVerifier(vkey)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, err := ledger.ParseCheckpoint(b); err == nil {
			text, _, _ := bytes.Cut(b, []byte("\n\n"))
			theirs, err := torchwood.ParseCheckpoint(string(text) + "\n")
			if err != nil || theirs.Origin != c.Origin || uint64(theirs.N) != c.Size || theirs.Hash != c.Root {
				t.Errorf("torchwood reads %+v, %v; we %+v", theirs, err, c)
			}
		}
		if _, err := ledger.OpenCheckpoint(b, []string{vkey}); err == nil {
			if _, err := note.Open(b, note.VerifierList(v)); err != nil {
				t.Errorf("note: %v", err)
			}
		}
	})
}

// seeds are receipts, good and nearly good.
func seeds(f *testing.F) [][]byte {
	file, _ := example(f)
	other, _ := issued(f)
	return [][]byte{
		file, other,
		bytes.Replace(file, []byte("index 2"), []byte("index 1"), 1),
		bytes.Replace(file, []byte(`"kind`), []byte(`"k\\u0069nd`), 1),
	}
}
