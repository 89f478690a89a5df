package faults_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger/logdir"
	"github.com/skalig/skalig/server"
	"github.com/skalig/skalig/server/demo"
	"github.com/skalig/skalig/server/store"
)

// memoryDisk mounts a file system of a size, in memory.
func memoryDisk(t testing.TB, size string) string {
	t.Helper()
	need(t, "mount", "umount")
	at := t.TempDir()
	run(t, "mount", "-t", "tmpfs", "-o", "size="+size, "tmpfs", at)
	t.Cleanup(func() { _ = exec.Command("umount", "-l", at).Run() })
	return at
}

// TestFull fills the disk under load, once to the room that is kept free, and then
// until a commit has met its end: what is new is refused, the process goes on, and when
// there is room it takes up by itself what was refused. Nothing is lost or there
// twice, also not when it is killed then.
func TestFull(t *testing.T) {
	doubts, rounds := 0, 0
	// Whether a commit or something else meets the full disk first is chance.
	for keep := "1500000"; rounds < 4 || doubts == 0 && rounds < 60; keep = "1" {
		rounds++
		t.Setenv(victimKeep, keep)
		at := memoryDisk(t, "4M")
		s := newScene(filepath.Join(at, "data"))
		c := s.take(t, 1<<20)
		c.stuck(t, s.heard)
		full := len(s.heard.submitted)
		run(t, "mount", "-o", "remount,size=64M", at)
		c.after(t, s.heard, "p", 20)
		c.kill()
		if _ = c.rest(t, s.heard); strings.Contains(c.why.String(), "victim ends") {
			t.Errorf("the victim ended before it was killed: %s", c.why)
		}
		s.recover(t)
		s.check(t)
		if doubts += *s.heard.doubts; keep != "1" && *s.heard.doubts > 0 {
			t.Errorf("with room kept free %d commits met a full disk", *s.heard.doubts)
		}
		t.Logf("keeping %s free: full after %d applications; %d and %d receipts in the end, 0 lost, 0 twice", keep, full, len(s.heard.submitted), len(s.heard.published))
	}
	if doubts == 0 {
		t.Errorf("in %d rounds no commit met a full disk", rounds)
	}
}

// TestFullStart starts a service where no byte is left: it says so in words, whatever the
// database calls it, and starts when there is room.
func TestFullStart(t *testing.T) {
	at := memoryDisk(t, "64M")
	data := filepath.Join(at, "data")
	serve := func() error {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		return server.Run(ctx, server.Config{Addr: "127.0.0.1:0", Data: data, Demo: demo.New(), Chromium: "none", Log: slog.New(slog.DiscardHandler), Started: func(string) { stop() }})
	}
	if err := serve(); err != nil {
		t.Fatal(err)
	}
	fill, err := os.Create(filepath.Join(at, "other"))
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = fill.Write(make([]byte, 4096))
	}
	if err := fill.Close(); err != nil {
		t.Fatal(err)
	}
	if err := serve(); !store.Full(err) || !strings.Contains(err.Error(), "the disk under "+data+" is full") {
		t.Errorf("on a full disk: %v", err)
	}
	if err := os.Remove(fill.Name()); err != nil {
		t.Fatal(err)
	}
	if err := serve(); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

// TestDenied opens folders in which nothing can be written, or something is not
// what it should be: each is refused, and nothing is made anew beside what is there.
func TestDenied(t *testing.T) {
	at := memoryDisk(t, "64M")
	s := newScene(filepath.Join(at, "data"))
	if err := s.take(t, 3).rest(t, s.heard); err != nil {
		t.Fatal(err)
	}
	try := func(name string, harm, mend func() error) {
		t.Helper()
		if err := harm(); err != nil {
			t.Fatal(err)
		}
		if err := recovered(t.Context(), s.dir); err == nil {
			t.Errorf("%s: it was opened", name)
		}
		if err := mend(); err != nil {
			t.Fatal(err)
		}
		s.recover(t)
		s.check(t)
	}
	try("read-only", func() error { run(t, "mount", "-o", "remount,ro", at); return nil },
		func() error { run(t, "mount", "-o", "remount,rw", at); return nil })
	for _, name := range []string{"journal.db", "keys/kek", "keys/cases.db", "log", "log/key", "log/vkey"} {
		path := filepath.Join(s.dir, name)
		try("without "+name, func() error { return os.Rename(path, path+".away") },
			func() error { return errors.Join(os.RemoveAll(path), os.Rename(path+".away", path)) })
	}
	try("a key that others may read", func() error { return os.Chmod(filepath.Join(s.dir, "log", "key"), 0o644) },
		func() error { return os.Chmod(filepath.Join(s.dir, "log", "key"), 0o600) })
}

// TestSecondProcess lets two processes write to one folder without the server's
// lock: the log's lock or the journal's head fences one of them, and both are safe.
func TestSecondProcess(t *testing.T) {
	for range 5 {
		s := newScene(filepath.Join(t.TempDir(), "data"))
		if err := s.take(t, 1).rest(t, s.heard); err != nil {
			t.Fatal(err)
		}
		one, two := s.take(t, 1<<20), s.take(t, 1<<20)
		one.until(t, s.heard, 150*time.Millisecond)
		one.kill()
		_ = one.rest(t, s.heard)
		time.AfterFunc(50*time.Millisecond, two.kill)
		_ = two.rest(t, s.heard)
		if fenced := one.why.String() + two.why.String(); !strings.Contains(fenced, store.ErrHead.Error()) && !strings.Contains(fenced, logdir.ErrLocked.Error()) {
			t.Errorf("neither was fenced: %q", fenced)
		}
		s.recover(t)
		s.check(t)
	}
}
