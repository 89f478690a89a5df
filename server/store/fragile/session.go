package fragile

import (
	"context"
	"database/sql/driver"
	"errors"
	"sync/atomic"
	"time"
)

type connector struct {
	d    *Database
	line func() Line
}

func (c connector) Driver() driver.Driver { return nil }

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	s := &session{d: c.d, line: c.line()}
	err := s.line.Call(ctx, "connect", func() error {
		s.d.mu.Lock()
		defer s.d.mu.Unlock()
		s.life = s.d.life
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// A session is one connection. database/sql uses it from one goroutine at a time.
type session struct {
	d      *Database
	line   Line
	broken bool // the near end knows that the line is

	life     int  // of the database
	in       bool // a transaction
	heard    time.Time
	ended    bool // by the database
	change   change
	notified []string
}

// call is a step at the database.
func (s *session) call(ctx context.Context, what string, do func() error) error {
	if s.broken {
		return driver.ErrBadConn
	}
	if s.in && what != "sync" {
		what = InTransaction + what
	}
	var answered atomic.Bool
	err := s.line.Call(ctx, what, func() error {
		s.d.mu.Lock()
		defer s.d.mu.Unlock()
		if s.ended || s.life != s.d.life {
			return ErrBroken
		}
		s.heard = time.Now()
		err := do()
		answered.Store(true)
		return err
	})
	if err != nil && (!answered.Load() || s.gone()) {
		s.broken = true
	}
	return err
}

func (s *session) gone() bool {
	select {
	case <-s.line.Dead():
		return true
	default:
		return false
	}
}

// lock waits until this session is the one that writes.
func (s *session) lock(ctx context.Context) (err error) {
	mine := s.d.line(s)
	patience := time.NewTimer(lockFor)
	defer patience.Stop()
	for {
		overdue := time.NewTimer(s.d.overdue())
		select {
		case <-mine:
			overdue.Stop()
			return nil
		case <-overdue.C:
			s.d.evict()
			continue
		case <-patience.C:
			err = errors.New("the lock is not to be had: lock timeout")
		case <-ctx.Done():
			s.broken, err = true, ctx.Err()
		case <-s.line.Dead():
			s.broken, err = true, ErrBroken
		}
		overdue.Stop()
		s.d.leave(s)
		return err
	}
}

// ExecContext implements driver.ExecerContext.
func (s *session) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	st := statement{s.d.translate(query), args}
	if s.in && !s.broken {
		if err := s.lock(ctx); err != nil {
			return nil, err
		}
	}
	in := s.in
	var r driver.Result // read only where the call has succeeded: else it may yet be written
	err := s.call(ctx, query, func() (err error) {
		switch {
		case query == makeAlone:
			r = driver.RowsAffected(0)
		case query == notify:
			channel, _ := args[0].Value.(string)
			s.notified = append(s.notified, channel)
			r = driver.RowsAffected(1)
		case in:
			grown := append(s.change[:len(s.change):len(s.change)], st)
			if r, _, err = s.d.probe(grown, nil, false); err == nil {
				s.change = grown
			}
		default:
			if r, err = s.d.exec(st); err == nil {
				s.d.keep(change{st})
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// QueryContext implements driver.QueryerContext.
func (s *session) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	st := statement{s.d.translate(query), args}
	if s.in && !s.broken && s.d.locks(query) {
		if err := s.lock(ctx); err != nil {
			return nil, err
		}
	}
	var rows *answer
	err := s.call(ctx, query, func() (err error) {
		if len(s.change) > 0 {
			_, rows, err = s.d.probe(s.change, &st, false)
		} else {
			rows, err = s.d.rows(st)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return rows, nil
}

// BeginTx implements driver.ConnBeginTx.
func (s *session) BeginTx(ctx context.Context, _ driver.TxOptions) (driver.Tx, error) {
	if s.broken {
		return nil, driver.ErrBadConn
	}
	if s.d.Kind == SQLite { // BEGIN IMMEDIATE
		if err := s.lock(ctx); err != nil {
			return nil, err
		}
	}
	if err := s.call(ctx, "begin", func() error { return nil }); err != nil {
		s.unlock()
		return nil, err
	}
	s.in = true
	return s, nil
}

// Commit implements driver.Tx: to the disk's memory, and then to the disk.
func (s *session) Commit() error {
	defer s.over()
	c, notified := s.change, s.notified
	if err := s.call(far, "commit", func() error { return nil }); err != nil {
		return err
	}
	return s.call(far, "sync", func() error {
		err := s.d.apply(c, notified)
		s.d.release(s)
		return err
	})
}

// Rollback implements driver.Tx.
func (s *session) Rollback() error {
	defer s.over()
	return s.call(far, "rollback", func() error {
		s.d.release(s)
		return nil
	})
}

// over forgets the transaction at the near end. At the far end a lock may stay for a
// while where the line broke.
func (s *session) over() {
	s.in, s.change, s.notified = false, nil, nil
	if s.d.Kind == SQLite || !s.broken {
		s.unlock()
	}
}

func (s *session) unlock() {
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	s.d.release(s)
}

// Ping implements driver.Pinger.
func (s *session) Ping(ctx context.Context) error {
	return s.call(ctx, "ping", func() error { return nil })
}

// IsValid implements driver.Validator.
func (s *session) IsValid() bool { return !s.broken }

// Close implements driver.Conn.
func (s *session) Close() error {
	if !s.broken {
		s.unlock()
	}
	return nil
}

// Prepare implements driver.Conn; nobody prepares.
func (*session) Prepare(string) (driver.Stmt, error) {
	return nil, errors.New("this database prepares no statements")
}

// Begin implements driver.Conn by the older of two ways.
func (s *session) Begin() (driver.Tx, error) { return s.BeginTx(far, driver.TxOptions{}) }
