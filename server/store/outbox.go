package store

import (
	"context"
	"fmt"

	"github.com/hashicorp/go-memdb"
)

// A Leaf is an entry of the outbox with its final bytes.
type Leaf struct {
	Entry
	Text []byte
	Mode string // of a decision; empty: a leaf of another kind
}

// Length is the number of leaves in the outbox: the next log index.
func (s *Store) Length() (uint64, error) { return nextIndex(s.view().txn) }

// Receipted reports whether the leaf at an index has its receipt.
func (v *View) Receipted(index uint64) (bool, error) {
	e, err := v.entry(index)
	return e.Published, err
}

// Leaves gives at most n leaves from index first on.
func (s *Store) Leaves(ctx context.Context, first uint64, n int) ([]Leaf, error) {
	it, err := s.view().txn.LowerBound("outbox", "id", first)
	if err != nil {
		return nil, err
	}
	return s.take(ctx, it, n)
}

// Unpublished gives the leaves without a receipt, in order.
func (s *Store) Unpublished(ctx context.Context, n int) ([]Leaf, error) {
	it, err := s.view().txn.Get("outbox", "waiting", true)
	if err != nil {
		return nil, err
	}
	return s.take(ctx, it, n)
}

// take reads at most n leaves of entries.
func (s *Store) take(ctx context.Context, it memdb.ResultIterator, n int) ([]Leaf, error) {
	var out []Leaf
	for found := it.Next(); found != nil && len(out) < n; found = it.Next() {
		leaf, err := s.leaf(ctx, found.(*Entry))
		if err != nil {
			return nil, err
		}
		out = append(out, leaf)
	}
	return out, nil
}

// Unsigned counts the leaves without a receipt and gives the time of the oldest,
// in milliseconds since 1970, 0 where there is none.
func (s *Store) Unsigned() (n int, oldest int64) {
	it, err := s.view().txn.Get("outbox", "waiting", true)
	if err != nil {
		return 0, 0
	}
	for found := it.Next(); found != nil; found = it.Next() {
		if e := found.(*Entry); n == 0 || e.DecidedAt < oldest {
			oldest = e.DecidedAt
		}
		n++
	}
	return n, oldest
}

func (s *Store) leaf(ctx context.Context, e *Entry) (Leaf, error) {
	var kind, head string
	err := s.readers.QueryRowContext(ctx, `SELECT kind, head FROM journal WHERE seq = $1`, int64(e.Seq)).Scan(&kind, &head)
	if err != nil {
		return Leaf{}, fmt.Errorf("couldn't read row %d of the journal: %w", e.Seq, err)
	}
	h, err := decodeHead(Kind(kind), []byte(head))
	if err != nil {
		return Leaf{}, err
	}
	leafed, ok := h.(leafed)
	if ok {
		leaf := Leaf{Entry: *e, Text: leafed.text()}
		if d, ok := h.(*Decided); ok {
			leaf.Mode = d.Mode
		}
		return leaf, nil
	}
	return Leaf{}, fmt.Errorf("row %d of the journal is no leaf but %s", e.Seq, kind)
}

// Sealed gives the body of a leaf to the service itself: salt and record, from
// which its receipt is made.
func (s *Store) Sealed(ctx context.Context, l Leaf) ([]byte, error) {
	return s.body(ctx, l.Seq, l.Case)
}

// LeafHashes gives the hashes of the first n leaves, in order.
func (s *Store) LeafHashes(n uint64) func(yield func([32]byte, error) bool) {
	return func(yield func([32]byte, error) bool) {
		it, err := s.view().txn.Get("outbox", "id")
		if err != nil {
			yield([32]byte{}, err)
			return
		}
		for found := it.Next(); found != nil && n > 0; found = it.Next() {
			if !yield(found.(*Entry).LeafHash, nil) {
				return
			}
			n--
		}
	}
}

// AwaitReceipt returns when the leaf at index has its receipt.
func (s *Store) AwaitReceipt(ctx context.Context, index uint64) error {
	for {
		txn := s.model.Txn(false)
		watch, found, err := txn.FirstWatch("outbox", "id", index)
		if err != nil {
			return err
		}
		if e, _ := found.(*Entry); e != nil && e.Published {
			return nil
		}
		select {
		case <-watch:
		case <-s.stopped:
			return s.stopError()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
