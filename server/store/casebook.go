package store

import (
	"context"
	"errors"
)

// Casebook gives every case of the caller's municipality without anything that is
// sealed, so that a caseworker can see how the work is spread over time.
func (s *Store) Casebook(ctx context.Context, caller Caller) ([]Case, error) {
	if !caller.staff(Caseworker, caller.Municipality) {
		return nil, errors.Join(ErrForbidden, s.witness(ctx, caller, "list casebook", true))
	}
	var cases []Case
	for c, err := range s.view().each("id_prefix", "") {
		if err != nil {
			return nil, err
		}
		if caller.sees(&c) {
			cases = append(cases, c)
		}
	}
	return cases, s.witness(ctx, caller, "list casebook", false)
}
