package store

import (
	"github.com/hashicorp/go-memdb"
)

// KindQueued is a case that was referred to the caseworkers.
const KindQueued Kind = "queued"

// Queued is the head of a referral to the caseworkers.
type Queued struct {
	Reasons []string `json:"reasons"`
}

// Kind implements Head.
func (Queued) Kind() Kind { return KindQueued }

func (Queued) may(c Caller, _ *View, _ Draft) bool { return c.Role == System }

func (h Queued) apply(txn *memdb.Txn, e *Event) error {
	return change(txn, e, func(c *Case) bool {
		ok := c.State == StateSubmitted
		c.State, c.Reasons = StateQueued, h.Reasons
		return ok
	})
}
