package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-memdb"
)

// maxBatch is the most rows in one transaction.
const maxBatch = 256

type op struct {
	caller Caller
	fn     func(*View) (Draft, error)
	event  *Event
	err    error
	done   chan struct{}

	taken atomic.Bool   // by the writer, who then runs fn, or by the caller, who has left
	ran   chan struct{} // closed when fn has been run
}

// Update lets fn see the read model with every earlier update in it, and makes
// the draft that it returns durable. An error of fn is returned as it is and
// changes nothing. When ctx ends first the outcome is unknown: the update may
// still happen. fn is never run after Update has returned.
func (s *Store) Update(ctx context.Context, caller Caller, fn func(*View) (Draft, error)) (*Event, error) {
	o := &op{caller: caller, fn: fn, done: make(chan struct{}), ran: make(chan struct{})}
	select {
	case s.ops <- o:
	case <-s.stopped:
		return nil, s.stopError()
	case <-s.quit:
		return nil, ErrStopped
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case <-o.done:
		return o.event, o.err
	case <-s.stopped:
		select {
		case <-o.done:
			return o.event, o.err
		default:
			return nil, s.stopError()
		}
	case <-ctx.Done():
		if !o.taken.CompareAndSwap(false, true) {
			<-o.ran
		}
		return nil, ctx.Err()
	}
}

func (s *Store) stopError() error {
	<-s.stopped
	if s.err == nil {
		return ErrStopped
	}
	return fmt.Errorf("%w: %w", ErrStopped, s.err)
}

// run is the only writer.
func (s *Store) run() {
	defer close(s.stopped)
	for {
		batch, more := s.next()
		if !more {
			return
		}
		err := s.commit(batch)
		if errors.Is(err, ErrFull) {
			for _, o := range batch {
				o.event, o.err = nil, err
			}
		} else if err != nil {
			s.err = err
			for _, o := range batch {
				o.event, o.err = nil, fmt.Errorf("%w: %w", ErrStopped, err)
				close(o.done)
			}
			return
		}
		for _, o := range batch {
			close(o.done)
		}
	}
}

// next waits for updates, or for news: then there are none, and the batch only looks.
// Updates come first, since they look too.
func (s *Store) next() (batch []*op, more bool) {
	select {
	case first := <-s.ops:
		return s.gather(first), true
	default:
	}
	select {
	case <-s.quit:
		return nil, false
	case <-s.news():
		return nil, true
	case first := <-s.ops:
		return s.gather(first), true
	}
}

// news tells that others may have written; nobody else writes to a journal of one's own.
func (s *Store) news() <-chan struct{} {
	if s.shared == nil {
		return nil
	}
	return s.shared.news
}

// gather takes what waits beside the first.
func (s *Store) gather(first *op) []*op {
	batch := []*op{first}
	for len(batch) < maxBatch {
		select {
		case o := <-s.ops:
			batch = append(batch, o)
		default:
			return batch
		}
	}
	return batch
}

// prepared are the events of a batch, in the read model but not yet durable.
type prepared struct {
	txn    *memdb.Txn
	events []*Event
	bodies [][]byte
	seq    uint64 // of the last one, once sealed
	hash   [32]byte
}

// commit takes a batch through durable, memory, answer.
func (s *Store) commit(batch []*op) error {
	if s.shared != nil {
		return s.commitShared(batch)
	}
	began := time.Now()
	ctx := context.Background() // a caller that leaves must not tear a batch
	room, err := s.admit(ctx)
	if err != nil {
		return err
	}
	p, err := s.prepare(batch, room)
	if err != nil {
		return err
	}
	defer p.txn.Abort()
	if len(p.events) == 0 {
		return nil
	}
	if err := s.seal(ctx, p); Full(err) {
		return errors.Join(ErrFull, err) // no row was begun
	} else if err != nil {
		return err
	}

	// Durable. From here a failure leaves the outcome unknown.
	if err := s.insert(ctx, p); Full(err) {
		s.doubt.Store(true)
		return fmt.Errorf("couldn't write the journal: %w", errors.Join(ErrFull, err))
	} else if err != nil {
		return fmt.Errorf("couldn't write the journal: %w", err)
	}
	s.land(p, began)
	return nil
}

// prepare lets each update see the ones before it. Nothing is durable yet. Who calls
// it ends the transaction.
func (s *Store) prepare(batch []*op, room Room) (p *prepared, err error) {
	p = &prepared{txn: s.model.Txn(true)}
	defer func() {
		if err != nil {
			p.txn.Abort()
		}
	}()
	for _, o := range batch {
		if o.fn == nil {
			continue // only wants the newest state
		}
		if !o.taken.CompareAndSwap(false, true) {
			continue // the caller has left
		}
		draft, err := o.prepare(&View{p.txn}, room)
		if err != nil && draft.Head == nil {
			o.err = err
			continue
		}
		e, applyErr := s.event(draft, s.seq+uint64(len(p.events))+1)
		if applyErr == nil {
			applyErr = apply(p.txn, e)
		}
		if applyErr != nil {
			return p, fmt.Errorf("couldn't apply a %s event: %w", draft.Head.Kind(), applyErr)
		}
		p.events, p.bodies = append(p.events, e), append(p.bodies, draft.Body)
		if err == nil {
			o.event = e
		}
		o.err = err
	}
	return p, nil
}

