package store

import (
	"github.com/hashicorp/go-memdb"
)

// KindDecided is a decision, by the machine or by a person.
const KindDecided Kind = "decided"

// Decided is the head of a decision. Index is its place in the log, and Leaf the
// final bytes that stand there.
type Decided struct {
	Index        uint64 `json:"index"`
	Municipality string `json:"municipality"`
	Number       uint64 `json:"number"`
	Leaf         []byte `json:"leaf"`
	Mode         string `json:"mode"`
	Outcome      string `json:"outcome"`
	Engine       string `json:"engine"`
}

// Kind implements Head.
func (Decided) Kind() Kind { return KindDecided }

func (h Decided) place() (uint64, string, uint64) { return h.Index, h.Municipality, h.Number }
func (h Decided) text() []byte                    { return h.Leaf }

func (h Decided) may(c Caller, v *View, d Draft) bool {
	if c.Role == Caseworker {
		k, err := v.Case(d.Case)
		return err == nil && c.sees(&k) && h.Mode == "human" && h.Municipality == c.Municipality
	}
	return c.Role == System && h.Mode == "automatic"
}

func (h Decided) apply(txn *memdb.Txn, e *Event) error {
	return change(txn, e, func(c *Case) bool {
		ok := (c.State == StateSubmitted || c.State == StateQueued) && c.Municipality == h.Municipality
		c.State, c.Mode, c.Outcome, c.Index, c.Number = StateDecided, h.Mode, h.Outcome, h.Index, h.Number
		c.DecidedAt = e.At
		return ok
	})
}
