package server

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/skalig/skalig/server/metrics"
)

// toldEvery is how often it is told which requests were turned away.
const toldEvery = time.Minute

// turned counts requests that were turned away: what they were about, by the routes'
// patterns, and how; never by whom, or what they held.
type turned struct {
	mu sync.Mutex
	n  map[turn]int
}

type turn struct {
	route string
	code  int
}

// count takes an answer, if it turns somebody away who tries what is not allowed: a form
// that can't be read, one of another site, too large or too often, or what is not theirs.
// That nobody is signed in, or that a page does not exist, is everyday.
func (t *turned) count(route string, code int) {
	switch code {
	case http.StatusBadRequest, http.StatusForbidden, http.StatusRequestEntityTooLarge, http.StatusTooManyRequests:
	case http.StatusNotFound:
		if route == metrics.Unknown {
			return
		}
	default:
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.n == nil {
		t.n = map[turn]int{}
	}
	t.n[turn{route, code}]++
}

// take gives what was counted since the last time.
func (t *turned) take() map[turn]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.n
	t.n = nil
	return n
}

// tellTurned writes a line for each route and way, every minute and at the end.
func (s *service) tellTurned(ctx context.Context) {
	tell := func(context.Context) time.Duration {
		n := s.turned.take()
		all := make([]turn, 0, len(n))
		for t := range n {
			all = append(all, t)
		}
		slices.SortFunc(all, func(a, b turn) int { return cmp.Or(cmp.Compare(a.route, b.route), a.code-b.code) })
		for _, t := range all {
			s.c.Log.Warn("requests were turned away", "route", t.route, "code", t.code, "times", n[t])
		}
		return toldEvery
	}
	s.closing(func(ctx context.Context) error { tell(ctx); return nil })
	s.beside(ctx, tell)
}
