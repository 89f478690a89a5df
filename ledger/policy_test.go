package ledger_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"filippo.io/torchwood"
	"github.com/skalig/skalig/ledger"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// cosigner is a witness whose key comes from its name, by torchwood's signer.
func cosigner(t testing.TB, name string) *torchwood.CosignatureSigner {
	t.Helper()
	seed := sha256.Sum256([]byte(name))
	s, err := torchwood.NewCosignatureSigner(name, ed25519.NewKeyFromSeed(seed[:]))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// exampleKey is the key of the log in testdata.
func exampleKey(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("testdata/example.vkey")
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

// witnesses is a policy's lines for the log and three witnesses.
func witnesses(t testing.TB) string {
	t.Helper()
	b := "log " + exampleKey(t) + "\n"
	for _, n := range []string{"w1", "w2", "w3"} {
		b += "witness " + n + " " + cosigner(t, n+".example").Verifier().String() + " https://" + n + ".example/\n"
	}
	return b
}

// cosigned is a checkpoint of the log in testdata with the cosignatures of those
// witnesses.
func cosigned(t testing.TB, signed []byte, names ...string) []byte {
	t.Helper()
	return cosignedBy(t, exampleKey(t), signed, names...)
}

// cosignedBy is a checkpoint of the log with that key with cosignatures. They are made
// at one time, so that they are always the same.
func cosignedBy(t testing.TB, logKey string, signed []byte, names ...string) []byte {
	t.Helper()
	for _, name := range names {
		s := cosigner(t, name+".example")
		n, err := note.Open(signed, note.VerifierList(mustVerifier(t, logKey)))
		if err != nil {
			t.Fatal(err)
		}
		seed := sha256.Sum256([]byte(s.Name()))
		const at = 1_795_348_800
		sig := ed25519.Sign(ed25519.NewKeyFromSeed(seed[:]), fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, n.Text))
		raw := binary.BigEndian.AppendUint32(nil, s.KeyHash())
		raw = append(binary.BigEndian.AppendUint64(raw, at), sig...)
		signed = fmt.Appendf(bytes.Clone(signed), "— %s %s\n", s.Name(), base64.StdEncoding.EncodeToString(raw))
	}
	return signed
}

func mustVerifier(t testing.TB, vkey string) note.Verifier {
	t.Helper()
	v, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func exampleCheckpoint(t testing.TB) []byte {
	t.Helper()
	file, err := os.ReadFile("testdata/example.receipt.json")
	if err != nil {
		t.Fatal(err)
	}
	r, err := ledger.ParseReceipt(file)
	if err != nil {
		t.Fatal(err)
	}
	return r.Checkpoint
}

// Who must have signed, and who has: ours and torchwood's verdict are the same.
func TestQuorum(t *testing.T) {
	base := witnesses(t)
	for _, c := range []struct {
		rule   string
		signed string
		want   bool
	}{
		{"quorum none\n", "", true},
		{"quorum none\n", "w1", true},
		{"quorum w2\n", "w1 w3", false},
		{"quorum w2\n", "w2", true},
		{"group g any w1 w2\nquorum g\n", "", false},
		{"group g any w1 w2\nquorum g\n", "w3", false},
		{"group g any w1 w2\nquorum g\n", "w2", true},
		{"group g 2 w1 w2 w3\nquorum g\n", "w3", false},
		{"group g 2 w1 w2 w3\nquorum g\n", "w3 w1", true},
		{"group g all w1 w2 w3\nquorum g\n", "w1 w2", false},
		{"group g all w1 w2 w3\nquorum g\n", "w1 w2 w3", true},
		{"group a any w1 w2\ngroup g all a w3\nquorum g\n", "w1 w2", false},
		{"group a any w1 w2\ngroup g all a w3\nquorum g\n", "w2 w3", true},
	} {
		signed := cosigned(t, exampleCheckpoint(t), strings.Fields(c.signed)...)
		p, err := ledger.ParsePolicy([]byte(base + c.rule))
		if err != nil {
			t.Fatal(err)
		}
		checkpoint, err := ledger.ParseCheckpoint(signed)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Check(checkpoint); (err == nil) != c.want || err != nil && !errors.Is(err, ledger.QuorumMissing) {
			t.Errorf("%q signed by %q: %v", c.rule, c.signed, err)
		}
		theirs, err := torchwood.ParsePolicy([]byte(base + c.rule))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := torchwood.VerifyCheckpoint(signed, theirs); (err == nil) != c.want {
			t.Errorf("torchwood: %q signed by %q: %v", c.rule, c.signed, err)
		}
	}
}

// What is not a policy, each named for its defect.
func TestPolicyRefused(t *testing.T) {
	base := witnesses(t)
	w1 := cosigner(t, "w1.example").Verifier().String()
	for name, text := range map[string]string{
		"empty":                        "",
		"no quorum":                    base,
		"two quorums":                  base + "quorum none\nquorum w1\n",
		"quorum of nobody":             base + "quorum w9\n",
		"a group below its quorum":     base + "quorum g\ngroup g any w1\n",
		"a member below its group":     "group g any w1\n" + base + "quorum g\n",
		"a group of nobody":            base + "group g any\nquorum g\n",
		"a group of none":              base + "group g 0 w1\nquorum g\n",
		"a group of more than it has":  base + "group g 3 w1 w2\nquorum g\n",
		"a threshold with a sign":      base + "group g +1 w1 w2\nquorum g\n",
		"a member twice":               base + "group g 2 w1 w1\nquorum g\n",
		"a group named as a witness":   base + "group w1 any w2\nquorum w1\n",
		"a component named none":       base + "group none any w2\nquorum none\n",
		"a key twice under two names":  base + "witness w4 " + w1 + "\nquorum none\n",
		"a key under another name":     base + "witness w4 " + renamed(t, w1, "w4.example") + "\nquorum none\n",
		"a log that is its witness":    "log " + exampleKey(t) + "\nwitness w " + renamed(t, exampleKey(t), "w.example") + "\nquorum w\n",
		"a witness that is the log":    "witness w " + renamed(t, exampleKey(t), "w.example") + "\nlog " + exampleKey(t) + "\nquorum w\n",
		"a witness with a log's key":   "witness w " + exampleKey(t) + "\nquorum w\n",
		"a log with a witness's key":   "log " + w1 + "\nquorum none\n",
		"a witness whose hash differs": "witness w " + strings.Replace(w1, "+", "+0", 1)[:len(w1)] + "\nquorum w\n",
		"another word":                 base + "quorum none\nmirror m\n",
		"a word too many":              base + "quorum none w1\n",
		"larger than a policy can be":  base + "quorum none\n" + strings.Repeat("# \n", 30_000),
	} {
		if _, err := ledger.ParsePolicy([]byte(text)); !errors.Is(err, ledger.PolicyMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	p, err := ledger.ParsePolicy([]byte("# who must sign\n\n" + strings.ReplaceAll(base, " ", "\t ") + "quorum none # yet\n"))
	if err != nil || len(p.Witnesses) != 3 || p.Witnesses[1].Name != "w2" || p.Witnesses[1].URL != "https://w2.example" || p.Quorum() {
		t.Errorf("%v: %+v", err, p)
	}
}

// renamed is a witness's verifier key of the same public key under another name.
func renamed(t testing.TB, vkey, name string) string {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(strings.SplitN(vkey, "+", 3)[2])
	if err != nil {
		t.Fatal(err)
	}
	raw[0] = 0x04
	sum := sha256.Sum256([]byte(name + "\n" + string(raw)))
	return fmt.Sprintf("%s+%x+%s", name, sum[:4], base64.StdEncoding.EncodeToString(raw))
}

// A reader's own key for the log is held against the witnesses too.
func TestBelieving(t *testing.T) {
	p, err := ledger.ParsePolicy([]byte("witness w " + renamed(t, exampleKey(t), "w.example") + "\nquorum w\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Believing(exampleKey(t)); !errors.Is(err, ledger.PolicyMalformed) {
		t.Errorf("a log is its own witness: %v", err)
	}
	if q, err := p.Believing("nonsense", "other+1+AQ=="); err != nil || len(q.Logs) != 2 || len(p.Logs) != 0 {
		t.Errorf("%v: %v", err, q.Logs)
	}
}

// A listed witness's line that it did not write is refused, also where nobody needs it.
func TestCosignatureInvalid(t *testing.T) {
	p, err := ledger.ParsePolicy([]byte(witnesses(t) + "group g any w1 w2\nquorum g\n"))
	if err != nil {
		t.Fatal(err)
	}
	genuine := cosigned(t, exampleCheckpoint(t), "w1", "w2")
	var root tlog.Hash
	foreign, err := ledger.SignCheckpoint(cosigner(t, "w2.example"), 3, root)
	if err != nil {
		t.Fatal(err)
	}
	_, line, _ := strings.Cut(string(foreign), "\n\n")
	for name, signed := range map[string][]byte{
		"of another checkpoint": append(cosigned(t, exampleCheckpoint(t), "w1"), line...),
		"at another time":       flipBase64(genuine, 12),
		"another signature":     flipBase64(genuine, 60),
	} {
		c, err := ledger.ParseCheckpoint(signed)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := p.Check(c); !errors.Is(err, ledger.CosignatureInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A stranger's line is nothing to this reader.
	c, err := ledger.ParseCheckpoint(cosigned(t, genuine, "w9"))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Check(c); err != nil {
		t.Errorf("with a stranger's: %v", err)
	}
}

// flipBase64 changes one digit of the last signature.
func flipBase64(signed []byte, at int) []byte {
	out := bytes.Clone(signed)
	i := bytes.LastIndexByte(out[:len(out)-1], ' ') + 1 + at
	if out[i] == 'A' {
		out[i] = 'B'
	} else {
		out[i] = 'A'
	}
	return out
}

// A witness's answer takes the place of what it said before, and must be its own.
func TestCosign(t *testing.T) {
	p, err := ledger.ParsePolicy([]byte(witnesses(t) + "quorum none\n"))
	if err != nil {
		t.Fatal(err)
	}
	base := exampleCheckpoint(t)
	_, lines, _ := strings.Cut(string(cosigned(t, base, "w1")), string(base))
	once, err := p.Witnesses[0].Cosign(base, lines)
	if err != nil {
		t.Fatal(err)
	}
	twice, err := p.Witnesses[0].Cosign(once, lines)
	if err != nil || !bytes.Equal(once, twice) || bytes.Count(twice, []byte("w1.example")) != 1 {
		t.Errorf("%v: cosigned twice:\n%s", err, twice)
	}
	c, err := ledger.ParseCheckpoint(once)
	if err != nil || !bytes.Equal(c.Bare(), base) {
		t.Errorf("%v: without cosignatures:\n%s", err, c.Bare())
	}
	for name, answer := range map[string]string{
		"empty": "", "no line feed": strings.TrimSuffix(lines, "\n"), "two lines": lines + lines, "words": "<html>\n",
	} {
		if _, err := p.Witnesses[0].Cosign(base, answer); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if _, err := p.Witnesses[1].Cosign(base, lines); !errors.Is(err, ledger.CosignatureInvalid) {
		t.Errorf("another witness's line: %v", err)
	}
}

func FuzzParsePolicy(f *testing.F) {
	f.Add([]byte(witnesses(f) + "group g 2 w1 w2 w3\nquorum g\n"))
	f.Add([]byte("quorum none"))
	c, err := ledger.ParseCheckpoint(cosigned(f, exampleCheckpoint(f), "w1", "w2"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := ledger.ParsePolicy(text)
		if err != nil {
			return
		}
		// Whatever we accept, torchwood reads; and who satisfies ours, satisfies theirs.
		theirs, err := torchwood.ParsePolicy(text)
		if err != nil {
			t.Fatalf("torchwood refuses %q: %v", text, err)
		}
		if p.Check(c) == nil && len(p.Logs) == 1 {
			if _, _, err := torchwood.VerifyCheckpoint(cosigned(t, exampleCheckpoint(t), "w1", "w2"), theirs); err != nil {
				t.Fatalf("torchwood is not satisfied by %q: %v", text, err)
			}
		}
	})
}
