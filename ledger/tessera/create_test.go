package tessera_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skalig/skalig/ledger/tessera"
	"golang.org/x/mod/sumdb/note"
)

// A log is created when asked for, once; nothing is created by opening.
func TestInit(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	if _, err := tessera.Open(t.Context(), dir, tessera.Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("open without a log: %v", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("opening created %s", dir)
	}
	vkey, err := tessera.Init(dir, origin)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := note.NewVerifier(vkey); err != nil || v.Name() != origin {
		t.Errorf("verifier key %s: %v", vkey, err)
	}
	if info, err := os.Stat(filepath.Join(dir, "key")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key file: %v, %v", info.Mode(), err)
	}
	log, size := reopen(t, dir)
	if log.Key() != vkey || size != 0 {
		t.Errorf("opened with key %s and size %d", log.Key(), size)
	}
	if _, err := tessera.Init(dir, origin); !errors.Is(err, tessera.ErrLocked) {
		t.Errorf("init of an open log: %v", err)
	}
	if err := log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := tessera.Init(dir, origin); !errors.Is(err, tessera.ErrExists) {
		t.Errorf("init again: %v", err)
	}
}

func TestInitRefusesNames(t *testing.T) {
	for _, name := range []string{"", "two words", "a+b", "skälig.se/log", strings.Repeat("x", 256), "a\nb"} {
		dir := t.TempDir()
		if _, err := tessera.Init(dir, name); err == nil {
			t.Errorf("origin %q was accepted", name)
		}
		if _, err := os.Stat(filepath.Join(dir, "key")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("origin %q: a key was made", name)
		}
	}
}

// An Init that was interrupted at any step is finished by the next, with the key
// that was made first.
func TestInitResumes(t *testing.T) {
	for _, missing := range [][]string{
		{"log"},
		{"log", "vkey"},
		{"log/checkpoint"},
		{"log/checkpoint", "log/.state/treeState"},
	} {
		dir := t.TempDir()
		vkey, err := tessera.Init(dir, origin)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range missing {
			if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := tessera.Init(dir, "other.example/log"); err == nil {
			t.Errorf("without %v: another name was accepted", missing)
		}
		if again, err := tessera.Init(dir, origin); err != nil || again != vkey {
			t.Errorf("without %v: key %s, %v; want %s", missing, again, err, vkey)
		}
		log, _ := reopen(t, dir)
		if err := log.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}

	// A log whose checkpoint alone is lost is not a log to begin again.
	dir, _, _ := kept(t, 3)
	if err := os.Remove(filepath.Join(dir, "log/checkpoint")); err != nil {
		t.Fatal(err)
	}
	if _, err := tessera.Init(dir, origin); err == nil {
		t.Error("a log of three leaves was begun again")
	}
	if _, err := tessera.Open(t.Context(), dir, tessera.Options{}); err == nil {
		t.Error("a log without a checkpoint was opened")
	}
}
