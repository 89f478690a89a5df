package store

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
)

// A pen writes into one SQLite file for all who want to. A transaction costs a flush of
// the disk: what comes while one is under way goes together into the next.
type pen struct {
	db   *sql.DB
	each bool // statement by statement: the database has many writers, and joins them itself

	turn sync.Mutex // held while a transaction is under way
	mu   sync.Mutex
	held bool // somebody writes, or has been told to
	wait []*stroke
}

// A stroke is a statement of somebody who waits.
type stroke struct {
	stmt string
	args []any
	rows int64
	err  error
	done chan struct{} // closed when rows and err are there
	lead chan struct{} // closed to tell who waits to write for those who do now
}

// write runs a statement, durable when it returns, and gives the rows it affected. A
// statement that fails changes nothing, and stops no other. Where it may be one of several
// it goes on when ctx ends.
func (p *pen) write(ctx context.Context, stmt string, args ...any) (int64, error) {
	s := &stroke{stmt: stmt, args: args, done: make(chan struct{}), lead: make(chan struct{})}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if p.each { // it is one of none: ctx bounds it, as the writer of a shared journal relies on
		s.run(ctx, p.db)
		return s.rows, s.err
	}
	ctx = context.WithoutCancel(ctx)
	p.mu.Lock()
	p.wait = append(p.wait, s)
	leads := !p.held
	p.held = true
	p.mu.Unlock()
	if !leads {
		select {
		case <-s.done:
			return s.rows, s.err
		case <-s.lead:
		}
	}
	p.lead(ctx)
	return s.rows, s.err
}

// lead writes what waits, and hands the pen to the first of those who came meanwhile.
func (p *pen) lead(ctx context.Context) {
	p.turn.Lock()
	p.mu.Lock()
	n := min(len(p.wait), maxBatch)
	batch := p.wait[:n:n]
	if p.wait = p.wait[n:]; len(p.wait) == 0 {
		p.wait = nil // what was written need not be kept
	}
	p.mu.Unlock()
	p.commit(ctx, batch)
	p.turn.Unlock()
	p.mu.Lock()
	if p.held = len(p.wait) > 0; p.held {
		close(p.wait[0].lead)
	}
	p.mu.Unlock()
	for _, s := range batch {
		close(s.done)
	}
}

// commit writes a batch as one transaction; where a statement fails, each by itself.
func (p *pen) commit(ctx context.Context, batch []*stroke) {
	if len(batch) > 1 && p.together(ctx, batch) {
		return
	}
	for _, s := range batch {
		s.run(ctx, p.db)
	}
}

// together reports whether the batch is settled: else nothing of it is there.
func (p *pen) together(ctx context.Context, batch []*stroke) bool {
	tx, err := p.db.BeginTx(ctx, nil)
	if err != nil {
		return false
	}
	defer tx.Rollback() //nolint:errcheck // after Commit there is nothing to undo
	for _, s := range batch {
		if s.run(ctx, tx); s.err != nil {
			return false
		}
	}
	if err := tx.Commit(); err != nil { // it may be there: nobody may try it again
		for _, s := range batch {
			s.rows, s.err = 0, fmt.Errorf("couldn't make a change durable: %w", err)
		}
	}
	return true
}

func (s *stroke) run(ctx context.Context, in interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
}) {
	s.rows, s.err = 0, nil
	done, err := in.ExecContext(ctx, s.stmt, s.args...)
	if err == nil {
		s.rows, err = done.RowsAffected()
	}
	s.err = err
}
