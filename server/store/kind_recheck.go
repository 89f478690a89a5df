package store

import (
	"context"
	"errors"
	"slices"

	"github.com/hashicorp/go-memdb"
)

// The kinds of the monthly re-check of automatic grants.
const (
	KindDrawn     Kind = "recheck"      // which of a month's automatic grants a human judges anew
	KindRechecked Kind = "recheck-done" // what the human came to
)

// Drawn is the head of a month's re-check. Size and Root are of the log when the
// month had ended: the draw follows from them alone (package sample).
type Drawn struct {
	Municipality string      `json:"municipality"`
	Month        string      `json:"month"`
	Size         uint64      `json:"size"`
	Root         string      `json:"root"` // hex
	Of           int         `json:"of"`   // automatic grants in the month
	Cases        []DrawnCase `json:"cases"`
}

// A DrawnCase is one that was drawn: its leaf and its id.
type DrawnCase struct {
	Index uint64 `json:"index"`
	Case  string `json:"case"`
}

// Kind implements Head.
func (Drawn) Kind() Kind { return KindDrawn }

func (Drawn) may(c Caller, _ *View, _ Draft) bool { return c.Role == System }

func (h Drawn) apply(txn *memdb.Txn, _ *Event) error {
	if err := txn.Insert("draws", &Draw{ID: h.Municipality + "/" + h.Month, Drawn: h, Municipality: h.Municipality}); err != nil {
		return err
	}
	for _, d := range h.Cases {
		if err := txn.Insert("rechecks", &Recheck{ID: d.Case, Municipality: h.Municipality, Month: h.Month, Index: d.Index}); err != nil {
			return err
		}
	}
	return nil
}

// A Draw is a month's re-check.
type Draw struct {
	ID string // municipality/month
	Drawn
	Municipality string // repeated for the index
}

// A Recheck is one drawn case: open, or judged the same or otherwise than the
// machine did.
type Recheck struct {
	ID           string // of the case
	Municipality string
	Month        string
	Index        uint64
	Done         bool
	Overturned   bool
	At           int64
}

// Rechecked is the head of a human's judgement of a drawn case. What the human
// came to stands in the body.
type Rechecked struct {
	By         string `json:"by"`
	Overturned bool   `json:"overturned"`
}

// Kind implements Head.
func (Rechecked) Kind() Kind { return KindRechecked }

func (h Rechecked) may(c Caller, v *View, d Draft) bool {
	k, err := v.Case(d.Case)
	r, ok, drawn := v.Recheck(d.Case)
	return err == nil && drawn == nil && ok && !r.Done && c.Role == Caseworker && h.By == c.Ref && c.sees(&k)
}

func (h Rechecked) apply(txn *memdb.Txn, e *Event) error {
	old, ok, err := (&View{txn}).Recheck(e.Case)
	if err != nil || !ok {
		return errors.Join(err, errApply)
	}
	old.Done, old.Overturned, old.At = true, h.Overturned, e.At
	return txn.Insert("rechecks", &old)
}

// Recheck finds a drawn case.
func (v *View) Recheck(id string) (Recheck, bool, error) {
	found, err := v.txn.First("rechecks", "id", id)
	r, _ := found.(*Recheck)
	if err != nil || r == nil {
		return Recheck{}, false, err
	}
	return *r, true, nil
}

// Draw reports whether a month's re-check has been drawn.
func (v *View) Draw(municipality, month string) (bool, error) {
	found, err := v.txn.First("draws", "id", municipality+"/"+month)
	return found != nil, err
}

// Draw reports whether a month's re-check has been drawn.
func (s *Store) Draw(municipality, month string) (bool, error) {
	return s.view().Draw(municipality, month)
}

// Granted gives the automatic decisions of a municipality in a span of time, in
// milliseconds, from included and to excluded, that no other has replaced.
func (s *Store) Granted(municipality string, from, to int64) (out []Case, err error) {
	v := s.view()
	for e, err := range v.ruled(municipality, from, to) {
		if err != nil {
			return nil, err
		}
		c, err := v.Case(e.Case)
		if err != nil {
			return nil, err
		}
		if c.Stands(e.Index) {
			out = append(out, c)
		}
	}
	return out, nil
}

// Stands holds where a decision at an index of the log is the machine's, and no other has
// replaced it.
func (c *Case) Stands(index uint64) bool {
	return c.Mode == "automatic" && c.Index == index && (c.State == StatePublished || c.State == StateDecided)
}

// LeavesBefore gives how many leaves the outbox had before a time.
func (s *Store) LeavesBefore(at int64) (n uint64, err error) {
	it, err := s.view().txn.Get("outbox", "id")
	if err != nil {
		return 0, err
	}
	for found := it.Next(); found != nil && found.(*Entry).DecidedAt < at; found = it.Next() {
		n++
	}
	return n, nil
}

// RecheckedBetween counts a municipality's drawn cases that a human judged from one
// time to before another, and of them those judged otherwise than the machine did.
func (s *Store) RecheckedBetween(municipality string, from, to int64) (judged, overturned uint64, err error) {
	it, err := s.view().txn.Get("rechecks", "id")
	if err != nil {
		return 0, 0, err
	}
	for found := it.Next(); found != nil; found = it.Next() {
		r := found.(*Recheck)
		if r.Municipality != municipality || !r.Done || r.At < from || r.At >= to {
			continue
		}
		judged++
		if r.Overturned {
			overturned++
		}
	}
	return judged, overturned, nil
}

// Rechecks gives a caseworker's municipality's draws, newest first, and the drawn
// cases that the caller may see.
func (s *Store) Rechecks(ctx context.Context, caller Caller) (draws []Draw, cases []Recheck, err error) {
	if !caller.staff(Caseworker, caller.Municipality) {
		return nil, nil, errors.Join(ErrForbidden, s.witness(ctx, caller, "list rechecks", true))
	}
	v := s.view()
	it, err := v.txn.Get("draws", "municipality", caller.Municipality)
	if err != nil {
		return nil, nil, err
	}
	for found := it.Next(); found != nil; found = it.Next() {
		d := *found.(*Draw)
		draws = append(draws, d)
		for _, drawn := range d.Cases {
			r, ok, err := v.Recheck(drawn.Case)
			if err != nil {
				return nil, nil, err
			}
			k, err := v.Case(drawn.Case)
			if ok && err == nil && caller.sees(&k) {
				cases = append(cases, r)
			}
		}
	}
	slices.Reverse(draws)
	var ids []string
	for _, r := range cases {
		ids = append(ids, r.ID)
	}
	return draws, cases, s.witness(ctx, caller, "list rechecks", false, ids...)
}
