package store

import (
	"context"

	"github.com/hashicorp/go-memdb"
)

// The kinds of a caseworker's work on a queued case. None decides anything; each
// makes the version of the case another, so that two who work on it at once see
// each other.
const (
	KindOverride     Kind = "override"             // a typed row that changes the calculation, or takes one back
	KindAcknowledged Kind = "acknowledged"         // a warning that somebody has read, with a note
	KindCalculated   Kind = "calculation-approved" // the calculation as it stands
)

// Override is the head of a change to the calculation. What it is stands in the body.
type Override struct {
	By string `json:"by"`
}

// Kind implements Head.
func (Override) Kind() Kind { return KindOverride }

func (h Override) may(c Caller, v *View, d Draft) bool { return works(c, v, d, h.By) }

func (Override) apply(txn *memdb.Txn, e *Event) error {
	return change(txn, e, func(c *Case) bool {
		c.Calculated = 0 // what was approved is another calculation
		return c.State == StateQueued
	})
}

// Acknowledged is the head of a warning that was read.
type Acknowledged struct {
	By string `json:"by"`
}

// Kind implements Head.
func (Acknowledged) Kind() Kind { return KindAcknowledged }

func (h Acknowledged) may(c Caller, v *View, d Draft) bool { return works(c, v, d, h.By) }

func (Acknowledged) apply(txn *memdb.Txn, e *Event) error {
	return change(txn, e, func(c *Case) bool { return c.State == StateQueued })
}

// Calculated is the head of an approved calculation.
type Calculated struct {
	By string `json:"by"`
}

// Kind implements Head.
func (Calculated) Kind() Kind { return KindCalculated }

func (h Calculated) may(c Caller, v *View, d Draft) bool { return works(c, v, d, h.By) }

func (h Calculated) apply(txn *memdb.Txn, e *Event) error {
	return change(txn, e, func(c *Case) bool {
		c.Calculated = e.Seq
		return c.State == StateQueued
	})
}

// works holds for a caseworker on a case that waits for one.
func works(c Caller, v *View, d Draft, by string) bool {
	k, err := v.Case(d.Case)
	return err == nil && c.Role == Caseworker && c.Ref != "" && by == c.Ref && c.sees(&k) && k.State == StateQueued
}

// Folder gives a case's events of some kinds with their bodies, oldest first. The
// access event is durable before anything is read.
func (s *Store) Folder(ctx context.Context, caller Caller, id string, kinds ...Kind) (map[Kind][]Page, error) {
	c, err := s.allowed(ctx, caller, "read folder", id)
	if err != nil {
		return nil, err
	}
	pages := map[Kind][]Page{}
	for _, step := range c.History {
		for _, kind := range kinds {
			if step.Kind != kind {
				continue
			}
			head, err := s.head(ctx, step)
			if err != nil {
				return nil, err
			}
			if p, ok := head.(private); ok && !p.seenBy(caller) {
				continue
			}
			body, err := s.body(ctx, step.Seq, c.ID)
			if err != nil {
				return nil, err
			}
			pages[kind] = append(pages[kind], Page{step, head, body})
		}
	}
	return pages, nil
}
