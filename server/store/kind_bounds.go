package store

import (
	"context"

	"github.com/hashicorp/go-memdb"
)

// KindBounds sets the bounds of a household, or takes them away.
const KindBounds Kind = "bounds"

// Bounds is the head of bounds that a caseworker has set for a household, from one
// of its cases; what they are stands in the body.
type Bounds struct {
	Municipality string   `json:"municipality"`
	People       []string `json:"people"` // the household's adults
	Removed      bool     `json:"removed,omitzero"`
	By           string   `json:"by"`
}

// Kind implements Head.
func (Bounds) Kind() Kind { return KindBounds }

func (h Bounds) may(c Caller, v *View, d Draft) bool {
	k, err := v.Case(d.Case)
	return err == nil && c.Role == Caseworker && c.sees(&k) && h.Municipality == k.Municipality && h.By == c.Ref
}

func (h Bounds) apply(txn *memdb.Txn, e *Event) error {
	v := &View{txn}
	for _, person := range h.People {
		if err := txn.Insert("bounds", &bound{Scope: scope(h.Municipality, v.root(person)), Removed: h.Removed, Case: e.Case, Seq: e.Seq}); err != nil {
			return err
		}
	}
	return nil
}

type bound struct {
	Scope   string
	Removed bool
	Case    string
	Seq     uint64
}

// bounds finds those of a case's household.
func (v *View) bounds(c *Case) (*bound, error) {
	var latest *bound
	for _, person := range c.Adults() {
		found, err := v.txn.First("bounds", "id", scope(c.Municipality, person))
		if err != nil {
			return nil, err
		}
		if b, _ := found.(*bound); b != nil && (latest == nil || b.Seq > latest.Seq) {
			latest = b
		}
	}
	if latest == nil || latest.Removed {
		return nil, nil
	}
	return latest, nil
}

// Bounds gives the number of the event that set the bounds of a case's household,
// 0 where there are none.
func (v *View) Bounds(c *Case) (uint64, error) {
	b, err := v.bounds(c)
	if err != nil || b == nil {
		return 0, err
	}
	return b.Seq, nil
}

// Bounds gives the body of the bounds of a case's household, and the number of the
// event; nil and 0 where there are none.
func (s *Store) Bounds(ctx context.Context, caller Caller, id string) ([]byte, uint64, error) {
	c, err := s.allowed(ctx, caller, "read bounds", id)
	if err != nil {
		return nil, 0, err
	}
	b, err := s.view().bounds(&c)
	if err != nil || b == nil {
		return nil, 0, err
	}
	body, err := s.body(ctx, b.Seq, b.Case)
	return body, b.Seq, err
}
