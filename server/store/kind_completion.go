package store

import (
	"slices"
	"time"

	"github.com/hashicorp/go-memdb"
)

// What a caseworker needs to know before a decision, and the answer.
const (
	KindCompletionAsked    Kind = "completion-asked"
	KindCompletionReceived Kind = "completion-received"
)

// CompletionAsked is the head of a request for what is missing. A later one takes
// the place of an earlier one.
type CompletionAsked struct {
	By  string `json:"by"`
	Due string `json:"due"` // the last day, 2026-12-04
}

// Kind implements Head.
func (CompletionAsked) Kind() Kind { return KindCompletionAsked }

func (h CompletionAsked) may(c Caller, v *View, d Draft) bool {
	k, err := v.Case(d.Case)
	_, wrong := time.Parse(time.DateOnly, h.Due)
	return err == nil && wrong == nil && c.Role == Caseworker && c.sees(&k) && h.By == c.Ref && k.State == StateQueued
}

func (h CompletionAsked) apply(txn *memdb.Txn, e *Event) error {
	return change(txn, e, func(c *Case) bool {
		c.Due = h.Due
		return c.State == StateQueued
	})
}

// CompletionReceived is the head of an answer to such a request.
type CompletionReceived struct {
	Person string `json:"person"`      // who answered
	By     string `json:"by,omitzero"` // the caseworker who registered it, where it came another way than by the web
}

// Kind implements Head.
func (CompletionReceived) Kind() Kind { return KindCompletionReceived }

func (h CompletionReceived) may(c Caller, v *View, d Draft) bool {
	k, err := v.Case(d.Case)
	if err != nil || !c.sees(&k) || k.Due == "" {
		return false
	}
	if c.Role == Caseworker {
		return h.By == c.Ref && slices.Contains(k.Adults(), h.Person)
	}
	return c.Role == Applicant && h.Person == c.Ref && h.By == ""
}

func (h CompletionReceived) seenBy(c Caller) bool { return c.Role != Applicant || c.Ref == h.Person }

func (h *CompletionReceived) rename(root func(string) string) { h.Person = root(h.Person) }

func (h CompletionReceived) apply(txn *memdb.Txn, e *Event) error {
	return change(txn, e, func(c *Case) bool {
		ok := c.Due != ""
		c.Due, c.Completed = "", e.At
		if h.By == "" {
			c.tell(e, h.Person)
		}
		return ok
	})
}
