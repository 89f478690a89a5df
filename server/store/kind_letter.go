package store

import (
	"github.com/hashicorp/go-memdb"
)

// KindLetter is a decision's letter, printed: its body is the PDF.
const KindLetter Kind = "letter"

// Letter is the head of the letter of the decision whose leaf is Index.
type Letter struct {
	Index uint64 `json:"index"`
}

// Kind implements Head.
func (Letter) Kind() Kind { return KindLetter }

func (h Letter) may(c Caller, v *View, d Draft) bool {
	k, err := v.Case(d.Case)
	return err == nil && c.Role == System && k.unlettered() && k.Index == h.Index
}

func (h Letter) apply(txn *memdb.Txn, e *Event) error {
	return change(txn, e, func(c *Case) bool {
		ok := c.unlettered() && c.Index == h.Index
		c.Lettered = h.Index + 1
		c.Version-- // it changes nothing that a form was shown for
		return ok
	})
}

// unlettered holds for a published decision whose letter is not printed yet.
func (c *Case) unlettered() bool { return c.State == StatePublished && c.Lettered != c.Index+1 }

// HasLetter reports whether the letter of the case's latest decision is printed.
func (c *Case) HasLetter() bool { return c.State == StatePublished && c.Lettered == c.Index+1 }
