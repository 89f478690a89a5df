package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// chain gives the hash of a row from the hash of the one before.
func chain(prev [32]byte, e *Event) [32]byte {
	h := sha256.New()
	io.WriteString(h, "skalig/journal/1\n")
	h.Write(prev[:])
	var n [8]byte
	number := func(v uint64) {
		binary.BigEndian.PutUint64(n[:], v)
		h.Write(n[:])
	}
	number(e.Seq)
	number(uint64(e.At))
	for _, part := range []string{string(e.Kind), e.Case, e.key} {
		number(uint64(len(part)))
		io.WriteString(h, part)
	}
	for _, part := range [][]byte{e.head, e.sealed} {
		number(uint64(len(part)))
		h.Write(part)
	}
	return [32]byte(h.Sum(nil))
}

func readHead(ctx context.Context, db *sql.DB) (seq uint64, hash [32]byte, err error) {
	var n int64
	var b []byte
	if err := db.QueryRowContext(ctx, `SELECT seq, hash FROM journal_head WHERE id = 1`).Scan(&n, &b); err != nil {
		return 0, hash, fmt.Errorf("couldn't read the journal's head: %w", err)
	}
	if n < 0 || len(b) != 32 {
		return 0, hash, fmt.Errorf("%w: the head row is malformed", ErrChain)
	}
	return uint64(n), [32]byte(b), nil
}

// replay reads every row in order, checks the chain and builds the read model.
func (s *Store) replay(ctx context.Context) error {
	rows, err := s.readers.QueryContext(ctx, `SELECT seq, hash, kind, case_ref, at, idem_key, head, body FROM journal ORDER BY seq`)
	if err != nil {
		return fmt.Errorf("couldn't read the journal: %w", err)
	}
	defer rows.Close()
	txn := s.model.Txn(true)
	defer txn.Abort()
	for rows.Next() {
		e, err := scan(rows)
		if err != nil {
			return err
		}
		if e.Seq != s.seq+1 {
			return fmt.Errorf("%w: row %d follows row %d", ErrChain, e.Seq, s.seq)
		}
		if chain(s.hash, e) != e.hash {
			return fmt.Errorf("%w: row %d is not what was written", ErrChain, e.Seq)
		}
		if err := apply(txn, e); err != nil {
			return fmt.Errorf("couldn't replay the journal: %w", err)
		}
		s.seq, s.hash = e.Seq, e.hash
		s.readings.add(e)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("couldn't read the journal: %w", err)
	}
	seq, hash, err := readHead(ctx, s.readers)
	if err != nil {
		return err
	}
	if seq != s.seq || hash != s.hash {
		return fmt.Errorf("%w: the head says row %d, the last row is %d", ErrChain, seq, s.seq)
	}
	txn.Commit()
	s.rows.Store(s.seq)
	return nil
}

func scan(rows *sql.Rows) (*Event, error) {
	var e Event
	var seq int64
	var hash []byte
	var kind, head string
	var key sql.NullString
	if err := rows.Scan(&seq, &hash, &kind, &e.Case, &e.At, &key, &head, &e.sealed); err != nil {
		return nil, fmt.Errorf("couldn't read a row of the journal: %w", err)
	}
	if seq < 1 || len(hash) != 32 || key.Valid && key.String == "" {
		return nil, fmt.Errorf("%w: row %d is malformed", ErrChain, seq)
	}
	e.Seq, e.Kind, e.key, e.head, e.hash = uint64(seq), Kind(kind), key.String, []byte(head), [32]byte(hash)
	var err error
	if e.Head, err = decodeHead(e.Kind, e.head); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: row %d", ErrChain, seq), err)
	}
	return &e, nil
}
