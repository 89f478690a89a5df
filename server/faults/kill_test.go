package faults_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"
)

// TestKill kills the process at random times under load.
func TestKill(t *testing.T) {
	s := newScene(t.TempDir())
	n := 100
	for range n {
		c := s.take(t, 1<<20)
		c.until(t, s.heard, time.Duration(rand.IntN(150))*time.Millisecond)
		c.kill()
		if _ = c.rest(t, s.heard); c.why.Len() > 0 {
			t.Fatalf("the victim ended before it was killed: %s", c.why)
		}
	}
	s.recover(t)
	s.check(t)
	t.Logf("killed %d times: %d applications and %d receipts acknowledged, 0 lost, 0 twice", n, len(s.heard.submitted), len(s.heard.published))
}

// durable are the calls by which something becomes durable, or visible in its
// place.
const durable = "fsync,fdatasync,pwrite64,write,ftruncate,renameat,linkat,unlinkat,mkdirat"

// TestStep kills the process as one of its threads is about to make its n-th such
// call, for one n after the other on the way from an empty folder over the first
// intent to its receipt.
func TestStep(t *testing.T) {
	t.Setenv("GOMAXPROCS", "1") // few threads, so that n goes all the way
	killed, ended, receipts := 0, 0, 0
	for n := 1; ended < 3; n++ {
		s := newScene(filepath.Join(t.TempDir(), "data"))
		c := s.take(t, 1, traced(t, durable, fmt.Sprintf("signal=SIGKILL:when=%d", n)).wrapper()...)
		if err := c.rest(t, s.heard); err == nil {
			ended++ // there is no n-th call
		} else {
			killed++
		}
		receipts += len(s.heard.published)
		s.recover(t)
		s.check(t)
	}
	if killed < 20 {
		t.Errorf("only %d points were met", killed)
	}
	t.Logf("killed at %d points, %d of them after the receipt: nothing acknowledged was lost, nothing is there twice", killed, receipts-ended)
}
