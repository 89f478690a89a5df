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

// TestRotateUnderLoad rotates the keys again and again while eight writers send in and
// read, and every file is as it was.
func TestRotateUnderLoad(t *testing.T) {
	a, dir := newArchive(t)
	a.old, a.young = a.decide(t, oldFiles), a.decide(t, youngFiles)
	kek := filepath.Join(dir, "keys", "kek")
	const turns = 10
	wrapped, seen := 0, map[string]bool{}
	during := a.under(t, func() {
		for range turns {
			n, err := a.store.Rotate(t.Context(), nil)
			if err != nil {
				t.Errorf("rotating: %v", err)
			}
			key, err := os.ReadFile(kek)
			if err != nil || seen[string(key)] {
				t.Errorf("the key is an old one: %v", err)
			}
			seen[string(key)] = true
			wrapped += n
		}
	})
	if err := a.close(); err != nil {
		t.Fatal(err)
	}
	report := inspect(t, dir)
	for _, f := range report.Faults {
		t.Errorf("check: %s", f)
	}
	if during == 0 || a.forbidden.Load() > 0 || wrapped < turns*(oldFiles+youngFiles) {
		t.Errorf("%d new cases meanwhile, %d reads refused, %d keys wrapped", during, a.forbidden.Load(), wrapped)
	}
	t.Logf("%d rotations wrapped %d keys while %d cases came in and %d files were read", turns, wrapped, during, a.reads.Load())
}

// TestRotateKilledUnderLoad kills the process at each step of a rotation, and somewhere
// in one, while others write; what was acknowledged opens, and the rotation goes on.
func TestRotateKilledUnderLoad(t *testing.T) {
	t.Setenv(victimTurns, "1")
	s := newScene(filepath.Join(t.TempDir(), "data"))
	halfway := 0
	const n = 12
	for i := range n {
		c := s.take(t, 1<<20)
		c.until(t, s.heard, 0)
		c.after(t, s.heard, "r", 1+i) // each step in turn
		c.kill()
		if _ = c.rest(t, s.heard); c.why.Len() > 0 {
			t.Fatalf("the victim ended before it was killed: %s", c.why)
		}
		if _, err := os.Stat(filepath.Join(s.dir, "keys", "kek.next")); err == nil {
			halfway++
		}
		if i%4 == 3 {
			s.recover(t)
			s.check(t)
		}
	}
	if halfway < 3 {
		t.Errorf("only %d of %d kills were in a rotation", halfway, n)
	}
	if _, err := store.RotateKeys(t.Context(), s.dir, nil); err != nil {
		t.Fatal(err)
	}
	s.recover(t)
	s.check(t)
	t.Logf("killed %d times, %d in the middle of a rotation; 0 of %d cases lost", n, halfway, len(s.heard.submitted))
}
