package store

import (
	"github.com/hashicorp/go-memdb"
)

// KindAccess is a read of something personal, or an attempt that was refused.
const KindAccess Kind = "access"

// Access is the head of a read, or of an attempt that was refused.
type Access struct {
	Actor   string   `json:"actor"`
	Role    Role     `json:"role"`
	Action  string   `json:"action"`
	Cases   []string `json:"cases,omitzero"`
	Refused bool     `json:"refused,omitzero"`
}

// Kind implements Head.
func (Access) Kind() Kind { return KindAccess }

func (h Access) may(c Caller, _ *View, _ Draft) bool {
	return c.Ref != "" && h.Actor == c.Ref && h.Role == c.Role
}

func (Access) apply(*memdb.Txn, *Event) error { return nil }
