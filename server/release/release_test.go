package release_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/server/release"
	"github.com/skalig/skalig/server/release/releasetest"
	"github.com/skalig/skalig/wasm"
	"golang.org/x/mod/sumdb/note"
)

var (
	ones  = strings.Repeat("1", 64)
	twos  = strings.Repeat("2", 64)
	sound = "skalig/release/1\nversion 0.1.0\nengine " + ones + "\nverify " + twos + "\nrules " + ones + "\nfrom 2026-12-01\n" +
		"guideline 1280 2022-01 " + ones + "\nguideline 9999 2026-01 " + twos + "\n"
)

func TestStatement(t *testing.T) {
	s, err := release.Parse([]byte(sound))
	if err != nil {
		t.Fatal(err)
	}
	if s.Version != "0.1.0" || s.From != "2026-12-01" || len(s.Guidelines) != 2 || s.Guidelines[1].Municipality != "9999" || !s.Bundles([32]byte(bytes.Repeat([]byte{0x22}, 32))) || s.Bundles([32]byte{}) {
		t.Errorf("%+v", s)
	}
	if string(s.Marshal()) != sound {
		t.Errorf("written as %s", s.Marshal())
	}
	with4 := strings.TrimSuffix(sound, "\n") + " " + ones + "\n"
	if s, err := release.Parse([]byte(with4)); err != nil || s.Guidelines[1].Rules != [32]byte(bytes.Repeat([]byte{0x11}, 32)) || string(s.Marshal()) != with4 {
		t.Errorf("with rules: %v: %+v", err, s)
	}
	without := func(line string) string { return strings.Replace(sound, line, "", 1) }
	with := func(old, new string) string { return strings.Replace(sound, old, new, 1) }
	for name, text := range map[string]string{
		"empty":                 "",
		"another version":       with("release/1", "release/2"),
		"no last line feed":     strings.TrimSuffix(sound, "\n"),
		"text after":            sound + "\n",
		"no version":            without("version 0.1.0\n"),
		"no engine":             without("engine " + ones + "\n"),
		"no first day":          without("from 2026-12-01\n"),
		"the version twice":     with("version 0.1.0\n", "version 0.1.0\nversion 0.1.0\n"),
		"a version with spaces": with("0.1.0", "0.1 0"),
		"a day that is none":    with("2026-12-01", "2026-11-31"),
		"upper case":            with(ones, strings.Repeat("A", 64)),
		"a short digest":        with(ones, ones[:62]),
		"another order":         with("engine "+ones+"\nverify "+twos, "verify "+twos+"\nengine "+ones),
		"guidelines unsorted":   with("guideline 1280 2022-01 "+ones+"\nguideline 9999 2026-01 "+twos, "guideline 9999 2026-01 "+twos+"\nguideline 1280 2022-01 "+ones),
		"a guideline twice":     sound + "guideline 9999 2026-01 " + ones + "\n",
		"a code of letters":     with("9999", "abcd"),
		"a month that is none":  with("2026-01", "2026-13"),
		"rules of zeros":        strings.TrimSuffix(sound, "\n") + " " + strings.Repeat("0", 64) + "\n",
		"a word too many":       strings.TrimSuffix(sound, "\n") + " " + ones + " x\n",
		"a line of its own":     sound + "approver anna\n",
		"windows line ends":     strings.ReplaceAll(sound, "\n", "\r\n"),
	} {
		if _, err := release.Parse([]byte(text)); !errors.Is(err, release.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Which guideline a month is decided by.
func TestFor(t *testing.T) {
	s := release.Statement{Guidelines: []release.Guideline{{Municipality: "1280", From: "2025-01"}, {Municipality: "9999", From: "2026-01"}, {Municipality: "9999", From: "2026-07"}}}
	for month, want := range map[string]string{"2025-12": "2026-07", "2026-01": "2026-01", "2026-06": "2026-01", "2026-07": "2026-07", "2027-01": "2026-07"} {
		if g, ok := s.For("9999", month); !ok || g.From != want {
			t.Errorf("%s: %+v, want %s", month, g, want)
		}
	}
	if _, ok := s.For("0884", "2026-01"); ok {
		t.Error("a municipality that the release does not name has a guideline")
	}
}

// A reader with the approvers' keys needs nobody else.
func TestVerify(t *testing.T) {
	anna, bertil, stranger := releasetest.NewPerson(t, "anna"), releasetest.NewPerson(t, "bertil"), releasetest.NewPerson(t, "cesar")
	older := releasetest.NewPerson(t, "anna")
	signed := func(people ...releasetest.Person) []byte {
		t.Helper()
		var signers []note.Signer
		for _, p := range people {
			signers = append(signers, p.Signer)
		}
		text, err := note.Sign(&note.Note{Text: sound}, signers...)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	list := release.MarshalApprovers([]release.Approver{anna.Approver, bertil.Approver, older.Approver})
	approvers, err := release.ParseApprovers(append([]byte("# who may\n\n"), list...))
	if err != nil || !bytes.Equal(release.MarshalApprovers(approvers), list) {
		t.Fatalf("%v: %+v", err, approvers)
	}
	for _, c := range []struct {
		name string
		note []byte
		want error
	}{
		{"two", signed(anna, bertil), nil},
		{"two and a stranger", signed(stranger, anna, bertil), nil},
		{"two, one by a key from before", signed(older, bertil), nil},
		{"one", signed(anna), release.ErrTooFew},
		{"one by two keys", signed(anna, older), release.ErrTooFew},
		{"one and a stranger", signed(anna, stranger), release.ErrTooFew},
		{"a stranger", signed(stranger), release.ErrTooFew},
	} {
		if s, err := release.Verify(c.note, approvers); !errors.Is(err, c.want) || err == nil && s.Version != "0.1.0" {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	changed := bytes.Replace(signed(anna, bertil), []byte("2026-12-01"), []byte("2026-11-01"), 1)
	if _, err := release.Verify(changed, approvers); err == nil {
		t.Error("a changed statement was believed")
	}

	twice := release.Approver{Name: "Bertil", Key: under(t, anna.Key, "bertil")}
	for name, text := range map[string]string{
		"nobody":                "",
		"one":                   "approver " + anna.Key + " Anna\n",
		"one by two keys":       "approver " + anna.Key + " Anna\napprover " + older.Key + " Anna\n",
		"one key, two names":    string(release.MarshalApprovers([]release.Approver{anna.Approver, twice})),
		"no name":               "approver " + anna.Key + "\napprover " + bertil.Key + " Bertil\n",
		"another word":          "log " + anna.Key + " Anna\n" + string(list),
		"a key that is none":    "approver anna+1+x Anna\n" + string(list),
		"larger than it can be": string(list) + strings.Repeat("# \n", 100_000),
	} {
		if _, err := release.ParseApprovers([]byte(text)); !errors.Is(err, release.ErrApprovers) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := release.CheckApprovers([]release.Approver{anna.Approver, twice}); err == nil {
		t.Error("a configuration may have one key under two names")
	}
}

// under is a verifier key under another name.
func under(t *testing.T, vkey, name string) string {
	t.Helper()
	encoded := strings.SplitN(vkey, "+", 3)[2]
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(name + "\n" + string(raw)))
	return fmt.Sprintf("%s+%x+%s", name, sum[:4], encoded)
}

func FuzzParseApprovers(f *testing.F) {
	f.Add([]byte("approver anna+1+x Anna\n"))
	f.Add(release.MarshalApprovers([]release.Approver{releasetest.NewPerson(f, "anna").Approver, releasetest.NewPerson(f, "bertil").Approver}))
	f.Fuzz(func(t *testing.T, text []byte) {
		all, err := release.ParseApprovers(text)
		if err != nil {
			return
		}
		if again, err := release.ParseApprovers(release.MarshalApprovers(all)); err != nil || len(again) != len(all) {
			t.Fatalf("%v: %q is written as %q", err, text, release.MarshalApprovers(all))
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sound))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := release.Parse(text)
		if err == nil && !bytes.Equal(s.Marshal(), text) {
			t.Fatalf("accepted %q, writes %q", text, s.Marshal())
		}
	})
}

// FuzzOpen: no bytes that one person hands in beside their own approval make a second
// approver.
func FuzzOpen(f *testing.F) {
	anna, bertil, stranger := releasetest.NewPerson(f, "anna"), releasetest.NewPerson(f, "bertil"), releasetest.NewPerson(f, "cesar")
	one, err1 := release.Approve([]byte(sound), anna.Signer)
	foreign, err2 := release.Approve([]byte(sound), stranger.Signer)
	if err := errors.Join(err1, err2); err != nil {
		f.Fatal(err)
	}
	f.Add(one)
	f.Add(foreign)
	f.Add([]byte(sound + "\n— bertil AAAAAAAA\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if a, err := release.Open([][]byte{one, text}, []release.Approver{anna.Approver, bertil.Approver}); err == nil {
			t.Fatalf("%q approved %s", text, a.Note)
		}
	})
}

// Two different people, or it is not approved.
func TestTwoPeople(t *testing.T) {
	anna, bertil, stranger := releasetest.NewPerson(t, "anna"), releasetest.NewPerson(t, "bertil"), releasetest.NewPerson(t, "cesar")
	other := strings.Replace(sound, "2026-12-01", "2026-12-02", 1)
	sign := func(p releasetest.Person, text string) []byte {
		signed, err := release.Approve([]byte(text), p.Signer)
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	both := []release.Approver{anna.Approver, bertil.Approver}
	changed := bytes.Replace(sign(bertil, sound), []byte("0.1.0"), []byte("0.1.1"), 1)
	for _, c := range []struct {
		name      string
		approvals [][]byte
		approvers []release.Approver
		want      error
	}{
		{"both", [][]byte{sign(anna, sound), sign(bertil, sound)}, both, nil},
		{"in the other order", [][]byte{sign(bertil, sound), sign(anna, sound)}, both, nil},
		{"nobody", nil, both, release.ErrMalformed},
		{"one", [][]byte{sign(anna, sound)}, both, release.ErrTooFew},
		{"the same twice", [][]byte{sign(anna, sound), sign(anna, sound)}, both, release.ErrTooFew},
		{"a stranger", [][]byte{sign(anna, sound), sign(stranger, sound)}, both, release.ErrStranger},
		{"two statements", [][]byte{sign(anna, sound), sign(bertil, other)}, both, release.ErrDiffers},
	} {
		a, err := release.Open(c.approvals, c.approvers)
		if !errors.Is(err, c.want) || c.want == nil && err != nil {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
			continue
		}
		if c.want != nil {
			continue
		}
		// What both signed can be verified by anyone who has their keys.
		v1, err1 := note.NewVerifier(anna.Key)
		v2, err2 := note.NewVerifier(bertil.Key)
		n, err := note.Open(a.Note, note.VerifierList(v1, v2))
		if err := errors.Join(err, err1, err2); err != nil || len(n.Sigs) != 2 || n.Text != sound || strings.Join(a.Approvers, " ") != "anna bertil" {
			t.Errorf("%s: %v: %s", c.name, err, a.Note)
		}
	}
	if _, err := release.Open([][]byte{sign(anna, sound), changed}, both); err == nil {
		t.Error("a changed statement was approved")
	}
	if _, err := release.Approve([]byte("I approve\n"), anna.Signer); !errors.Is(err, release.ErrMalformed) {
		t.Errorf("something else was approved: %v", err)
	}
	// One person under two names, or two people under one key, are not two.
	for name, approvers := range map[string][]release.Approver{
		"one key":  {anna.Approver, {Name: "annas syster", Key: anna.Key}},
		"one name": {anna.Approver, {Name: anna.Name, Key: bertil.Key}},
		"no name":  {anna.Approver, {Key: bertil.Key}},
		"no key":   {anna.Approver, {Name: "bertil"}},
	} {
		if _, err := release.Open([][]byte{sign(anna, sound), sign(bertil, sound)}, approvers); err == nil {
			t.Errorf("%s: approved", name)
		}
	}
}

// The folder gives what enough people have approved, by its first day.
func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "releases")
	anna, bertil, stranger := releasetest.NewPerson(t, "anna"), releasetest.NewPerson(t, "bertil"), releasetest.NewPerson(t, "cesar")
	both := []release.Approver{anna.Approver, bertil.Approver}
	if approved, faults, err := release.Read(dir, both); err != nil || len(approved)+len(faults) != 0 {
		t.Errorf("no folder: %v %v %v", approved, faults, err)
	}
	for _, c := range []struct {
		from   string
		people []releasetest.Person
	}{{"2027-02-01", []releasetest.Person{anna, bertil}}, {"2027-01-01", []releasetest.Person{anna}}, {"2026-12-01", []releasetest.Person{bertil, anna}}} {
		for _, p := range c.people {
			approval, err := release.Approve([]byte(strings.Replace(sound, "2026-12-01", c.from, 1)), p.Signer)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // the same again changes nothing
				if _, err := release.Put(dir, approval, both); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	strange, err := release.Approve([]byte(sound), stranger.Signer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := release.Put(dir, strange, both); !errors.Is(err, release.ErrStranger) {
		t.Errorf("a stranger's approval was taken: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "README"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	approved, faults, err := release.Read(dir, both)
	if err != nil || len(approved) != 2 || approved[0].From != "2026-12-01" || approved[1].From != "2027-02-01" {
		t.Errorf("%v: %v", err, approved)
	}
	if len(faults) != 1 || !errors.Is(faults[0], release.ErrTooFew) {
		t.Errorf("the faults: %v", faults)
	}
}

func TestCurrent(t *testing.T) {
	s, err := release.Current("2026-12-01", municipal.All())
	if err != nil || s.Engine != wasm.Current().EngineSHA256 || len(s.Guidelines) < 10 {
		t.Fatalf("%v: %+v", err, s)
	}
	if back, err := release.Parse(s.Marshal()); err != nil || back.ID() != s.ID() {
		t.Errorf("%v: it does not read back", err)
	}
	if _, err := release.Current("tomorrow", nil); err == nil {
		t.Error("a release from tomorrow")
	}
}
