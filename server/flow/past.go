package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/skalig/skalig/server/household"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
)

// past is what was decided and set for a household before a case.
type past struct {
	before   store.Case       // the latest earlier month's; zero where there is none
	decision *record.Decision // of it; nil where there is none
	bounds   *household.Bounds
	seq      uint64 // of the event that set the bounds
}

// past reads what came before a case. What can no longer be opened was erased, and
// is not there.
func (s *Service) past(ctx context.Context, id string) (past, error) {
	var p past
	var err error
	if p.before, p.decision, err = s.before(ctx, store.Program, id); err != nil {
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
	_, d, err := s.before(ctx, caller, id)
	return d, err
}

// before gives the case of that decision too, also where it can no longer be opened.
func (s *Service) before(ctx context.Context, caller store.Caller, id string) (store.Case, *record.Decision, error) {
	before, ok, err := s.Store.Before(id)
	if err != nil || !ok {
		return store.Case{}, nil, err
	}
	file, err := s.Store.Read(ctx, caller, before.ID)
	if errors.Is(err, store.ErrErased) {
		return before, nil, nil
	}
	if err != nil {
		return before, nil, err
	}
	body, err := DecodeBody[DecidedBody](file.Decided)
	if err != nil {
		return before, nil, err
	}
	d, err := record.ParseDecision([]byte(body.Record))
	if err != nil {
		return before, nil, fmt.Errorf("couldn't read the record of case %s: %w", before.ID, err)
	}
	return before, d, nil
}

// A standing is what a household's past says of a case. The zero standing is a human's.
type standing struct {
	inside    bool // the household's bounds
	unchanged bool // nothing has changed, but for what bounds allow
	granted   bool // the last decision granted everything, or bounds are newer than it
	agrees    bool // what is stated of months with support goes with what was decided
}

// allows holds a case to the household's past. The view tells if other bounds have been
// set or another decision made since p was read: then nobody has looked, and a human does.
func (p past) allows(v *store.View, c *store.Case, e *Estimate) (standing, error) {
	seq, err := v.Bounds(c)
	if err != nil || seq != p.seq {
		return standing{}, err
	}
	last, found, err := v.Before(c)
	if err != nil || last.ID != p.before.ID || last.Index != p.before.Index {
		return standing{}, err
	}
	now, err := household.Parse(e.Facts)
	if err != nil {
		return standing{}, err
	}
	var before *household.Facts
	if p.decision != nil {
		f, err := household.Parse(p.decision.Facts)
		if err != nil {
			return standing{}, err
		}
		before = &f
	}
	out := standing{inside: true, granted: !found || last.Outcome == record.Granted}
	if out.agrees, err = agrees(v, c, &now, &last, before); err != nil {
		return standing{}, err
	}
	if p.bounds == nil {
		out.unchanged = before == nil || len(household.Compare(before, &now)) == 0
		return out, nil
	}
	out.inside = p.bounds.Inside(before, &now)
	out.unchanged = out.inside
	out.granted = out.granted || out.inside && p.seq > last.DecidedSeq()
	return out, nil
}

// agrees holds what each adult states of months with support to what was decided for
// that person.
func agrees(v *store.View, c *store.Case, now *household.Facts, last *store.Case, before *household.Facts) (bool, error) {
	for i, person := range c.Adults() {
		months, err := v.Months(person, c.Month)
		if err != nil {
			return false, err
		}
		then := household.Run{}
		if at := slices.Index(last.Adults(), person); before != nil && at >= 0 {
			then = before.Run(at)
		}
		if !now.Run(i).Agrees(then, months) {
			return false, nil
		}
	}
	return true, nil
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
