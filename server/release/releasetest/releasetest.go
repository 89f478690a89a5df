// Package releasetest approves releases for tests, as two people who exist only there.
package releasetest

import (
	"crypto/rand"
	"crypto/sha256"
	"testing"

	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/server/record"
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
	return must(newPerson(name))(t)
}

func newPerson(name string) (Person, error) {
	skey, vkey, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		return Person{}, err
	}
	signer, err := note.NewSigner(skey)
	return Person{release.Approver{Name: name, Key: vkey}, signer}, err
}

// Approve has two people approve a statement.
func Approve(t testing.TB, s release.Statement) release.Approved {
	t.Helper()
	return must(approve(s))(t)
}

func approve(s release.Statement) (release.Approved, error) {
	var people []release.Approver
	var approvals [][]byte
	for _, name := range []string{"anna.test", "bertil.test"} {
		p, err := newPerson(name)
		if err != nil {
			return release.Approved{}, err
		}
		approval, err := release.Approve(s.Marshal(), p.Signer)
		if err != nil {
			return release.Approved{}, err
		}
		people, approvals = append(people, p.Approver), append(approvals, approval)
	}
	return release.Open(approvals, people)
}

// Current is what this build decides by, approved by two people, from a day on;
// guidelines are bundled besides those that the build holds.
func Current(t testing.TB, from string, guidelines ...[]byte) []release.Approved {
	t.Helper()
	return must(FromDay(from, guidelines...))(t)
}

// Record is the log's record of what this build decides by from a day on, after change,
// with the signatures of those people, enough of them or not.
func Record(t testing.TB, from string, change func(*release.Statement), by ...Person) *record.Release {
	t.Helper()
	s := must(release.Current(from, municipal.All()))(t)
	if change != nil {
		change(&s)
	}
	r := &record.Release{Day: from, Version: s.Version, Engine: s.Engine, Verify: s.Verify, Rules: s.Rules, From: s.From}
	var signers []note.Signer
	for _, p := range by {
		signers, r.Approvers, r.Keys = append(signers, p.Signer), append(r.Approvers, p.Name), append(r.Keys, p.Key)
	}
	r.Approval = string(must(note.Sign(&note.Note{Text: string(s.Marshal())}, signers...))(t))
	return r
}

// FromDay is Current for a process that has no test.
func FromDay(from string, guidelines ...[]byte) ([]release.Approved, error) {
	s, err := release.Current(from, municipal.All())
	if err != nil {
		return nil, err
	}
	for i, g := range guidelines {
		s.Guidelines = append(s.Guidelines, release.Guideline{Municipality: "9998", From: "2026-" + string([]byte{'0', byte('1' + i)}), SHA256: sha256.Sum256(g)})
	}
	a, err := approve(s)
	return []release.Approved{a}, err
}

// must gives what was made, or ends the test.
func must[T any](made T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
}
