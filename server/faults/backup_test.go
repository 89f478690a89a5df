package faults_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/skalig/skalig/server/backup"
)

// TestBackup copies a folder again and again while a victim works on it, kills the
// victim, and makes each copy a service again.
func TestBackup(t *testing.T) {
	s := newScene(filepath.Join(t.TempDir(), "data"))
	c := s.take(t, 1<<20)
	type copy struct {
		at    string
		heard heard
	}
	var copies []copy
	for range 5 {
		c.until(t, s.heard, 50*time.Millisecond)
		had := hearing() // before it began
		for id := range s.heard.submitted {
			had.submitted[id] = true
		}
		for id := range s.heard.published {
			had.published[id] = true
		}
		at := filepath.Join(t.TempDir(), "backup")
		if _, err := backup.Take(t.Context(), s.dir, filepath.Join(at, "data"), filepath.Join(at, "keys"), noon); err != nil {
			t.Fatal(err)
		}
		copies = append(copies, copy{at, had})
	}
	c.kill()
	_ = c.rest(t, s.heard)
	s.recover(t)
	newest, err := os.ReadFile(filepath.Join(s.dir, "log", "log", "checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range copies {
		to := filepath.Join(t.TempDir(), "restored")
		report, err := backup.Restore(t.Context(), filepath.Join(c.at, "data"), filepath.Join(c.at, "keys"), to, backup.Options{})
		if err != nil {
			t.Fatalf("copy %d: %v", i, err)
		}
		for _, f := range report.Faults {
			t.Errorf("copy %d: %s", i, f)
		}
		again := &scene{dir: to, heard: c.heard}
		again.recover(t)
		again.check(t)

		// The log went on after the copy was made.
		_, err = backup.Restore(t.Context(), filepath.Join(c.at, "data"), filepath.Join(c.at, "keys"), filepath.Join(t.TempDir(), "late"), backup.Options{Newest: newest})
		if !errors.Is(err, backup.ErrBehind) {
			t.Errorf("copy %d is older than the log, and was restored: %v", i, err)
		}
	}
	t.Logf("%d copies made under load, %d receipts in the last one", len(copies), len(copies[len(copies)-1].heard.published))
}

// TestBackupWhileRotating copies at each step of a rotation, and while several go by:
// every copy opens with its own keys.
func TestBackupWhileRotating(t *testing.T) {
	a, dir := newArchive(t)
	a.young = a.decide(t, youngFiles)
	at, copies := t.TempDir(), 0
	take := func() {
		to := filepath.Join(at, strconv.Itoa(copies))
		copies++
		if _, err := backup.Take(t.Context(), dir, filepath.Join(to, "data"), filepath.Join(to, "keys"), noon); err != nil {
			t.Error(err)
		}
	}
	if _, err := a.store.Rotate(t.Context(), func(string) { take() }); err != nil {
		t.Fatal(err)
	}
	var beside sync.WaitGroup
	beside.Go(take)
	for range 3 {
		if _, err := a.store.Rotate(t.Context(), nil); err != nil {
			t.Error(err)
		}
	}
	beside.Wait()
	if err := a.close(); err != nil {
		t.Fatal(err)
	}
	for i := range copies {
		from := filepath.Join(at, strconv.Itoa(i))
		report, err := backup.Restore(t.Context(), filepath.Join(from, "data"), filepath.Join(from, "keys"), filepath.Join(from, "again"), backup.Options{})
		if err != nil || report.Wrong > 0 || report.Automatic != youngFiles {
			t.Errorf("copy %d: %v %+v", i, err, report.Faults)
		}
	}
	if copies < 6 {
		t.Errorf("only %d copies", copies)
	}
}

// TestBackupRefused changes a backup: it is not restored, and nothing is left.
func TestBackupRefused(t *testing.T) {
	s := newScene(filepath.Join(t.TempDir(), "data"))
	if err := s.take(t, 5).rest(t, s.heard); err != nil {
		t.Fatal(err)
	}
	at := t.TempDir()
	data, keys := filepath.Join(at, "data"), filepath.Join(at, "keys")
	m, err := backup.Take(t.Context(), s.dir, data, keys, noon)
	if err != nil {
		t.Fatal(err)
	}
	for name := range m.Data {
		if filepath.Base(name) == "kek" || filepath.Base(name) == "key" || filepath.Base(name) == "cases.db" {
			t.Errorf("the data of the backup holds the key %s", name)
		}
	}
	if _, err := backup.Take(t.Context(), s.dir, data, keys, noon); !errors.Is(err, backup.ErrExists) {
		t.Errorf("a backup was written over: %v", err)
	}
	for _, harm := range []struct {
		file string
		want error
	}{
		{filepath.Join(data, "journal.db"), backup.ErrChanged},
		{filepath.Join(data, "log", "vkey"), backup.ErrChanged},
		{filepath.Join(data, "manifest.json"), backup.ErrChanged},
		{filepath.Join(keys, "keys", "kek"), backup.ErrChanged},
		{filepath.Join(keys, "log", "key"), os.ErrNotExist},
	} {
		old, err := os.ReadFile(harm.file)
		if err != nil {
			t.Fatal(err)
		}
		if errors.Is(harm.want, os.ErrNotExist) {
			err = os.Remove(harm.file)
		} else {
			err = os.WriteFile(harm.file, append([]byte{old[0] ^ 1}, old[1:]...), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(t.TempDir(), "restored")
		if _, err := backup.Restore(t.Context(), data, keys, to, backup.Options{}); !errors.Is(err, harm.want) {
			t.Errorf("%s changed: %v", harm.file, err)
		}
		if _, err := os.Stat(to); !os.IsNotExist(err) {
			t.Errorf("%s changed: a folder was left", harm.file)
		}
		if err := os.WriteFile(harm.file, old, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	report, err := backup.Restore(t.Context(), data, keys, filepath.Join(t.TempDir(), "restored"), backup.Options{})
	if err != nil || report.Wrong > 0 {
		t.Errorf("mended it is not restored: %v %+v", err, report)
	}
}
