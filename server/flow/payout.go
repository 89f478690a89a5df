package flow

import (
	"context"

	"github.com/skalig/skalig/server/account"
	"github.com/skalig/skalig/server/store"
)

// A Payout is where a person's part of a case goes.
type Payout struct {
	Due bool            // there is such a part, or may come to be, that is not on its way
	To  *account.Number // nil: not known
}

// Missing holds when nothing can be paid before the person says where.
func (p Payout) Missing() bool { return p.Due && p.To == nil }

// Payout gives that of an adult of a case, who may read the case. Before the decision
// it is the applicant's; then what the shares say.
func (s *Service) Payout(ctx context.Context, person string, c *store.Case) (Payout, error) {
	var out Payout
	own, err := s.AccountOf(ctx, store.Program, person)
	if err != nil {
		return out, err
	}
	if own != nil {
		out.To = &own.To
	}
	switch c.State {
	case store.StateErased:
		return out, nil
	case store.StatePublished:
	default:
		out.Due = person == c.Person
		return out, nil
	}
	transfers, err := s.Store.Transfers(ctx, store.Program, c.ID)
	if err != nil {
		return out, err
	}
	d, err := s.debt(ctx, store.Due{Case: *c, Transfers: transfers})
	if err != nil {
		return out, err
	}
	part := partPartner
	if person == c.Person {
		part = partPerson
	}
	for _, share := range d.Shares {
		out.Due = out.Due || share.part == part
	}
	return out, nil
}
