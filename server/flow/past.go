package flow

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/skalig/skalig/server/household"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
)

// past is what was decided and set for a household before a case.
type past struct {
	decision *record.Decision // for the latest earlier month; nil where there is none
	bounds   *household.Bounds
	seq      uint64 // of the event that set the bounds
}

// past reads what came before a case. What can no longer be opened was erased, and
// is not there.
func (s *Service) past(ctx context.Context, id string) (past, error) {
	var p past
	var err error
	if p.decision, err = s.Before(ctx, store.Program, id); err != nil {
		return p, err
	}
	text, seq, err := s.Store.Bounds(ctx, store.Program, id)
	if errors.Is(err, store.ErrErased) {
		return p, nil // seq stays 0, so that a human decides
	}
	if err != nil || seq == 0 {
		return p, err
	}
	b, err := DecodeBody[household.Bounds](text)
	p.bounds, p.seq = &b, seq
	return p, err
}

// Before gives the record of the household's latest decision for an earlier month,
// nil where there is none.
func (s *Service) Before(ctx context.Context, caller store.Caller, id string) (*record.Decision, error) {
	before, ok, err := s.Store.Before(id)
	if err != nil || !ok {
		return nil, err
	}
	file, err := s.Store.Read(ctx, caller, before.ID)
	if errors.Is(err, store.ErrErased) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	body, err := DecodeBody[DecidedBody](file.Decided)
	if err != nil {
		return nil, err
	}
	d, err := record.ParseDecision([]byte(body.Record))
	if err != nil {
		return nil, fmt.Errorf("couldn't read the record of case %s: %w", before.ID, err)
	}
	return d, nil
}

// allows answers whether the case is inside the household's bounds, and whether
// anything has changed that bounds do not allow. The view tells if other bounds
// have been set since p was read: then nobody has looked, and a human does.
func (p past) allows(v *store.View, c *store.Case, e *Estimate) (inside, unchanged bool, err error) {
	seq, err := v.Bounds(c)
	if err != nil || seq != p.seq {
		return false, false, err
	}
	now, err := household.Parse(e.Facts)
	if err != nil {
		return false, false, err
	}
	var before *household.Facts
	if p.decision != nil {
		f, err := household.Parse(p.decision.Facts)
		if err != nil {
			return false, false, err
		}
		before = &f
	}
	if p.bounds != nil {
		inside = p.bounds.Inside(before, &now)
		return inside, inside, nil
	}
	return true, before == nil || len(household.Compare(before, &now)) == 0, nil
}

// Bound sets the bounds of the household of a case, or takes them away where b is
// nil.
func (s *Service) Bound(ctx context.Context, caller store.Caller, id string, b *household.Bounds) error {
	if b != nil {
		if err := b.Valid(); err != nil {
			return fmt.Errorf("couldn't set bounds: %w", err)
		}
	}
	var text []byte
	if b != nil {
		var err error
		if text, err = json.Marshal(b, json.Deterministic(true)); err != nil {
			return err
		}
	}
	_, err := s.Store.Update(ctx, caller, func(v *store.View) (store.Draft, error) {
		c, err := v.Case(id)
		if err != nil {
			return store.Draft{}, err
		}
		return store.Draft{Case: id, Body: text,
			Head: store.Bounds{Municipality: c.Municipality, People: c.Adults(), Removed: b == nil, By: caller.Ref}}, nil
	})
	return err
}
