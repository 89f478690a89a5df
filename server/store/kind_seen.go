package store

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/hashicorp/go-memdb"
)

// KindSeen says that a caseworker has taken in what came from those who apply.
const KindSeen Kind = "seen"

// News is an event of a case by one of its adults, that no caseworker has taken in.
type News struct {
	Step
	Person string
}

// Seen is the head of what a caseworker has taken in: everything up to the event Last.
type Seen struct {
	By   string `json:"by"`
	Last uint64 `json:"last"`
}

// Kind implements Head.
func (Seen) Kind() Kind { return KindSeen }

func (h Seen) may(c Caller, v *View, d Draft) bool {
	k, err := v.Case(d.Case)
	return err == nil && c.Role == Caseworker && c.sees(&k) && h.By == c.Ref && len(k.News) > 0
}

func (h Seen) apply(txn *memdb.Txn, e *Event) error {
	return change(txn, e, func(c *Case) bool {
		c.settle(func(n News) bool { return n.Seq <= h.Last })
		c.Version-- // it changes nothing that a form was shown for
		return true
	})
}

// tell adds what an adult of the case wrote or sent.
func (c *Case) tell(e *Event, person string) {
	c.News = append(c.News[:len(c.News):len(c.News)], News{e.step(), person})
}

// settle takes away the news that somebody has taken in.
func (c *Case) settle(done func(News) bool) {
	c.News = slices.DeleteFunc(slices.Clone(c.News), done)
}

func (c *Case) hasNews() bool { return len(c.News) > 0 && c.State != StateErased }

// News gives the cases of the caller's municipality in which those who apply have
// written or sent what no caseworker has taken in, decided ones too, the oldest first.
func (s *Store) News(ctx context.Context, caller Caller) ([]Case, error) {
	if caller.Role != Caseworker || caller.Ref == "" || caller.Municipality == "" {
		return nil, errors.Join(ErrForbidden, s.witness(ctx, caller, "list news", true))
	}
	all, err := collect(s.view().each("news", true))
	if err != nil {
		return nil, err
	}
	cases := slices.DeleteFunc(all, func(c Case) bool { return !caller.sees(&c) })
	slices.SortFunc(cases, func(a, b Case) int { return cmp.Compare(a.News[0].Seq, b.News[0].Seq) })
	return cases, s.witness(ctx, caller, "list news", false, ids(cases)...)
}
