package store

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/hashicorp/go-memdb"
)

// ErasedTogether is of how many households a leaf names the erased decisions, at least: so
// that nobody who reads the log learns which of them were of one. Until as many have been
// erased the leaf waits, however long; the erasure doesn't.
const ErasedTogether = 5

// KindErasures is a leaf that names the decisions of erased cases.
const KindErasures Kind = "erasures"

// Erasures is the head of that: of all that were erased in a municipality for one reason,
// up to a row of the journal, and that no leaf has named before.
type Erasures struct {
	Place
	Reason string `json:"reason"`
	Last   uint64 `json:"last"`
}

// Kind implements Head.
func (Erasures) Kind() Kind { return KindErasures }

func (h Erasures) name() string { return "" }

func (h Erasures) may(c Caller, v *View, _ Draft) bool {
	told, err := v.Untold(h.Municipality, h.Reason)
	return err == nil && c.Role == System && Households(told) >= ErasedTogether && told[len(told)-1].Seq == h.Last
}

func (h Erasures) apply(txn *memdb.Txn, e *Event) error {
	all, err := (&View{txn}).Untold(h.Municipality, h.Reason)
	if err != nil {
		return err
	}
	told := 0
	for _, u := range all {
		if u.Seq > h.Last {
			break
		}
		if err := txn.Delete("untold", &u); err != nil {
			return err
		}
		told++
	}
	if told == 0 {
		return fmt.Errorf("%w: row %d names the decisions of no erased case", errApply, e.Seq)
	}
	return nil
}

// Untold is an erased case whose decisions no leaf of the log has named yet.
type Untold struct {
	Case         string
	Adults       []string
	Municipality string
	Reason       string
	Numbers      []uint64
	Seq          uint64 // of the event
}

// Untold gives those of a municipality that were erased for one reason, oldest first.
func (v *View) Untold(municipality, reason string) (all []Untold, err error) {
	it, err := v.txn.Get("untold", "id")
	if err != nil {
		return nil, err
	}
	for found := it.Next(); found != nil; found = it.Next() {
		if u := found.(*Untold); u.Municipality == municipality && u.Reason == reason {
			c := *u
			c.Adults = nil // whoever is known by two references is one
			for _, person := range u.Adults {
				c.Adults = append(c.Adults, v.root(person))
			}
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b Untold) int { return cmp.Compare(a.Seq, b.Seq) })
	return all, nil
}

// Households counts those whom cases are about: who has applied together is one.
func Households(all []Untold) int {
	var groups [][]string
	for _, u := range all {
		joined := u.Adults
		apart := groups[:0:0]
		for _, g := range groups {
			if slices.ContainsFunc(g, func(person string) bool { return slices.Contains(joined, person) }) {
				joined = slices.Concat(joined, g)
			} else {
				apart = append(apart, g)
			}
		}
		groups = append(apart, joined)
	}
	return len(groups)
}
