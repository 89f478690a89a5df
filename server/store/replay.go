package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
)

// replayBatch is how many rows go from one step of a replay to the next at a time.
const replayBatch = 256

// replay reads every row after the last one in the read model, in order, checks the
// chain and applies it: at a start, all of them.
// Three steps run at once, each in order: rows are read and held to the chain,
// their heads are decoded, and they are applied.
func (s *Store) replay(ctx context.Context) error {
	until, _, err := readHead(ctx, s.readers)
	if err != nil {
		return err
	}
	txn := s.model.Txn(true)
	defer txn.Abort()
	for batch, err := range ahead(decoded(ahead(s.chained(ctx, s.seq, s.hash)))) {
		if err != nil {
			return err
		}
		for _, e := range batch {
			if err := apply(txn, e); err != nil {
				return fmt.Errorf("couldn't replay the journal: %w", err)
			}
			s.readings.add(e)
		}
		last := batch[len(batch)-1]
		s.seq, s.hash = last.Seq, last.hash
		s.replayed(s.seq, max(s.seq, until))
	}
	seq, hash, err := readHead(ctx, s.readers)
	if err != nil {
		return err
	}
	further := s.shared != nil && seq > s.seq // by what another node has written meanwhile, which is followed next
	if !further && seq > s.seq {
		var written bool
		if err := s.readers.QueryRowContext(ctx, `SELECT count(*) > 0 FROM journal WHERE seq = $1`, int64(s.seq+1)).Scan(&written); err != nil {
			return fmt.Errorf("couldn't read the journal: %w", err)
		}
		if written { // since the rows were read
			return fmt.Errorf("couldn't open the journal: %w", ErrHead)
		}
	}
	if !further && (seq != s.seq || hash != s.hash) {
		return fmt.Errorf("%w: the head says row %d, the last row is %d", ErrChain, seq, s.seq)
	}
	txn.Commit()
	s.rows.Store(s.seq)
	return nil
}

// chained reads the rows after one in batches and checks that each follows the one
// before. Heads are not decoded, and bodies are not kept.
func (s *Store) chained(ctx context.Context, seq uint64, hash [32]byte) iter.Seq2[[]*Event, error] {
	return func(yield func([]*Event, error) bool) {
		rows, err := s.readers.QueryContext(ctx, rowsAfter, int64(seq))
		if err != nil {
			yield(nil, fmt.Errorf("couldn't read the journal: %w", err))
			return
		}
		defer rows.Close()
		batch := make([]*Event, 0, replayBatch)
		for rows.Next() {
			e, err := follow(rows, seq, hash)
			if err != nil {
				yield(nil, err)
				return
			}
			seq, hash = e.Seq, e.hash
			if batch = append(batch, e); len(batch) == replayBatch {
				if !yield(batch, nil) {
					return
				}
				batch = make([]*Event, 0, replayBatch)
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, fmt.Errorf("couldn't read the journal: %w", err))
		} else if len(batch) > 0 {
			yield(batch, nil)
		}
	}
}

// follow reads the row that must follow row seq.
func follow(rows *sql.Rows, seq uint64, hash [32]byte) (*Event, error) {
	e, err := read(rows)
	if err != nil {
		return nil, err
	}
	if e.Seq != seq+1 {
		return nil, fmt.Errorf("%w: row %d follows row %d", ErrChain, e.Seq, seq)
	}
	if chain(hash, e) != e.hash {
		return nil, fmt.Errorf("%w: row %d is not what was written", ErrChain, e.Seq)
	}
	e.sealed = nil
	return e, nil
}

// decoded decodes the heads of the events in each batch.
func decoded(batches iter.Seq2[[]*Event, error]) iter.Seq2[[]*Event, error] {
	return func(yield func([]*Event, error) bool) {
		for batch, err := range batches {
			for _, e := range batch {
				err = errors.Join(err, e.decode())
			}
			if !yield(batch, err) || err != nil {
				return
			}
		}
	}
}

// ahead runs seq in a goroutine of its own, a few values ahead of who takes them.
// When the taker stops, seq has stopped too.
func ahead[T any](seq iter.Seq2[T, error]) iter.Seq2[T, error] {
	type item struct {
		value T
		err   error
	}
	return func(yield func(T, error) bool) {
		items, enough := make(chan item, 4), make(chan struct{})
		go func() {
			defer close(items)
			for value, err := range seq {
				select {
				case items <- item{value, err}:
				case <-enough:
					return
				}
			}
		}()
		defer func() {
			close(enough)
			for range items { // until seq has let go of what it holds
			}
		}()
		for i := range items {
			if !yield(i.value, i.err) {
				return
			}
		}
	}
}

const rowsAfter = `SELECT seq, hash, kind, case_ref, at, idem_key, head, body FROM journal WHERE seq > $1 ORDER BY seq`

// scan reads a row with its head.
func scan(rows *sql.Rows) (*Event, error) {
	e, err := read(rows)
	if err == nil {
		e.sealed, err = append([]byte{}, e.sealed...), e.decode()
	}
	return e, err
}

// read reads a row without decoding its head. What is sealed in it holds until the
// next row is read.
func read(rows *sql.Rows) (*Event, error) {
	var e Event
	var seq int64
	var hash, sealed sql.RawBytes
	var kind, head string
	var key sql.NullString
	if err := rows.Scan(&seq, &hash, &kind, &e.Case, &e.At, &key, &head, &sealed); err != nil {
		return nil, fmt.Errorf("couldn't read a row of the journal: %w", err)
	}
	if seq < 1 || len(hash) != 32 || key.Valid && key.String == "" {
		return nil, fmt.Errorf("%w: row %d is malformed", ErrChain, seq)
	}
	e.Seq, e.Kind, e.key, e.head, e.hash, e.sealed = uint64(seq), Kind(kind), key.String, []byte(head), [32]byte(hash), sealed
	return &e, nil
}

func (e *Event) decode() (err error) {
	if e.Head, err = decodeHead(e.Kind, e.head); err != nil {
		return errors.Join(fmt.Errorf("%w: row %d", ErrChain, e.Seq), err)
	}
	return nil
}
