package store

import (
	"context"
	"errors"

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

	Statement  string   `json:"statement"`  // id of what was approved
	From       string   `json:"from"`       // the first day
	Guidelines []string `json:"guidelines"` // SHA-256 of those that are part of it
}

// Kind implements Head.
func (Released) Kind() Kind { return KindReleased }

func (h Released) place() (uint64, string, uint64) { return h.Index, "0000", h.Number }
func (h Released) name() string                    { return h.From }
func (h Released) text() []byte                    { return h.Leaf }

func (Released) may(c Caller, _ *View, _ Draft) bool { return c.Role == System }

func (h Released) apply(txn *memdb.Txn, _ *Event) error {
	return txn.Insert("releases", &release{h})
}

// Release gives the leaf that releases the engine: it is public, so anyone may
// ask for it. ErrNotFound: there is none.
func (s *Store) Release(ctx context.Context, engine string) (Leaf, error) {
	found, err := s.view().txn.First("releases", "engine", engine)
	if err != nil {
		return Leaf{}, err
	}
	r, _ := found.(*release)
	if r == nil {
		return Leaf{}, ErrNotFound
	}
	leaves, err := s.Leaves(ctx, r.Index, 1)
	if err != nil {
		return Leaf{}, err
	}
	if len(leaves) != 1 || leaves[0].Index != r.Index {
		return Leaf{}, errors.New("couldn't read a release: its leaf is not in the outbox")
	}
	return leaves[0], nil
}
