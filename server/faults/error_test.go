package faults_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestError makes the n-th flush fail, or every write from the n-th on: the
// process stops or goes on, and loses nothing either way.
func TestError(t *testing.T) {
	t.Setenv("GOMAXPROCS", "1") // few threads, so that n is reached
	injected, stopped := 0, 0
	for _, fault := range []struct{ calls, how string }{
		{"fsync,fdatasync", "error=EIO:when=%d"},
		{"pwrite64", "error=EIO:when=%d+"},
		{"pwrite64", "error=ENOSPC:when=%d"}, // a full disk for a moment, in the middle of something
		{"write", "error=EIO:when=%d"},
		{"renameat", "error=EIO:when=%d"},
	} {
		s := newScene(filepath.Join(t.TempDir(), "data"))
		for i := range 8 {
			w := traced(t, fault.calls, fmt.Sprintf(fault.how, 1+3*i))
			c := s.take(t, 1<<20, w.wrapper()...)
			c.until(t, s.heard, 150*time.Millisecond)
			c.kill()
			err := c.rest(t, s.heard)
			injected += min(1, w.injected(t))
			if exit, ok := err.(*exec.ExitError); ok && exit.ExitCode() > 0 {
				stopped++
				// What a process says last is a write too.
				if why := c.why.String(); fault.calls != "write" && !strings.Contains(why, "couldn't") {
					t.Errorf("%s: it stopped without saying why: %s", fault.calls, why)
				}
			}
			s.recover(t)
			s.check(t)
		}
	}
	if injected < 16 || stopped == 0 {
		t.Errorf("only %d errors happened, and stopped %d processes", injected, stopped)
	}
	t.Logf("%d processes met errors, %d stopped; nothing acknowledged was lost", injected, stopped)
}

// TestSlow makes every flush take long: fewer are served, none is lost, and what
// waits is bounded.
func TestSlow(t *testing.T) {
	for _, delay := range []int{5_000, 50_000} { // microseconds
		s := newScene(filepath.Join(t.TempDir(), "data"))
		c := s.take(t, writers, traced(t, "fsync,fdatasync", fmt.Sprintf("delay_exit=%d", delay)).wrapper()...)
		if err := c.rest(t, s.heard); err != nil {
			t.Fatalf("flushes of %d µs: %v: %s", delay, err, c.why)
		}
		s.recover(t)
		s.check(t)
		if len(s.heard.published) != writers {
			t.Errorf("flushes of %d µs: %d receipts, want %d", delay, len(s.heard.published), writers)
		}
	}
}
