package simulation_test

import (
	"context"
	"sync"
	"time"

	"github.com/skalig/skalig/server/postgres"
)

// An office is the lock of who leads, as PostgreSQL keeps it: of the session that holds
// it, until that ends or has been silent too long.
type office struct {
	mu     sync.Mutex
	holder *seat
}

// silentFor is how long the session of a leader may be silent.
const silentFor = 5 * time.Second

// A seat is a session that may hold the office: a postgres.Session.
type seat struct {
	o     *office
	line  *line
	heard time.Time
	ended bool
}

// candidate opens a session.
func (o *office) candidate(l *life) func(context.Context) (postgres.Session, error) {
	return func(ctx context.Context) (postgres.Session, error) {
		s := &seat{o: o, line: l.line("office")}
		return s, s.call(ctx, "candidate", func() {})
	}
}

func (s *seat) call(ctx context.Context, what string, do func()) error {
	return s.line.Call(ctx, what, func() error {
		s.o.mu.Lock()
		defer s.o.mu.Unlock()
		if h := s.o.holder; h != nil && time.Since(h.heard) > silentFor {
			h.ended, s.o.holder = true, nil
		}
		if s.ended {
			return errLost
		}
		s.heard = time.Now()
		do()
		return nil
	})
}

// Hold implements postgres.Session.
func (s *seat) Hold(ctx context.Context) (held bool, err error) {
	err = s.call(ctx, "hold", func() {
		if s.o.holder == nil {
			s.o.holder = s
		}
		held = s.o.holder == s
	})
	return held && err == nil, err
}

// Ping implements postgres.Session.
func (s *seat) Ping(ctx context.Context) error { return s.call(ctx, "beat", func() {}) }

// Close implements postgres.Session.
func (s *seat) Close(ctx context.Context) error {
	return s.call(ctx, "leave", func() {
		if s.o.holder == s {
			s.o.holder = nil
		}
		s.ended = true
	})
}
