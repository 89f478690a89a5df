package store

import (
	"context"
	"slices"

	"github.com/hashicorp/go-memdb"
)

// Public seals what anyone may read: the key of records that are published beside
// their leaves.
const Public = "public"

// A Place is the part of a head that makes its event a leaf.
type Place struct {
	Index        uint64 `json:"index"`
	Municipality string `json:"municipality"`
	Number       uint64 `json:"number"`
	Leaf         []byte `json:"leaf"`
}

func (p Place) place() (uint64, string, uint64) { return p.Index, p.Municipality, p.Number }
func (p Place) text() []byte                    { return p.Leaf }

// A published head is that of a leaf whose record anyone may read.
type published interface {
	leafed
	name() string // what it is called among its kind, or empty
}

// A Notice is a leaf whose record anyone may read.
type Notice struct {
	Index        uint64
	Seq          uint64
	Kind         Kind
	Municipality string
	Number       uint64
	Name         string
	At           int64
}

func applyNotice(txn *memdb.Txn, e *Event) error {
	h, ok := e.Head.(published)
	if !ok {
		return nil
	}
	index, municipality, number := h.place()
	return txn.Insert("notices", &Notice{Index: index, Seq: e.Seq, Kind: e.Kind, Municipality: municipality, Number: number, Name: h.name(), At: e.At})
}

// Notices gives the public leaves of some kinds, oldest first.
func (v *View) Notices(kinds ...Kind) ([]Notice, error) {
	var out []Notice
	for _, k := range kinds {
		it, err := v.txn.Get("notices", "kind", string(k))
		if err != nil {
			return nil, err
		}
		for found := it.Next(); found != nil; found = it.Next() {
			out = append(out, *found.(*Notice))
		}
	}
	slices.SortFunc(out, func(a, b Notice) int { return int(int64(a.Index) - int64(b.Index)) })
	return out, nil
}

// Notices gives the public leaves of some kinds, oldest first.
func (s *Store) Notices(kinds ...Kind) ([]Notice, error) { return s.view().Notices(kinds...) }

// Opened gives a public leaf with the body that opens it. Nothing is written of
// the read: it concerns no person.
func (s *Store) Opened(ctx context.Context, index uint64) (Leaf, []byte, error) {
	found, err := s.view().txn.First("notices", "id", index)
	if err != nil {
		return Leaf{}, nil, err
	}
	if found == nil {
		return Leaf{}, nil, ErrNotFound
	}
	entry, err := s.view().txn.First("outbox", "id", index)
	if err != nil || entry == nil {
		return Leaf{}, nil, ErrNotFound
	}
	l, err := s.leaf(ctx, entry.(*Entry))
	if err != nil {
		return Leaf{}, nil, err
	}
	body, err := s.body(ctx, l.Seq, l.Case)
	return l, body, err
}
