package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// A querier is a database or a transaction in it.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// followed is how many rows of others are applied at a time.
const followed = 1024

// look brings the read model to where the shared journal is. Only the writer calls
// it. What is wrong with the rows themselves is ErrChain.
func (s *Store) look(ctx context.Context, from querier) error {
	began := time.Now()
	seq, hash, err := readHead(ctx, from)
	if err != nil {
		return err
	}
	if err := s.catchUp(ctx, from, seq, hash); err != nil {
		return err
	}
	s.saw(began)
	return nil
}

// catchUp applies the rows up to a head.
func (s *Store) catchUp(ctx context.Context, from querier, seq uint64, hash [32]byte) error {
	others := s.seq < seq
	for s.seq < seq {
		was := s.seq
		if err := s.more(ctx, from, seq); err != nil {
			return err
		}
		if s.seq == was {
			return fmt.Errorf("%w: the head says row %d, the last row is %d", ErrChain, seq, s.seq)
		}
	}
	if s.seq != seq || s.hash != hash {
		return fmt.Errorf("%w: the journal's head is row %d, and this node has read another row %d: the database was put back to an earlier state", ErrChain, seq, s.seq)
	}
	if tell := s.shared.told.Load(); others && tell != nil {
		(*tell)()
	}
	return nil
}

// more applies the next rows of others, up to row last.
func (s *Store) more(ctx context.Context, from querier, last uint64) error {
	rows, err := from.QueryContext(ctx, `SELECT seq, hash, kind, case_ref, at, idem_key, head, body FROM journal WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3`, int64(s.seq), int64(last), followed)
	if err != nil {
		return fmt.Errorf("couldn't read the journal: %w", err)
	}
	defer rows.Close()
	txn := s.model.Txn(true)
	defer txn.Abort()
	seq, hash := s.seq, s.hash
	var events []*Event
	for rows.Next() {
		e, err := scan(rows)
		if err != nil {
			return err
		}
		if e.Seq != seq+1 {
			return fmt.Errorf("%w: row %d follows row %d", ErrChain, e.Seq, seq)
		}
		if hash = chain(hash, e); hash != e.hash {
			return fmt.Errorf("%w: row %d is not what was written", ErrChain, e.Seq)
		}
		if err := apply(txn, e); err != nil {
			return errors.Join(ErrChain, fmt.Errorf("couldn't follow the journal: %w", err))
		}
		seq, e.sealed = e.Seq, nil
		events = append(events, e)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("couldn't read the journal: %w", err)
	}
	txn.Commit()
	s.seq, s.hash = seq, hash
	s.rows.Store(seq)
	for _, e := range events {
		s.readings.add(e)
		s.forget(e)
	}
	return nil
}

// forget drops the keys at hand of what another node destroys.
func (s *Store) forget(e *Event) {
	switch h := e.Head.(type) {
	case *Erased:
		s.keys.forget(append([]string{h.Erases}, h.Also...)...)
	case *CaseErased:
		s.keys.forget(append([]string{h.Erases}, h.Also...)...)
	case *FormGone:
		s.keys.forget(e.Case)
	case *FileErased:
		s.keys.forget(h.Batch)
	}
}

// Current returns when the read model holds every event that was durable when it was
// called. A store that shares nothing always does.
func (s *Store) Current(ctx context.Context) error {
	if s.shared == nil {
		return nil
	}
	_, err := s.Update(ctx, Caller{}, nil)
	return err
}

// Stale is how long ago the read model was last known to hold every durable event:
// 0 where nobody else writes.
func (s *Store) Stale() time.Duration {
	if s.shared == nil {
		return 0
	}
	return time.Since(s.opened) - time.Duration(s.seen.Load())
}

// saw notes that the read model held every event that was durable at a time, by the clock
// that nobody sets.
func (s *Store) saw(at time.Time) { s.seen.Store(int64(at.Sub(s.opened))) }

// OnNews has fn called whenever events of other nodes have come into the read model.
// It must not block, and is meant for the start.
func (s *Store) OnNews(fn func()) {
	if s.shared != nil {
		s.shared.told.Store(&fn)
	}
}
