package store

import (
	"github.com/hashicorp/go-memdb"
)

// KindReleased is a release of the engine.
const KindReleased Kind = "released"

// Released is the head of a release of the engine.
type Released struct {
	Index  uint64 `json:"index"`
	Number uint64 `json:"number"`
	Leaf   []byte `json:"leaf"`
	Engine string `json:"engine"`
	Rules  string `json:"rules"`
}

// Kind implements Head.
func (Released) Kind() Kind { return KindReleased }

func (h Released) place() (uint64, string, uint64) { return h.Index, "0000", h.Number }
func (h Released) text() []byte                    { return h.Leaf }

func (Released) may(c Caller, _ *View, _ Draft) bool { return c.Role == System }

func (h Released) apply(txn *memdb.Txn, _ *Event) error {
	return txn.Insert("releases", &release{Engine: h.Engine, Index: h.Index})
}
