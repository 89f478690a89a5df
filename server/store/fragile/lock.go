package fragile

import (
	"slices"
	"time"
)

// A waiting session is in the line for the lock.
type waiting struct {
	s    *session
	mine chan struct{} // closed when it has the lock
}

// line puts a session at the end of the line, and gives what is closed when it has the lock.
func (d *Database) line(s *session) <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	w := waiting{s, make(chan struct{})}
	if d.Unfenced || d.writing == s {
		close(w.mine)
		return w.mine
	}
	d.queue = append(d.queue, w)
	d.next()
	return w.mine
}

// next gives a lock that is free to the first in the line. The caller holds mu.
func (d *Database) next() {
	if d.writing != nil || len(d.queue) == 0 {
		return
	}
	first := d.queue[0]
	d.queue, d.writing = d.queue[1:], first.s
	first.s.heard = time.Now()
	close(first.mine)
}

// leave takes a session that waits no longer out of the line, or the lock from it.
func (d *Database) leave(s *session) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.queue = slices.DeleteFunc(d.queue, func(w waiting) bool { return w.s == s })
	d.release(s)
}

// release takes the lock from a session. The caller holds mu.
func (d *Database) release(s *session) {
	if s == nil || d.writing != s {
		return
	}
	d.writing = nil
	d.next()
}

// overdue is how long whoever holds the lock may yet be silent.
func (d *Database) overdue() time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.writing == nil {
		return silentFor
	}
	return max(time.Until(d.writing.heard.Add(silentFor)), 0) + time.Millisecond
}

// evict ends a session that holds the lock and has been silent too long.
func (d *Database) evict() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s := d.writing; s != nil && time.Since(s.heard) >= silentFor {
		s.ended = true
		d.release(s)
	}
}
