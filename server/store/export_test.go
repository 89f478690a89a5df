package store

import (
	"context"
	"fmt"
	"iter"
)

// bulkBatch is how many rows Bulk commits at a time.
const bulkBatch = 8192

// Bulk writes events as the writer does (heads, sealed bodies, keys, chain, head
// row), but asks for no right and leaves the read model as it is: to make a large
// journal quickly. Nothing else may write; the store is of no use but to be closed.
func (s *Store) Bulk(ctx context.Context, drafts iter.Seq[Draft]) error {
	var events []*Event
	var bodies [][]byte
	flush := func() error {
		if len(events) == 0 {
			return nil
		}
		seq, hash, err := s.seal(ctx, events, bodies)
		if err == nil {
			err = s.insert(ctx, events, seq, hash)
		}
		s.seq, s.hash = seq, hash
		events, bodies = events[:0], bodies[:0]
		return err
	}
	for d := range drafts {
		e, err := s.event(d, s.seq+uint64(len(events))+1)
		if err != nil {
			return fmt.Errorf("couldn't make an event: %w", err)
		}
		if events, bodies = append(events, e), append(bodies, d.Body); len(events) == bulkBatch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}