// seal seals the bodies and chains the events to the journal. Keys come first: a key
// without a row does no harm, a row without a key would.
func (s *Store) seal(ctx context.Context, p *prepared) error {
	var refs []string
	for i, e := range p.events {
		if len(p.bodies[i]) > 0 {
			refs = append(refs, e.Case)
		}
	}
	if err := s.keys.make(ctx, refs); err != nil {
		return err
	}
	p.seq, p.hash = s.seq, s.hash
	for i, e := range p.events {
		if len(p.bodies[i]) > 0 {
			c, err := s.keys.open(ctx, e.Case)
			if err != nil {
				return err
			}
			e.sealed = seal(c, e.Seq, e.Case, e.Kind, p.bodies[i])
		}
		p.seq, p.hash = e.Seq, chain(p.hash, e)
		e.hash = p.hash
	}
	return nil
}

// land brings durable events into memory.
func (s *Store) land(p *prepared, began time.Time) {
	s.seq, s.hash = p.seq, p.hash
	p.txn.Commit()
	s.rows.Store(p.seq)
	for _, e := range p.events {
		s.readings.add(e)
	}
	s.committed(len(p.events), time.Since(began))
}

// prepare runs the update and checks the right to what it wants. A refusal gives
// both an error and the access event that tells of it.
func (o *op) prepare(v *View, room Room) (Draft, error) {
	defer close(o.ran)
	draft, err := o.fn(v)
	if err != nil {
		return Draft{}, err
	}
	if !draft.Head.may(o.caller, v, draft) {
		return o.caller.access("write "+string(draft.Head.Kind()), true, draft.Case), ErrForbidden
	}
	if room == Scarce && !draft.spared(o.caller) {
		return Draft{}, ErrFull
	}
	if v.erased(draft.Case) || v.gone(draft.Case) {
		return Draft{}, ErrErased // a new event would bring the key back, or be sealed with one that is destroyed
	}
	return draft, nil
}

func (s *Store) event(d Draft, seq uint64) (*Event, error) {
	text, err := encodeHead(d.Head)
	if err != nil {
		return nil, err
	}
	head, err := decodeHead(d.Head.Kind(), text) // the model sees what a replay would
	if err != nil {
		return nil, err
	}
	return &Event{Seq: seq, Kind: head.Kind(), Case: d.Case, At: s.clock().UnixMilli(), Head: head, key: d.Key, head: text, sealed: []byte{}}, nil
}

func (s *Store) insert(ctx context.Context, p *prepared) error {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit there is nothing to undo
	if err := s.write(ctx, tx, p); err != nil {
		return err
	}
	return tx.Commit()
}

// write moves the head and adds the rows.
func (s *Store) write(ctx context.Context, tx *sql.Tx, p *prepared) error {
	moved, err := tx.ExecContext(ctx, `UPDATE journal_head SET seq = $1, hash = $2 WHERE id = 1 AND seq = $3 AND hash = $4`,
		int64(p.seq), p.hash[:], int64(s.seq), s.hash[:])
	if err != nil {
		return err
	}
	if n, err := moved.RowsAffected(); err != nil || n != 1 {
		return errors.Join(ErrHead, err)
	}
	for part := range slices.Chunk(p.events, rowsPerStatement) {
		if err := insertRows(ctx, tx, part); err != nil {
			return err
		}
	}
	return nil
}

// rowsPerStatement keeps the parameters of a statement few: SQLite finds a
// numbered parameter by walking through all of them.
const rowsPerStatement = 16

func insertRows(ctx context.Context, tx *sql.Tx, events []*Event) error {
	var stmt strings.Builder
	stmt.WriteString(`INSERT INTO journal (seq, hash, kind, case_ref, at, idem_key, head, body) VALUES `)
	args := make([]any, 0, 8*len(events))
	for i, e := range events {
		if i > 0 {
			stmt.WriteByte(',')
		}
		n := 8 * i
		fmt.Fprintf(&stmt, "($%d,$%d,$%d,$%d,$%d,$%d,$%d,$%d)", n+1, n+2, n+3, n+4, n+5, n+6, n+7, n+8)
		args = append(args, int64(e.Seq), e.hash[:], string(e.Kind), e.Case, e.At,
			sql.NullString{String: e.key, Valid: e.key != ""}, string(e.head), e.sealed)
	}
	_, err := tx.ExecContext(ctx, stmt.String(), args...)
	return err
}

// A View is the read model as one update sees it: every earlier update is in it,
// durable or about to be so in the same transaction.
type View struct{ txn *memdb.Txn }
