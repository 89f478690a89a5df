package store

import (
	"context"
	"fmt"
	"math"
)

// A Ruled decision is its head with its case.
type Ruled struct {
	Case Case
	At   int64 // milliseconds since 1970
	Head Decided
}

// Rulings gives the service itself a municipality's decisions made from one time to
// before another, in order.
func (s *Store) Rulings(ctx context.Context, municipality string, from, to int64) ([]Ruled, error) {
	v := s.view()
	var out []Ruled
	for e, err := range v.ruled(municipality, from, to) {
		if err != nil {
			return nil, err
		}
		row, err := s.row(ctx, e.Seq)
		if err != nil {
			return nil, err
		}
		h, ok := row.Head.(*Decided)
		if !ok {
			return nil, fmt.Errorf("row %d of the journal is no decision but %s", e.Seq, row.Kind)
		}
		c, err := v.Case(e.Case)
		if err != nil {
			return nil, err
		}
		out = append(out, Ruled{Case: c, At: row.At, Head: *h})
	}
	return out, nil
}

// FirstDecision is when a municipality's first decision was made, 0 where there is
// none.
func (s *Store) FirstDecision(municipality string) (int64, error) {
	for e, err := range s.view().ruled(municipality, 0, math.MaxInt64) {
		if err != nil {
			return 0, err
		}
		return e.DecidedAt, nil
	}
	return 0, nil
}

// AppealedBetween counts the appeals that came to a municipality from one time to before
// another.
func (s *Store) AppealedBetween(municipality string, from, to int64) (n uint64, err error) {
	for c, err := range s.view().town(municipality) {
		if err != nil {
			return 0, err
		}
		for _, a := range c.Appeals {
			if a.At >= from && a.At < to {
				n++
			}
		}
	}
	return n, nil
}
