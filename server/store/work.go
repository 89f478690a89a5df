package store

import (
	"cmp"
	"context"
	"errors"
	"slices"
)

// Unlettered counts the published decisions whose letter is not printed yet, and gives when
// the oldest of them was made, in milliseconds since 1970.
func (s *Store) Unlettered() (n int, oldest int64, err error) {
	it, err := s.view().txn.Get("cases", "unlettered_prefix", "")
	if err != nil {
		return 0, 0, err
	}
	for found := it.Next(); found != nil; found = it.Next() {
		if n++; n == 1 {
			oldest = found.(*Case).DecidedAt
		}
	}
	return n, oldest, nil
}

// AwaitUnlettered gives at most n published decisions whose letter is not printed
// yet, the oldest first. Where there is none it waits until there is.
func (s *Store) AwaitUnlettered(ctx context.Context, n int) ([]Case, error) {
	for {
		it, err := s.view().txn.Get("cases", "unlettered_prefix", "")
		if err != nil {
			return nil, err
		}
		var cases []Case
		for found := it.Next(); found != nil && len(cases) < n; found = it.Next() {
			cases = append(cases, *found.(*Case))
		}
		if len(cases) > 0 {
			return cases, nil
		}
		select {
		case <-it.WatchCh():
		case <-s.stopped:
			return nil, s.stopError()
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Appeals gives the cases in which the board of the caller's municipality has something
// to do because of an appeal: to answer it, or to do as a court has said. Those whose
// oldest open appeal came first come first.
func (s *Store) Appeals(ctx context.Context, caller Caller) ([]Case, error) {
	if caller.Role != Caseworker || caller.Ref == "" || caller.Municipality == "" {
		return nil, errors.Join(ErrForbidden, s.witness(ctx, caller, "list appeals", true))
	}
	all, err := collect(s.view().each("appeal", true))
	if err != nil {
		return nil, err
	}
	cases := slices.DeleteFunc(all, func(c Case) bool { return !caller.sees(&c) })
	came := func(c Case) int64 { return append(c.OpenAppeals(), c.Appeals...)[0].At }
	slices.SortFunc(cases, func(a, b Case) int { return cmp.Or(cmp.Compare(came(a), came(b)), cmp.Compare(a.ID, b.ID)) })
	return cases, s.witness(ctx, caller, "list appeals", false, ids(cases)...)
}
