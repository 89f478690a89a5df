package store

import (
	"fmt"

	"github.com/hashicorp/go-memdb"
)

// KindPublished is the receipt of a leaf.
const KindPublished Kind = "published"

// Published is the head of the receipt of a leaf.
type Published struct {
	Index uint64 `json:"index"`
}

// Kind implements Head.
func (Published) Kind() Kind { return KindPublished }

func (Published) may(c Caller, _ *View, _ Draft) bool { return c.Role == System }

func (h Published) apply(txn *memdb.Txn, e *Event) error {
	found, err := txn.First("outbox", "id", h.Index)
	if err != nil {
		return err
	}
	old, _ := found.(*Entry)
	if old == nil || old.Published || old.Case != e.Case {
		return fmt.Errorf("%w: row %d publishes leaf %d", errApply, e.Seq, h.Index)
	}
	entry := *old
	entry.Published = true
	if err := txn.Insert("outbox", &entry); err != nil || entry.Kind != KindDecided {
		return err
	}
	return change(txn, e, func(c *Case) bool {
		ok := c.State == StateDecided && c.Index == h.Index
		c.State = StatePublished
		return ok
	})
}
