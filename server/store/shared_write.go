package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/skalig/skalig/server/postgres"
)

// How long the writer waits for the shared journal before it says that it can't be
// reached, and for one commit.
const (
	reachWithin  = 8 * time.Second
	commitWithin = 15 * time.Second
)

// commitShared takes a batch through head, durable, memory, answer, on a journal to
// which others write:
//
//	the head's row is locked   nobody else writes until this transaction ends
//	what others wrote          is applied, so that the updates see the newest state
//	the updates run            as on a journal of one's own
//	rows and head              become durable together, and the others are told
//
// A failure before the commit has written nothing: the callers are told so, and the
// node goes on. A failed commit is an unknown one, and is looked up. The error is what
// ends the store: a journal that is not the one that was read.
func (s *Store) commitShared(batch []*op) error {
	began := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), reachWithin+commitWithin)
	defer cancel()
	if onlyLook(batch) {
		return s.refuse(batch, s.look(ctx, s.readers))
	}
	tx, err := s.lock(ctx)
	if err != nil {
		return s.refuse(batch, err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit there is nothing to undo
	p, err := s.prepare(batch, Ample)
	if err != nil {
		return err
	}
	defer p.txn.Abort()
	if len(p.events) == 0 {
		return nil
	}
	if err := s.seal(ctx, p); err != nil {
		return s.refuse(batch, err)
	}
	if err := s.write(ctx, tx, p); err != nil {
		return s.refuse(batch, err)
	}
	if _, err := tx.ExecContext(ctx, `SELECT pg_notify($1, $2)`, newsChannel, fmt.Sprint(p.seq)); err != nil {
		return s.refuse(batch, err)
	}
	if err := tx.Commit(); err != nil {
		landed, unknown := s.resolve(p)
		if unknown != nil {
			return errors.Join(unknown, err)
		}
		if !landed {
			return s.refuse(batch, err)
		}
	}
	s.land(p, began)
	s.saw(began)
	return nil
}

// onlyLook holds for a batch in which nobody wants to write.
func onlyLook(batch []*op) bool {
	for _, o := range batch {
		if o.fn != nil {
			return false
		}
	}
	return true
}

// refuse tells every caller of a batch that nothing was written. A journal that is
// not the one that was read, and a row that the database will not have, end the store.
func (s *Store) refuse(batch []*op, err error) error {
	if err == nil || errors.Is(err, ErrChain) || errors.Is(err, ErrHead) || postgres.Refused(err) {
		return err
	}
	for _, o := range batch {
		o.event, o.err = nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return nil
}

// lock begins a transaction that holds the journal's head, with the read model brought
// to where that is. Nothing has been written when it fails, so it is tried again.
func (s *Store) lock(ctx context.Context) (*sql.Tx, error) {
	last := time.Now().Add(reachWithin)
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, 500*time.Millisecond) {
		tx, err := s.tryLock(ctx)
		if err == nil || errors.Is(err, ErrChain) || time.Now().Add(pause).After(last) {
			return tx, err
		}
		select {
		case <-time.After(pause):
		case <-s.quit:
			return nil, err
		}
	}
}

func (s *Store) tryLock(ctx context.Context) (*sql.Tx, error) {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("couldn't begin a transaction: %w", err)
	}
	seq, hash, err := lockHead(ctx, tx)
	if err == nil {
		err = s.catchUp(ctx, tx, seq, hash)
	}
	if err != nil {
		return nil, errors.Join(err, rollback(tx))
	}
	return tx, nil
}

// rollback ends a transaction of which nothing is wanted.
func rollback(tx *sql.Tx) error {
	if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		return err
	}
	return nil
}

func lockHead(ctx context.Context, tx *sql.Tx) (seq uint64, hash [32]byte, err error) {
	var n int64
	var b []byte
	if err := tx.QueryRowContext(ctx, `SELECT seq, hash FROM journal_head WHERE id = 1 FOR UPDATE`).Scan(&n, &b); err != nil {
		return 0, hash, fmt.Errorf("couldn't lock the journal's head: %w", err)
	}
	if n < 0 || len(b) != 32 {
		return 0, hash, fmt.Errorf("%w: the head row is malformed", ErrChain)
	}
	return uint64(n), [32]byte(b), nil
}

// resolve finds out whether a commit that failed has happened. The head's lock waits
// for the old transaction's end, whoever ends it; then its last row is there, or never
// will be. It tries until the database answers, or the store is closed.
func (s *Store) resolve(p *prepared) (landed bool, unknown error) {
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		landed, err := s.isThere(p)
		if err == nil || errors.Is(err, ErrChain) {
			return landed, err
		}
		select {
		case <-time.After(pause):
		case <-s.quit:
			return false, fmt.Errorf("couldn't find out whether rows up to %d are in the journal: %w", p.seq, err)
		}
	}
}

func (s *Store) isThere(p *prepared) (bool, error) {
	ctx, cancel := context.WithTimeout(context.Background(), commitWithin)
	defer cancel()
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer tx.Rollback() //nolint:errcheck // it only looks
	if _, _, err := lockHead(ctx, tx); err != nil {
		return false, err
	}
	var hash []byte
	err = tx.QueryRowContext(ctx, `SELECT hash FROM journal WHERE seq = $1`, int64(p.seq)).Scan(&hash)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil && string(hash) == string(p.hash[:]), err
}
