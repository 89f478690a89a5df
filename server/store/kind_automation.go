package store

import (
	"github.com/hashicorp/go-memdb"
)

// KindAutomation is a stop or a restart of automatic decisions.
const KindAutomation Kind = "automation"

// Everywhere stands for every municipality of the service.
const Everywhere = "0000"

// Automation is the head of a stop or restart of automatic decisions, for one
// household when Person is set and else for the municipality.
type Automation struct {
	Municipality string `json:"municipality"`
	Person       string `json:"person,omitzero"`
	Stopped      bool   `json:"stopped"`
	By           string `json:"by"`
}

// Kind implements Head.
func (Automation) Kind() Kind { return KindAutomation }

func (h Automation) may(c Caller, _ *View, _ Draft) bool {
	if h.Municipality == Everywhere {
		return c.Role == Operator && c.Ref != "" && h.Person == "" && h.By == c.Ref
	}
	return c.Role == Caseworker && c.Municipality != "" && h.Municipality == c.Municipality && h.By == c.Ref ||
		c.Role == System && h.By == c.Ref
}

func (h Automation) apply(txn *memdb.Txn, e *Event) error {
	person := h.Person
	if person != "" {
		person = (&View{txn}).root(person)
	}
	return txn.Insert("automation", &stop{Scope: scope(h.Municipality, person), Stopped: h.Stopped, At: e.At, Seq: e.Seq})
}
