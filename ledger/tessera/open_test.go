package tessera_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
	"github.com/skalig/skalig/ledger/tessera"
	"golang.org/x/mod/sumdb/note"
)

// kept is a closed log of n leaves.
func kept(t *testing.T, n int) (dir, vkey string, leaves [][]byte) {
	t.Helper()
	dir = t.TempDir()
	vkey, err := tessera.Init(dir, origin)
	if err != nil {
		t.Fatal(err)
	}
	log, _ := reopen(t, dir)
	leaves = ledgertest.Leaves(ledgertest.Chain("9999", n))
	if err := errors.Join(log.Append(t.Context(), 0, leaves), log.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	return dir, vkey, leaves
}

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

func TestOneProcessAtATime(t *testing.T) {
	dir, _, _ := kept(t, 1)
	log, _ := reopen(t, dir)
	if _, err := tessera.Open(t.Context(), dir, tessera.Options{}); !errors.Is(err, tessera.ErrLocked) {
		t.Errorf("opened twice: %v", err)
	}
	if err := log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	log, _ = reopen(t, dir)
	if err := log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// What must stop a log from being opened, as someone or something may leave it.
func TestOpenRefuses(t *testing.T) {
	stranger, _ := ledgertest.Key("other.example/log")
	namesake, _ := ledgertest.Key(origin)
	edit := func(name string, change func([]byte) []byte) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			path := filepath.Join(dir, name)
			data, err := os.ReadFile(path)
			if err == nil {
				err = os.WriteFile(path, change(data), 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	flip := func(at int) func([]byte) []byte {
		return func(data []byte) []byte { data[at] ^= 1; return data }
	}
	remove := func(name string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	keep := func(*testing.T, string) {}
	cases := []struct {
		name    string
		damage  func(t *testing.T, dir string)
		options tessera.Options
	}{
		{"another log's signer", keep, tessera.Options{Signer: stranger}},
		{"another key of the same name", keep, tessera.Options{Signer: namesake}},
		{"key that others may read", func(t *testing.T, dir string) {
			if err := os.Chmod(filepath.Join(dir, "key"), 0o640); err != nil {
				t.Fatal(err)
			}
		}, tessera.Options{}},
		{"no key", remove("key"), tessera.Options{}},
		{"no verifier key", remove("vkey"), tessera.Options{}},
		{"checkpoint changed", edit("log/checkpoint", func(b []byte) []byte { return bytes.Replace(b, []byte("\n300\n"), []byte("\n301\n"), 1) }), tessera.Options{}},
		{"checkpoint cut short", edit("log/checkpoint", func(b []byte) []byte { return b[:len(b)-2] }), tessera.Options{}},
		{"a hash in a tile changed", edit("log/tile/0/001.p/44", flip(40)), tessera.Options{}},
		{"an upper tile changed", edit("log/tile/1/000.p/1", flip(0)), tessera.Options{}},
		{"a tile missing", remove("log/tile/0/001.p/44"), tessera.Options{}},
		{"a tile cut short", edit("log/tile/0/001.p/44", func(b []byte) []byte { return b[:len(b)-32] }), tessera.Options{}},
		{"tree state rolled back", edit("log/.state/treeState", func(b []byte) []byte { return bytes.Replace(b, []byte("300"), []byte("299"), 1) }), tessera.Options{}},
		{"tree state ahead of the tiles", edit("log/.state/treeState", func(b []byte) []byte { return bytes.Replace(b, []byte("300"), []byte("301"), 1) }), tessera.Options{}},
	}
	for _, c := range cases {
		dir, _, _ := kept(t, 300)
		c.damage(t, dir)
		before, err := os.ReadFile(filepath.Join(dir, "log/checkpoint"))
		if err != nil {
			t.Fatal(err)
		}
		if log, err := tessera.Open(t.Context(), dir, c.options); err == nil {
			t.Errorf("%s: opened", c.name)
			log.Close(t.Context())
		}
		if after, err := os.ReadFile(filepath.Join(dir, "log/checkpoint")); err != nil || !bytes.Equal(before, after) {
			t.Errorf("%s: the checkpoint was written: %v", c.name, err)
		}
	}
}

// The signer may live outside the directory.
func TestForeignSigner(t *testing.T) {
	dir, vkey, leaves := kept(t, 3)
	path := filepath.Join(dir, "key")
	skey, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(strings.TrimSpace(string(skey)))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	log, err := tessera.Open(t.Context(), dir, tessera.Options{Signer: signer})
	if err != nil {
		t.Fatal(err)
	}
	ledgertest.Check(t, log, vkey, leaves, ledger.Checkpoint{})
	if err := log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Temporary files that a crash leaves go when the log is opened; nothing else does.
func TestSweep(t *testing.T) {
	dir, vkey, leaves := kept(t, 300)
	left := []string{
		"checkpoint1234567", ".state/treeState99", ".state/gcState1",
		"tile/0/0001234567", "tile/0/001.p/441234567", "tile/entries/00112345", "tile/0/x001/0001234567",
	}
	stays := []string{"notes.txt", "tile/0/README", ".state/lock.txt"}
	for _, name := range append(left, stays...) {
		path := filepath.Join(dir, "log", name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte("left"), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	log, _ := reopen(t, dir)
	ledgertest.Check(t, log, vkey, leaves, ledger.Checkpoint{})
	if err := log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, name := range left {
		if _, err := os.Stat(filepath.Join(dir, "log", name)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is still there", name)
		}
	}
	for _, name := range stays {
		if _, err := os.Stat(filepath.Join(dir, "log", name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A second writer, which the lock should have kept out, is noticed before anything
// is written beside it.
func TestSecondWriterIsNoticed(t *testing.T) {
	dir, _, leaves := kept(t, 2)
	log, _ := reopen(t, dir)
	state := filepath.Join(dir, "log/.state/treeState")
	data, err := os.ReadFile(state)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(state, bytes.Replace(data, []byte(`"size":2`), []byte(`"size":3`), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	for range 2 { // and it stays so
		if err := log.Append(t.Context(), 2, leaves[:1]); err == nil {
			t.Fatal("appended beside a second writer")
		}
	}
	if err := os.WriteFile(state, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := log.Append(t.Context(), 2, leaves[:1]); err == nil {
		t.Error("appended without being opened again")
	}
	if err := log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	log, _ = reopen(t, dir)
	if err := log.Append(context.Background(), 0, leaves); err != nil {
		t.Error(err)
	}
	if err := log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// When the disk fails, an append fails and the next one, once it works again, does not.
func TestAppendResumesAfterFailure(t *testing.T) {
	dir, vkey, _ := kept(t, 3)
	leaves := ledgertest.Leaves(ledgertest.Chain("9999", 6))
	log, _ := reopen(t, dir)
	// A directory stands where the next tile belongs: renaming a file to it fails.
	obstacle := filepath.Join(dir, "log/tile/0/000.p/6")
	if err := os.Mkdir(obstacle, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := log.Append(t.Context(), 3, leaves[3:]); err == nil {
		t.Fatal("appended though the tile could not be written")
	}
	if size, err := log.Size(t.Context()); err != nil || size != 3 {
		t.Fatalf("size %d, %v", size, err)
	}
	if err := os.Remove(obstacle); err != nil {
		t.Fatal(err)
	}
	if err := log.Append(t.Context(), 3, leaves[3:]); err != nil {
		t.Fatal(err)
	}
	ledgertest.Check(t, log, vkey, leaves, ledger.Checkpoint{})
	if err := log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// When the checkpoint cannot be written, leaves are durable and those who wait for
// publication wait until it can.
func TestPublishingResumesAfterFailure(t *testing.T) {
	dir, vkey, _ := kept(t, 3)
	leaves := ledgertest.Leaves(ledgertest.Chain("9999", 4))
	log, _ := reopen(t, dir)
	obstacle := filepath.Join(dir, "log/checkpoint.tmp")
	if err := os.Mkdir(obstacle, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := log.Append(t.Context(), 3, leaves[3:]); err != nil {
		t.Fatal(err)
	}
	if c, err := log.ReadCheckpoint(t.Context()); err != nil || !bytes.Contains(c, []byte("\n3\n")) {
		t.Fatalf("checkpoint %q, %v", c, err)
	}
	if err := os.Remove(obstacle); err != nil {
		t.Fatal(err)
	}
	ledgertest.Check(t, log, vkey, leaves, ledger.Checkpoint{})
	if err := log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}
