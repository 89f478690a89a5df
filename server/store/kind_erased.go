package store

import (
	"fmt"
	"slices"

	"github.com/hashicorp/go-memdb"
)

// KindErased is a case that was erased by a leaf of its own, as all were once; cases are
// erased by [KindCaseErased] since.
const KindErased Kind = "erased"

// Erased is the head of that.
type Erased struct {
	Place
	Erases string   `json:"erases"`        // the case
	Also   []string `json:"also,omitzero"` // wishes to talk and accounts that go with it, whose keys are their own
}

// Kind implements Head.
func (Erased) Kind() Kind { return KindErased }

func (h Erased) name() string { return "" }

func (h Erased) may(c Caller, v *View, _ Draft) bool {
	k, err := v.Case(h.Erases)
	return err == nil && c.Role == System && k.Municipality == h.Municipality
}

func (h Erased) apply(txn *memdb.Txn, e *Event) error { return eraseCase(txn, e, h.Erases, h.Also) }

// eraseCase marks a case as erased, with all keys that go with it.
func eraseCase(txn *memdb.Txn, e *Event, id string, also []string) error {
	found, err := txn.First("cases", "id", id)
	if err != nil {
		return err
	}
	old, _ := found.(*Case)
	if old == nil || old.State == StateErased {
		return fmt.Errorf("%w: row %d erases a case that is not there", errApply, e.Seq)
	}
	for _, ref := range append([]string{id}, also...) {
		if err := txn.Insert("erasures", &erasure{Ref: ref, Case: id}); err != nil {
			return err
		}
	}
	c := *old
	c.Version++
	c.State, c.ErasedAt = StateErased, e.At
	return txn.Insert("cases", &c)
}

// erasure is a key that is to be destroyed, or is.
type erasure struct {
	Ref  string
	Case string
}

// erased reports whether an event says that what a key sealed was erased.
func (v *View) erased(ref string) bool {
	found, err := v.txn.First("erasures", "id", ref)
	return err == nil && found != nil
}

// AccountRef is the key that a person's account is sealed with, empty where no
// account is kept.
func (v *View) AccountRef(person string) (string, error) {
	a, err := v.account(person)
	if err != nil || a == nil || v.erased(a.Case) {
		return "", err
	}
	return a.Case, nil
}

// AccountsWith gives the keys of the accounts that nothing needs once a case is
// erased: those of its adults who are in no other case that is kept, in any
// municipality.
func (v *View) AccountsWith(c *Case) ([]string, error) {
	var refs []string
	for _, person := range c.Adults() {
		ref, err := v.AccountRef(person)
		if err != nil {
			return nil, err
		}
		needed := ref == ""
		for other, err := range v.each("id") {
			if err != nil {
				return nil, err
			}
			needed = needed || other.ID != c.ID && other.State != StateErased && slices.Contains(other.Adults(), person)
		}
		if needed {
			continue
		}
		a, err := v.account(person)
		if err != nil {
			return nil, err
		}
		refs = append(append(refs, ref), a.Older...)
	}
	return refs, nil
}

// erasedRefs gives the keys that go with each erased case, in order.
func (v *View) erasedRefs() ([]erasure, error) {
	it, err := v.txn.Get("erasures", "id")
	if err != nil {
		return nil, err
	}
	var out []erasure
	for found := it.Next(); found != nil; found = it.Next() {
		out = append(out, *found.(*erasure))
	}
	return out, nil
}
