package store

import (
	"context"
	"errors"
	"slices"

	"github.com/hashicorp/go-memdb"
)

// KindStaff says which roles a member of staff has from now on.
const KindStaff Kind = "staff"

// Staff is the head of a change of someone's roles; without roles the person no
// longer works there. The latest event about a person counts, and before the first
// one the configuration. The body says who it is.
type Staff struct {
	Municipality string `json:"municipality"`
	Person       string `json:"person"` // the member's reference
	Roles        []Role `json:"roles"`
	Protected    bool   `json:"protected,omitzero"`
	By           string `json:"by"`
}

// Kind implements Head.
func (Staff) Kind() Kind { return KindStaff }

// An administrator gives roles to others, never to herself, and none that reach
// beyond the municipality.
func (h Staff) may(c Caller, v *View, _ Draft) bool {
	if old, ok, err := v.Staff(h.Person); err != nil || ok && old.Municipality != h.Municipality {
		return false
	}
	for _, r := range h.Roles {
		if !slices.Contains([]Role{Caseworker, Approver, Auditor, Administrator}, r) {
			return false
		}
	}
	return c.staff(Administrator, h.Municipality) && h.By == c.Ref && h.Person != "" && h.Person != c.Ref
}

func (h Staff) apply(txn *memdb.Txn, e *Event) error {
	return txn.Insert("staff", &member{Staff: h, Person: h.Person, Municipality: h.Municipality, Case: e.Case, Seq: e.Seq})
}

type member struct {
	Staff
	Person       string // repeated for the indexes, which see no embedded fields
	Municipality string
	Case         string
	Seq          uint64
}

// Staff finds what was last said about a member of staff.
func (v *View) Staff(person string) (Staff, bool, error) {
	found, err := v.txn.First("staff", "id", person)
	if err != nil {
		return Staff{}, false, err
	}
	m, _ := found.(*member)
	if m == nil {
		return Staff{}, false, nil
	}
	return m.Staff, true, nil
}

// Staff finds what was last said about a member of staff: at each request, so that
// a role that is taken away is gone at once.
func (s *Store) Staff(person string) (Staff, bool, error) { return s.view().Staff(person) }

// A Member is a member of staff with the body of the event.
type Member struct {
	Staff
	Body []byte
}

// Roster gives those whose roles an administrator of the caller's municipality has
// changed, those without any role among them.
func (s *Store) Roster(ctx context.Context, caller Caller) ([]Member, error) {
	if !caller.staff(Administrator, caller.Municipality) {
		return nil, errors.Join(ErrForbidden, s.witness(ctx, caller, "list staff", true))
	}
	if err := s.witness(ctx, caller, "list staff", false); err != nil {
		return nil, err
	}
	it, err := s.view().txn.Get("staff", "municipality", caller.Municipality)
	if err != nil {
		return nil, err
	}
	var out []Member
	for found := it.Next(); found != nil; found = it.Next() {
		m := found.(*member)
		body, err := s.body(ctx, m.Seq, m.Case)
		if err != nil {
			return nil, err
		}
		out = append(out, Member{m.Staff, body})
	}
	return out, nil
}
