package faults_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/skalig/skalig/server/store"
)

// TestRotateAfterKill kills the process under load and rotates the keys at once, with
// what it left in the write-ahead log; what was acknowledged opens with the new key.
func TestRotateAfterKill(t *testing.T) {
	s := newScene(filepath.Join(t.TempDir(), "data"))
	kek := filepath.Join(s.dir, "keys", "kek")
	hot, rotated := 0, 0
	const n = 5
	for range n {
		c := s.take(t, 1<<20)
		c.until(t, s.heard, time.Duration(rand.IntN(150))*time.Millisecond)
		c.kill()
		if _ = c.rest(t, s.heard); c.why.Len() > 0 {
			t.Fatalf("the victim ended before it was killed: %s", c.why)
		}
		if wal, err := os.Stat(filepath.Join(s.dir, "keys", "cases.db-wal")); err == nil && wal.Size() > 0 {
			hot++
		}
		before, err := os.ReadFile(kek)
		if err != nil {
			t.Fatal(err)
		}
		keys, err := store.RotateKeys(t.Context(), s.dir, nil)
		if err != nil || keys < len(s.heard.submitted) {
			t.Fatalf("%d keys of %d acknowledged cases: %v", keys, len(s.heard.submitted), err)
		}
		if after, err := os.ReadFile(kek); err != nil || bytes.Equal(after, before) {
			t.Fatalf("the key is the old one: %v", err)
		}
		rotated += keys
	}
	s.recover(t)
	s.check(t)
	if hot == 0 {
		t.Error("no kill left a write-ahead log of the keys")
	}
	t.Logf("rotated after %d kills, %d of them with a write-ahead log; %d keys wrapped anew, 0 of %d cases lost", n, hot, rotated, len(s.heard.submitted))
}
