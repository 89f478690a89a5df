package ledger_test

import (
	"flag"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
)

var update = flag.Bool("update", false, "write testdata/vectors.jsonl anew")

const vectorsFile = "testdata/vectors.jsonl"

// A vector is a receipt with what a verifier must say of it, named for its defect. The
// artefact is held to the same file in a browser's engine (site/test/vectors.test.mjs),
// and another implementation may be.
type vector struct {
	Name    string        `json:"name"`
	Receipt string        `json:"receipt"`
	Keys    []string      `json:"keys"`
	Policy  string        `json:"policy,omitempty"`
	Reason  ledger.Reason `json:"reason"` // empty: the receipt is good
}

// vectors are written from tables in which people named every defect and what it is
// refused for.
func vectors(t *testing.T) (all []vector) {
	t.Helper()
	_, vkey := ledgertest.Key(origin)
	add := func(name string, file []byte, policy string, want ledger.Reason) {
		keys := []string{vkey}
		if policy != "" {
			keys = []string{}
		}
		all = append(all, vector{name, string(file), keys, policy, want})
	}
	for _, f := range flaws(t) {
		if len(f.file) <= 64<<10 && utf8.Valid(f.file) { // what a call can hand over
			add(f.name, f.file, "", f.want)
		}
	}

	// A leaf of every kind; and every way in which a leaf is not one.
	for _, kind := range []ledger.Kind{ledger.Decision, ledger.Release, ledger.Statistics, ledger.Access, ledger.Erasure} {
		r := strings.Replace(record1, `"decision"`, `"`+string(kind)+`"`, 1)
		add("a leaf of the kind "+string(kind), sole(t, committed(r, "kind", "kind "+string(kind)), r).Marshal(), "", "")
	}
	for _, c := range leafCases() {
		if c.want != "" {
			add("leaf: "+c.name, sole(t, c.text, record1).Marshal(), "", c.want)
		}
	}

	// Signatures, and witnesses.
	good := sole(t, committed(record1, "", ""), record1)
	with := func(checkpoint []byte) []byte {
		r := good
		r.Checkpoint = checkpoint
		return r.Marshal()
	}
	_, strange := ledgertest.Key("other.example/log")
	all = append(all, vector{"a key of another log", string(good.Marshal()), []string{strange}, "", ledger.OriginUnknown},
		vector{"no key", string(good.Marshal()), []string{}, "", ledger.KeyMissing},
		vector{"a key that is none", string(good.Marshal()), []string{"nonsense"}, "", ledger.KeyMalformed})
	add("a signature with one letter changed", with(flipBase64(good.Checkpoint, 40)), "", ledger.SignatureInvalid)
	_, line, _ := strings.Cut(string(good.Checkpoint), "\n\n")
	add("a signature twice", with([]byte(string(good.Checkpoint)+line)), "", ledger.SignatureDuplicate)

	listed := "log " + vkey + "\n"
	for _, n := range []string{"w1", "w2"} {
		listed += "witness " + n + " " + cosigner(t, n+".example").Verifier().String() + "\n"
	}
	one := cosignedBy(t, vkey, good.Checkpoint, "w1")
	both := cosignedBy(t, vkey, one, "w2")
	add("no witness, and none required", good.Marshal(), listed+"quorum none\n", "")
	add("no witness where one is required", good.Marshal(), listed+"group g any w1 w2\nquorum g\n", ledger.QuorumMissing)
	add("one witness where one is required", with(one), listed+"group g any w1 w2\nquorum g\n", "")
	add("one witness where two are required", with(one), listed+"group g 2 w1 w2\nquorum g\n", ledger.QuorumMissing)
	add("two witnesses where two are required", with(both), listed+"group g 2 w1 w2\nquorum g\n", "")
	add("a stranger's cosignature beside one that counts", with(cosignedBy(t, vkey, one, "w9")), listed+"quorum w1\n", "")
	add("a cosignature with one letter changed", with(flipBase64(both, 60)), listed+"quorum w1\n", ledger.CosignatureInvalid)
	add("a cosignature moved in time", with(flipBase64(both, 12)), listed+"quorum w1\n", ledger.CosignatureInvalid)
	return all
}

// TestVectors holds the verifier to the file, and the file to the tables.
func TestVectors(t *testing.T) {
	names, reasons := map[string]bool{}, map[ledger.Reason]bool{}
	for _, v := range ledgertest.Vectors(t, vectorsFile, *update, vectors(t)) {
		if names[v.Name] {
			t.Errorf("two vectors are named %q", v.Name)
		}
		names[v.Name] = true
		rep := ledger.Verify([]byte(v.Receipt), v.Keys)
		if v.Policy != "" {
			p, err := ledger.ParsePolicy([]byte(v.Policy))
			if err != nil {
				t.Fatalf("%s: %v", v.Name, err)
			}
			rep = ledger.VerifyPolicy([]byte(v.Receipt), p)
		}
		if rep.Reason != v.Reason || rep.OK != (v.Reason == "") {
			t.Errorf("%s: %q, want %q", v.Name, rep.Reason, v.Reason)
		}
		if r, err := ledger.ParseReceipt([]byte(v.Receipt)); err == nil && string(r.Marshal()) != v.Receipt {
			t.Errorf("%s: written again otherwise", v.Name)
		}
		reasons[v.Reason] = true
	}
	if len(names) < 80 || len(reasons) < 22 {
		t.Errorf("%d vectors give %d reasons", len(names), len(reasons))
	}
}
