package store

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/hashicorp/go-memdb"
)

// KindClaim is what a human did about money that was paid beyond the decision that now
// holds. Nothing is taken back by the service itself (33 kap. socialtjänstlagen).
const KindClaim Kind = "claim"

// What can be done about it.
const (
	ClaimHanded  = "handed"  // it lies before the board
	ClaimMade    = "claimed" // the board has decided to claim it back
	ClaimDropped = "dropped" // the board has decided not to, or no longer to
	ClaimRepaid  = "repaid"  // what was claimed back has been paid back
)

// Claim is the head of what was done. The amount and the note stand in the body.
type Claim struct {
	Number uint64 `json:"number"` // of the decision that grants less than was paid
	How    string `json:"how"`
	By     string `json:"by"`
}

// Kind implements Head.
func (Claim) Kind() Kind { return KindClaim }

func (h Claim) may(c Caller, v *View, d Draft) bool {
	k, err := v.Case(d.Case)
	return err == nil && c.Role == Caseworker && h.By == c.Ref && c.sees(&k) && h.follows(&k) && slices.Contains(k.ClaimNext(), h.How)
}

// ClaimNext is what can come after what was done about it; nothing after its end.
func (c *Case) ClaimNext() []string {
	switch c.Claim() {
	case "", ClaimHanded:
		return []string{ClaimHanded, ClaimMade, ClaimDropped}
	case ClaimMade:
		return []string{ClaimRepaid, ClaimDropped}
	}
	return nil
}

// follows: it is about the published decision that took the place of another.
func (h Claim) follows(c *Case) bool {
	return c.State == StatePublished && c.Replaces != "" && c.Number == h.Number
}

func (h Claim) apply(txn *memdb.Txn, e *Event) error {
	return change(txn, e, func(c *Case) bool {
		ok := h.follows(c)
		c.Claimed, c.ClaimHow = h.Number+1, h.How
		return ok
	})
}

// Claim says what was done about money paid beyond the latest decision, empty where
// nothing was.
func (c *Case) Claim() string {
	if c.Claimed != c.Number+1 {
		return ""
	}
	return c.ClaimHow
}

// replaced holds for a published decision that took the place of another: more may
// have been paid than it grants.
func (c *Case) replaced() bool { return c.State == StatePublished && c.Replaces != "" }

// Replaced gives a caseworker the cases of the own municipality whose decision has
// taken the place of another, with what was ordered in them, the oldest first.
func (s *Store) Replaced(ctx context.Context, caller Caller) ([]Due, error) {
	if !caller.staff(Caseworker, caller.Municipality) {
		return nil, errors.Join(ErrForbidden, s.witness(ctx, caller, "list replaced", true))
	}
	v := s.view()
	all, err := collect(v.each("replaced", true))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b Case) int { return cmp.Or(cmp.Compare(a.DecidedAt, b.DecidedAt), cmp.Compare(a.ID, b.ID)) })
	var out []Due
	var named []string
	for _, c := range all {
		if !caller.sees(&c) {
			continue
		}
		d, err := v.due(c)
		if err != nil {
			return nil, err
		}
		if len(d.Transfers) > 0 {
			out, named = append(out, d), append(named, c.ID)
		}
	}
	return out, s.witness(ctx, caller, "list replaced", false, named...)
}

// Ordered gives a case with what was ordered in it, to whoever may read the case.
func (s *Store) Ordered(ctx context.Context, caller Caller, id string) (Due, error) {
	c, err := s.allowed(ctx, caller, "read payments", id)
	if err != nil {
		return Due{}, err
	}
	return s.view().due(c)
}
