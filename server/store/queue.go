package store

import (
	"cmp"
	"context"
	"errors"
	"slices"
)

// A Listing says which of the cases that wait are wanted.
type Listing struct {
	Reason string // only those that it refers, where it refers any
	Newest bool   // first, after acute needs
	Skip   int    // this many of them
	Most   int    // at most this many
}

// QueuePage are cases that wait, with how many there are.
type QueuePage struct {
	Cases   []Case
	All     int
	Chosen  int      // by the reason
	Reasons []string // of all of them
}

// Queue gives cases that wait for a caseworker of the caller's municipality: acute needs
// first, then oldest first. The access event names those that it gives.
func (s *Store) Queue(ctx context.Context, caller Caller, l Listing) (q QueuePage, err error) {
	if caller.Role != Caseworker || caller.Ref == "" || caller.Municipality == "" {
		return q, errors.Join(ErrForbidden, s.witness(ctx, caller, "list queue", true))
	}
	cases, err := collect(s.view().each("state", string(StateQueued), caller.Municipality))
	if err != nil {
		return q, err
	}
	cases = slices.DeleteFunc(cases, func(c Case) bool { return !caller.sees(&c) })
	q.All = len(cases)
	for _, c := range cases {
		q.Reasons = append(q.Reasons, c.Reasons...)
	}
	slices.Sort(q.Reasons)
	if q.Reasons = slices.Compact(q.Reasons); slices.Contains(q.Reasons, l.Reason) {
		cases = slices.DeleteFunc(cases, func(c Case) bool { return !slices.Contains(c.Reasons, l.Reason) })
	}
	q.Chosen = len(cases)
	slices.SortFunc(cases, l.order)
	from := min(max(l.Skip, 0), len(cases))
	q.Cases = slices.Clone(cases[from:min(from+max(l.Most, 0), len(cases))])
	return q, s.witness(ctx, caller, "list queue", false, ids(q.Cases)...)
}

func (l Listing) order(a, b Case) int {
	if a.AcuteNeed != b.AcuteNeed {
		if a.AcuteNeed {
			return -1
		}
		return 1
	}
	oldest := cmp.Or(cmp.Compare(a.SubmittedAt, b.SubmittedAt), cmp.Compare(a.last(KindSubmitted), b.last(KindSubmitted)))
	if l.Newest {
		return -oldest
	}
	return oldest
}
