// Package releasetest approves releases for tests, as two people who exist only there.
package releasetest

import (
	"crypto/rand"
	"crypto/sha256"
	"testing"

	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/server/release"
	"golang.org/x/mod/sumdb/note"
)

// A Person approves.
type Person struct {
	release.Approver
	Signer note.Signer
}

// NewPerson makes a person with a key.
func NewPerson(t testing.TB, name string) Person {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	return Person{release.Approver{Name: name, Key: vkey}, signer}
}

// Approve has two people approve a statement.
func Approve(t testing.TB, s release.Statement) release.Approved {
	t.Helper()
	one, two := NewPerson(t, "anna.test"), NewPerson(t, "bertil.test")
	var approvals [][]byte
	for _, p := range []Person{one, two} {
		approval, err := release.Approve(s.Marshal(), p.Signer)
		if err != nil {
			t.Fatal(err)
		}
		approvals = append(approvals, approval)
	}
	a, err := release.Open(approvals, []release.Approver{one.Approver, two.Approver})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Current is what this build decides by, approved by two people, from a day on;
// guidelines are bundled besides those that the build holds.
func Current(t testing.TB, from string, guidelines ...[]byte) []release.Approved {
	t.Helper()
	s, err := release.Current(from, municipal.All())
	if err != nil {
		t.Fatal(err)
	}
	for i, g := range guidelines {
		s.Guidelines = append(s.Guidelines, release.Guideline{Municipality: "9998", From: "2026-" + string([]byte{'0', byte('1' + i)}), SHA256: sha256.Sum256(g)})
	}
	return []release.Approved{Approve(t, s)}
}
