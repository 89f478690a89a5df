package store

import (
	"context"
	"sync"
)

// A latch lets one at a time go on with an id.
type latch struct {
	mu  sync.Mutex
	ids map[string]*turn
}

type turn struct {
	free chan struct{} // of one: holds something while nobody goes on
	want int           // those who go on or wait; the last takes the turn away
}

// hold waits for the turn with an id, or until ctx ends. It is given back by release.
func (l *latch) hold(ctx context.Context, id string) (release func(), err error) {
	l.mu.Lock()
	if l.ids == nil {
		l.ids = map[string]*turn{}
	}
	t := l.ids[id]
	if t == nil {
		t = &turn{free: make(chan struct{}, 1)}
		t.free <- struct{}{}
		l.ids[id] = t
	}
	t.want++
	l.mu.Unlock()
	select {
	case <-t.free:
		return func() { t.free <- struct{}{}; l.drop(id, t) }, nil
	case <-ctx.Done():
		l.drop(id, t)
		return nil, context.Cause(ctx)
	}
}

func (l *latch) drop(id string, t *turn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t.want--; t.want == 0 {
		delete(l.ids, id)
	}
}
