package store_test

import (
	"crypto/rand"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/skalig/skalig/server/store"
)

// rowsOfCase is how many events an application by web leaves that the machine
// grants: its person's and the service's acts, and each look at it.
const rowsOfCase = 8

// bulk makes a folder with the journal of so many applications, and says how many
// events there are.
func bulk(t testing.TB, dir string, cases int) int {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Dir: dir, Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Bulk(t.Context(), applications(cases)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return cases * rowsOfCase
}

// applications are the events of one granted application after the other. Ids are
// as long as the service's own, and bodies about as large.
func applications(n int) iter.Seq[store.Draft] {
	return func(yield func(store.Draft) bool) {
		application, decision, receipt, leaf := make([]byte, 2600), make([]byte, 9000), make([]byte, 2400), make([]byte, 400)
		for i := range n {
			id, person, key := rand.Text(), rand.Text(), rand.Text()
			look := func(action string) store.Draft {
				return store.Draft{Head: store.Access{Actor: person, Role: store.Applicant, Action: action, Cases: []string{id}}}
			}
			copy(leaf, fmt.Sprintf("leaf %d", i))
			for _, d := range []store.Draft{
				{Head: store.Access{Actor: person, Role: store.Applicant, Action: "list own"}},
				{Case: id, Key: "submit:" + id, Body: application, Head: store.Submitted{Person: person, Municipality: "9999", Month: "2026-11",
					Form: store.FirstTime, Channel: store.Web, Key: key, Digest: key + key}},
				{Case: id, Key: "decide:" + id, Body: decision, Head: store.Decided{Index: uint64(i), Municipality: "9999", Number: uint64(i),
					Leaf: leaf, Mode: "automatic", Outcome: "granted", Engine: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}},
				{Case: id, Key: "publish:" + id, Body: receipt, Head: store.Published{Index: uint64(i)}},
				look("read"), look("read"), look("list own"), look("read"),
			} {
				if !yield(d) {
					return
				}
			}
		}
	}
}
