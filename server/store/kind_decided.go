package store

import (
	"strconv"

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
	Replaces     string `json:"replaces,omitzero"` // the case's earlier decision, as municipality/number, that this one takes the place of
	By           string `json:"by,omitzero"`       // the caseworker's reference; empty: the machine, or an event from before it was noted
}

// Kind implements Head.
func (Decided) Kind() Kind { return KindDecided }

func (h Decided) place() (uint64, string, uint64) { return h.Index, h.Municipality, h.Number }
func (h Decided) text() []byte                    { return h.Leaf }

func (h Decided) may(c Caller, v *View, d Draft) bool {
	k, err := v.Case(d.Case)
	if err != nil || !h.follows(&k) {
		return false
	}
	if c.Role == Caseworker {
		return c.sees(&k) && h.Mode == "human" && h.Municipality == c.Municipality && h.By == c.Ref
	}
	return c.Role == System && h.Mode == "automatic" && h.By == ""
}

// follows: a first decision is of a case that waits for one. A later one names the
// published decision whose place it takes.
func (h Decided) follows(c *Case) bool {
	if h.Replaces == "" {
		return c.State == StateSubmitted || c.State == StateQueued
	}
	return c.State == StatePublished && h.Replaces == c.Decision() && h.Mode == "human"
}

// Decision names the case's latest decision as municipality/number, empty where
// there is none.
func (c *Case) Decision() string {
	if c.State != StateDecided && c.State != StatePublished {
		return ""
	}
	return c.Municipality + "/" + strconv.FormatUint(c.Number, 10)
}

func (h Decided) apply(txn *memdb.Txn, e *Event) error {
	if err := txn.Insert("cited", &cited{h.Engine}); err != nil {
		return err
	}
	return change(txn, e, func(c *Case) bool {
		ok := h.follows(c) && c.Municipality == h.Municipality
		c.Replaces, c.Due = h.Replaces, ""
		c.State, c.Mode, c.Outcome, c.Index, c.Number = StateDecided, h.Mode, h.Outcome, h.Index, h.Number
		c.DecidedAt, c.DecidedBy = e.At, h.By
		return ok
	})
}
