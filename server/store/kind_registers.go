package store

import (
	"github.com/hashicorp/go-memdb"
)

// KindRegisters is that agencies were asked again about a case, and what came.
const KindRegisters Kind = "registers"

// Registers is the head of such an answer. The application itself holds what the
// agencies had answered when it was sent.
type Registers struct {
	Silent int `json:"silent"` // agencies without an answer
}

// Kind implements Head.
func (Registers) Kind() Kind { return KindRegisters }

func (Registers) may(c Caller, v *View, d Draft) bool {
	_, err := v.Case(d.Case)
	return err == nil && c.Role == System
}

func (Registers) apply(txn *memdb.Txn, e *Event) error {
	return change(txn, e, func(*Case) bool { return true })
}
