package store

import (
	"github.com/hashicorp/go-memdb"
)

// KindMessage is a message between an applicant and the caseworkers.
const KindMessage Kind = "message"

// Message is the head of a message. A conversation is one adult's: the other adult
// of the household sees neither side of it.
type Message struct {
	Person string `json:"person"` // whose conversation it is
	By     string `json:"by"`     // who wrote
}

// Kind implements Head.
func (Message) Kind() Kind { return KindMessage }

func (h Message) may(c Caller, v *View, d Draft) bool {
	k, err := v.Case(d.Case)
	if err != nil || !c.sees(&k) || h.By != c.Ref || h.Person == "" || h.Person != k.Person && h.Person != k.Partner {
		return false
	}
	return c.Role == Applicant && h.Person == c.Ref || c.Role == Caseworker
}

func (h Message) seenBy(c Caller) bool { return c.Role != Applicant || c.Ref == h.Person }

func (h *Message) rename(root func(string) string) { h.Person, h.By = root(h.Person), root(h.By) }

func (h Message) apply(txn *memdb.Txn, e *Event) error {
	return change(txn, e, func(c *Case) bool {
		if c.Unanswered = h.By == h.Person; c.Unanswered {
			c.tell(e, h.Person)
		} else { // who answers has read what was said in that conversation
			v := &View{txn}
			c.settle(func(n News) bool { return n.Kind == KindMessage && v.root(n.Person) == v.root(h.Person) })
		}
		return true
	})
}
