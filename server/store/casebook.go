package store

import (
	"cmp"
	"context"
	"errors"
	"slices"
)

// Casebook gives every case of the caller's municipality without anything that is
// sealed, so that a caseworker can see how the work is spread over time.
func (s *Store) Casebook(ctx context.Context, caller Caller) ([]Case, error) {
	if !caller.staff(Caseworker, caller.Municipality) {
		return nil, errors.Join(ErrForbidden, s.witness(ctx, caller, "list casebook", true))
	}
	var cases []Case
	for c, err := range s.view().town(caller.Municipality) {
		if err != nil {
			return nil, err
		}
		if caller.sees(c) {
			cases = append(cases, *c)
		}
	}
	slices.SortFunc(cases, func(a, b Case) int { return cmp.Compare(a.ID, b.ID) })
	return cases, s.witness(ctx, caller, "list casebook", false)
}
