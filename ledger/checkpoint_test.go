package ledger_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// line is a signature line by a key that nobody has: hash bytes, then n bytes.
func line(name string, n int) string {
	return "— " + name + " " + base64.StdEncoding.EncodeToString(append([]byte("hash"), make([]byte, n)...)) + "\n"
}

func TestOpenCheckpoint(t *testing.T) {
	signer, vkey := ledgertest.Key(origin)
	_, stranger := ledgertest.Key("other.example/log")
	signed, err := ledger.SignCheckpoint(signer, 7, tlog.Hash{1})
	if err != nil {
		t.Fatal(err)
	}
	cp := string(signed)
	own := cp[strings.Index(cp, "\n\n")+2:]
	text := strings.TrimSuffix(cp, "\n"+own)
	corrupt := strings.Replace(own, own[len(own)-10:len(own)-6], "AAAA", 1)

	cases := []struct {
		name, checkpoint string
		keys             []string
		want             ledger.Reason
	}{
		{"signed by the log", cp, []string{vkey}, ""},
		{"one of several keys", cp, []string{stranger, vkey}, ""},
		{"the same key twice in the list", cp, []string{vkey, vkey}, ""},
		{"and cosigned by a witness", cp + line("witness.example", 8+64), []string{vkey}, ""},
		{"witness first", text + "\n" + line("witness.example", 8+64) + own, []string{vkey}, ""},
		{"and cosigned with ML-DSA-44", cp + line("witness.example", 8+2420), []string{vkey}, ""},

		{"no key", cp, nil, ledger.KeyMissing},
		{"a key that is none", cp, []string{vkey, "x"}, ledger.KeyMalformed},
		{"another log's key", cp, []string{stranger}, ledger.OriginUnknown},
		{"a stranger's signature besides", cp + line("other.example/log", 64), []string{vkey}, ledger.SignatureUnknown},
		{"another key of the same name besides", cp + line(origin, 64), []string{vkey}, ledger.SignatureUnknown},
		{"an empty signature besides", cp + line("witness.example", 1), []string{vkey}, ledger.SignatureUnknown},
		{"the same line twice", cp + own, []string{vkey}, ledger.SignatureDuplicate},
		{"a witness twice", cp + line("w.example", 72) + line("w.example", 72), []string{vkey}, ledger.SignatureDuplicate},
		{"only a witness", text + "\n" + line("witness.example", 8+64), []string{vkey}, ledger.SignatureMissing},
		{"a signature of something else", text + "\n" + corrupt, []string{vkey}, ledger.SignatureInvalid},
		{"a larger tree", strings.Replace(cp, "\n7\n", "\n8\n", 1), []string{vkey}, ledger.SignatureInvalid},

		{"empty", "", []string{vkey}, ledger.CheckpointMalformed},
		{"unsigned", text, []string{vkey}, ledger.CheckpointMalformed},
		{"no signature after the empty line", text + "\n", []string{vkey}, ledger.CheckpointMalformed},
		{"hyphen for dash", strings.Replace(cp, "— ", "- ", 1), []string{vkey}, ledger.CheckpointMalformed},
		{"four bytes of signature", cp + line("witness.example", 0), []string{vkey}, ledger.CheckpointMalformed},
		{"last line not ended", strings.TrimSuffix(cp, "\n"), []string{vkey}, ledger.CheckpointMalformed},
		{"something after", cp + "\n", []string{vkey}, ledger.CheckpointMalformed},
		{"two spaces", strings.Replace(cp, "— ", "—  ", 1), []string{vkey}, ledger.CheckpointMalformed},
		{"space at the end of a line", strings.TrimSuffix(cp, "\n") + " \n", []string{vkey}, ledger.CheckpointMalformed},
		{"an extension line", text + "more\n\n" + own, []string{vkey}, ledger.CheckpointMalformed},
		{"size with a leading zero", strings.Replace(cp, "\n7\n", "\n07\n", 1), []string{vkey}, ledger.CheckpointMalformed},
		{"size above 2⁵³-1", strings.Replace(cp, "\n7\n", "\n9007199254740992\n", 1), []string{vkey}, ledger.CheckpointMalformed},
		{"short root", strings.Replace(cp, "AAAAAAAA", "AAAA", 1), []string{vkey}, ledger.CheckpointMalformed},
		{"carriage returns", strings.ReplaceAll(cp, "\n", "\r\n"), []string{vkey}, ledger.CheckpointMalformed},
		{"seventeen signatures", cp + strings.Repeat(line("w.example", 72), 16), []string{vkey}, ledger.CheckpointMalformed},
		{"name outside ASCII", strings.ReplaceAll(cp, "skalig", "skälig"), []string{vkey}, ledger.CheckpointMalformed},
	}
	for _, c := range cases {
		got, err := ledger.OpenCheckpoint([]byte(c.checkpoint), c.keys)
		switch {
		case c.want != "" && err != c.want:
			t.Errorf("%s: error %v, want %v", c.name, err, c.want)
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want == "" && (got.Origin != origin || got.Size != 7 || got.Root != tlog.Hash{1}):
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// What the note package of the Go project reads and verifies is the same.
func TestNotePackageOpensOurCheckpoints(t *testing.T) {
	signer, vkey := ledgertest.Key(origin)
	signed, err := ledger.SignCheckpoint(signer, 7, tlog.Hash{1})
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(signed, note.VerifierList(v))
	if err != nil {
		t.Fatal(err)
	}
	if want := origin + "\n7\nAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"; n.Text != want {
		t.Errorf("text %q, want %q", n.Text, want)
	}
}
