package ledger_test

import (
	"bytes"
	"encoding/json"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"

	"github.com/skalig/skalig/ledger"
)

// The worked example was written by another program than this package, from
// hmac, sha256 and ed25519 alone: salts of 32 equal bytes, a key whose seed is
// the bytes 0 to 31, three leaves.
func example(t testing.TB) (file []byte, vkey string) {
	t.Helper()
	file, err := os.ReadFile("testdata/example.receipt.json")
	if err != nil {
		t.Fatal(err)
	}
	key, err := os.ReadFile("testdata/example.vkey")
	if err != nil {
		t.Fatal(err)
	}
	return file, strings.TrimSpace(string(key))
}

func TestExampleVerifies(t *testing.T) {
	file, vkey := example(t)
	rep := ledger.Verify(file, []string{vkey})
	if !rep.OK || rep.Reason != "" || rep.Index != 2 || rep.Size != 3 || rep.Origin != "log.example.se/skalig" || rep.Leaf.Number != 1 {
		t.Fatalf("report = %+v", rep)
	}
	r, err := ledger.ParseReceipt(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Marshal(); !bytes.Equal(got, file) {
		t.Errorf("written again:\n%s\nwant\n%s", got, file)
	}
	if got := rep.Leaf.Marshal(); !bytes.Equal(got, r.Leaf) {
		t.Errorf("leaf written again:\n%s\nwant\n%s", got, r.Leaf)
	}
	if got := ledger.Commit(r.Salt, r.Record); got != rep.Leaf.Commitment {
		t.Errorf("commitment %x, want %x", got, rep.Leaf.Commitment)
	}
}

// What the package comment shows of the example is what the file says.
func TestPackageCommentShowsTheExample(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "doc.go", nil, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil {
		t.Fatal(err)
	}
	comment := strings.ReplaceAll(f.Doc.Text(), "\n\t", "\n")
	file, vkey := example(t)
	var members struct{ Salt, Leaf, Proof string }
	if err := json.Unmarshal(file, &members); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{vkey, members.Leaf, members.Proof, `"salt":"` + members.Salt + `"`} {
		if !strings.Contains(comment, want) {
			t.Errorf("the package comment lacks\n%s", want)
		}
	}
}
