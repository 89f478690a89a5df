package store

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
)

// bulkBatch is how many rows Bulk commits at a time.
const bulkBatch = 8192

// Bulk writes events as the writer does (heads, sealed bodies, keys, chain, head
// row), but asks for no right and leaves the read model as it is: to make a large
// journal quickly. Nothing else may write; the store is of no use but to be closed.
func (s *Store) Bulk(ctx context.Context, drafts iter.Seq[Draft]) error {
	p := &prepared{}
	flush := func() error {
		if len(p.events) == 0 {
			return nil
		}
		err := s.seal(ctx, p)
		if err == nil {
			err = s.insert(ctx, p)
		}
		s.seq, s.hash = p.seq, p.hash
		p.events, p.bodies = p.events[:0], p.bodies[:0]
		return err
	}
	for d := range drafts {
		e, err := s.event(d, s.seq+uint64(len(p.events))+1)
		if err != nil {
			return fmt.Errorf("couldn't make an event: %w", err)
		}
		if p.events, p.bodies = append(p.events, e), append(p.bodies, d.Body); len(p.events) == bulkBatch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// Holds reports whether a case's unwrapped key is at hand.
func (s *Store) Holds(ref string) bool { return s.keys.cached(ref) != nil }

// Forget drops every unwrapped key that is at hand.
func (s *Store) Forget() {
	s.keys.mu.Lock()
	defer s.keys.mu.Unlock()
	clear(s.keys.opened)
}

// DecodeHead and EncodeHead read and write the plain part of a row.
var (
	DecodeHead = decodeHead
	EncodeHead = encodeHead
)

// HoldForms has those who write a form wait, until release is called.
func (s *Store) HoldForms() (release func()) {
	s.formPen.turn.Lock()
	return s.formPen.turn.Unlock
}

// WaitingForms is how many writes of forms wait.
func (s *Store) WaitingForms() int {
	s.formPen.mu.Lock()
	defer s.formPen.mu.Unlock()
	return len(s.formPen.wait)
}

// HasKey reports whether a key is kept under an id.
func (s *Store) HasKey(ctx context.Context, ref string) (bool, error) { return s.keys.has(ctx, ref) }

// WriteAlone writes a key by a pen that joins nothing, in a database that is all taken.
func (s *Store) WriteAlone(ctx context.Context) error {
	p := &pen{db: s.keys.db, each: true}
	_, err := p.write(ctx, `DELETE FROM case_keys WHERE case_ref = ''`)
	return err
}

// TakeKeys takes every connection to the keys, until release is called.
func (s *Store) TakeKeys(ctx context.Context) (release func(), err error) {
	var all []*sql.Conn
	release = func() {
		for _, c := range all {
			_ = c.Close()
		}
	}
	for range s.keys.db.Stats().MaxOpenConnections {
		c, err := s.keys.db.Conn(ctx)
		if err != nil {
			release()
			return nil, err
		}
		all = append(all, c)
	}
	return release, nil
}

// HoldHanding has what is handed in under an id wait, until release is called.
func (s *Store) HoldHanding(ctx context.Context, id string) (release func(), err error) {
	return s.handing.hold(ctx, id)
}

// Handing is how many ids somebody hands in under, or waits to.
func (s *Store) Handing() int {
	s.handing.mu.Lock()
	defer s.handing.mu.Unlock()
	return len(s.handing.ids)
}
