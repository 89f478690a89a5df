package store

import (
	"cmp"
	"context"
	"errors"
	"slices"
)

// ShortestPrefix is how much of a case's id somebody has to know to find it by.
const ShortestPrefix = 8

// OfPerson gives a person's cases in the caller's municipality, newest first.
func (s *Store) OfPerson(ctx context.Context, caller Caller, person string) ([]Case, error) {
	return s.searched(ctx, caller, "list search", func(v *View) func(func(Case, error) bool) { return v.of(person) })
}

// Beginning gives the cases of the caller's municipality whose ids begin so.
func (s *Store) Beginning(ctx context.Context, caller Caller, prefix string) ([]Case, error) {
	if len(prefix) < ShortestPrefix {
		return nil, nil
	}
	return s.searched(ctx, caller, "list search", func(v *View) func(func(Case, error) bool) { return v.each("id_prefix", prefix) })
}

// Latest gives the n cases of the caller's municipality that were decided last.
func (s *Store) Latest(ctx context.Context, caller Caller, n int) ([]Case, error) {
	cases, err := s.mine(caller, func(v *View) func(func(Case, error) bool) {
		return v.each("state", string(StatePublished), caller.Municipality)
	})
	if err != nil {
		return nil, errors.Join(err, s.witness(ctx, caller, "list decided", true))
	}
	slices.SortFunc(cases, func(a, b Case) int { return cmp.Or(cmp.Compare(b.DecidedAt, a.DecidedAt), cmp.Compare(a.ID, b.ID)) })
	cases = cases[:min(n, len(cases))]
	return cases, s.witness(ctx, caller, "list decided", false, ids(cases)...)
}

func (s *Store) searched(ctx context.Context, caller Caller, action string, all func(*View) func(func(Case, error) bool)) ([]Case, error) {
	cases, err := s.mine(caller, all)
	if err != nil {
		return nil, errors.Join(err, s.witness(ctx, caller, action, true))
	}
	slices.SortFunc(cases, func(a, b Case) int { return cmp.Or(cmp.Compare(b.SubmittedAt, a.SubmittedAt), cmp.Compare(a.ID, b.ID)) })
	return cases, s.witness(ctx, caller, action, false, ids(cases)...)
}

// mine keeps what a caseworker sees of some cases; nobody else searches.
func (s *Store) mine(caller Caller, all func(*View) func(func(Case, error) bool)) ([]Case, error) {
	if caller.Role != Caseworker || caller.Ref == "" || caller.Municipality == "" {
		return nil, ErrForbidden
	}
	cases, err := collect(all(s.view()))
	return slices.DeleteFunc(cases, func(c Case) bool { return !caller.sees(&c) || c.State == StateErased }), err
}
