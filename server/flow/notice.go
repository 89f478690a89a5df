package flow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
)

// NoticeBody is what a public leaf commits to. It is published whole, so that
// anyone can hold it against the leaf.
type NoticeBody struct {
	Salt   []byte `json:"salt"`
	Record string `json:"record"`
}

// A notice is a leaf whose record is public: what it says and which head makes an
// event of it.
type notice struct {
	kind         ledger.Kind
	municipality string
	key          string // what must not happen twice, or empty
	record       func(h record.Heading) ([]byte, error)
	head         func(p store.Place) store.Head
}

// notice makes the event of a public leaf. It runs where no other leaf can come
// between, so that numbers have no gaps.
func (s *Service) notice(v *store.View, n notice) (store.Draft, error) {
	index, number, prev, err := v.Next(n.municipality)
	if err != nil {
		return store.Draft{}, err
	}
	h := record.Heading{Municipality: n.municipality, Number: number, Day: s.today().Format(time.DateOnly), Engine: s.Engine.SHA256(), Rules: s.rules(nil)}
	text, err := n.record(h)
	if err != nil {
		return store.Draft{}, err
	}
	salt, err := s.salt()
	if err != nil {
		return store.Draft{}, err
	}
	leaf := ledger.Leaf{Kind: n.kind, Municipality: h.Municipality, Number: number, Engine: h.Engine, Rules: h.Rules,
		Prev: prev, Day: h.Day, Commitment: ledger.Commit(salt, text)}
	body, err := encodeBody(NoticeBody{Salt: salt[:], Record: string(text)})
	if err != nil {
		return store.Draft{}, err
	}
	place := store.Place{Index: index, Municipality: h.Municipality, Number: number, Leaf: leaf.Marshal()}
	return store.Draft{Case: store.Public, Key: n.key, Head: n.head(place), Body: body}, nil
}

// Published gives the record of a public leaf with its receipt as of the latest
// checkpoint: whoever has it can verify what it says. It gives [store.ErrNotFound]
// where no such leaf is published yet.
func (s *Service) Published(ctx context.Context, index uint64) (text, receipt []byte, err error) {
	leaf, sealed, err := s.Store.Opened(ctx, index)
	if err != nil {
		return nil, nil, err
	}
	salt, text, err := opening(leaf, sealed)
	if err != nil {
		return nil, nil, err
	}
	checkpoint, err := s.Ledger.ReadCheckpoint(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("couldn't read the log's checkpoint: %w", err)
	}
	if c, err := ledger.ParseCheckpoint(checkpoint); err != nil || c.Size <= index {
		return nil, nil, errors.Join(err, store.ErrNotFound)
	}
	r, err := ledger.NewReceipt(ctx, s.Ledger, checkpoint, index, leaf.Text, text, salt)
	if err != nil {
		return nil, nil, fmt.Errorf("couldn't make the receipt of leaf %d: %w", index, err)
	}
	return text, r.Marshal(), nil
}

// Record gives what a public leaf says.
func (s *Service) Record(ctx context.Context, index uint64) ([]byte, error) {
	leaf, sealed, err := s.Store.Opened(ctx, index)
	if err != nil {
		return nil, err
	}
	_, text, err := opening(leaf, sealed)
	return text, err
}
