package trillian_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
	"github.com/skalig/skalig/ledger/trillian"
	"github.com/skalig/skalig/ledger/trillian/trilliantest"
)

// A log is created when asked for, once; nothing is created by opening.
func TestInit(t *testing.T) {
	conn, dir := trilliantest.Conn(t), filepath.Join(t.TempDir(), "new")
	if _, err := trillian.Open(t.Context(), conn, dir, trillian.Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("open without a log: %v", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("opening created %s", dir)
	}
	vkey, err := trillian.Init(t.Context(), conn, dir, origin, 0)
	if err != nil {
		t.Fatal(err)
	}
	number := tree(t, dir)
	trilliantest.Retire(t, number)

	// An Init that was interrupted is finished by the next, with the key and the tree
	// that were made first.
	for _, missing := range [][]string{{"log"}, {"log", "vkey"}, {"log/checkpoint"}} {
		for _, name := range missing {
			if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := trillian.Init(t.Context(), conn, dir, "other.example/log", 0); err == nil {
			t.Errorf("without %v: another name was accepted", missing)
		}
		if again, err := trillian.Init(t.Context(), conn, dir, origin, 0); err != nil || again != vkey || tree(t, dir) != number {
			t.Errorf("without %v: key %s, %v; want %s", missing, again, err, vkey)
		}
	}

	log := reopen(t, dir)
	if _, err := trillian.Init(t.Context(), conn, dir, origin, 0); !errors.Is(err, trillian.ErrLocked) {
		t.Errorf("init of an open log: %v", err)
	}
	if _, err := trillian.Open(t.Context(), conn, dir, trillian.Options{}); !errors.Is(err, trillian.ErrLocked) {
		t.Errorf("opened twice: %v", err)
	}
	if err := errors.Join(log.Append(t.Context(), 0, ledgertest.Leaves(ledgertest.Chain("9999", 3))), log.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	if _, err := trillian.Init(t.Context(), conn, dir, origin, 0); !errors.Is(err, trillian.ErrExists) {
		t.Errorf("init again: %v", err)
	}

	// A log whose checkpoint alone is lost is not a log to begin again.
	if err := os.Remove(filepath.Join(dir, "log/checkpoint")); err != nil {
		t.Fatal(err)
	}
	if _, err := trillian.Init(t.Context(), conn, dir, origin, 0); err == nil {
		t.Error("a log of three leaves was begun again")
	}
}

// What must stop a log from being opened, as someone or something may leave it.
func TestOpenRefuses(t *testing.T) {
	stranger, _ := ledgertest.Key("other.example/log")
	namesake, _ := ledgertest.Key(origin)
	edit := func(name string, change func([]byte) []byte) func(string) error {
		return func(dir string) error {
			path := filepath.Join(dir, name)
			data, err := os.ReadFile(path)
			if err == nil {
				err = os.WriteFile(path, change(data), 0o600)
			}
			return err
		}
	}
	flip := func(at int) func([]byte) []byte {
		return func(data []byte) []byte { data[at] ^= 1; return data }
	}
	remove := func(name string) func(string) error {
		return func(dir string) error { return os.Remove(filepath.Join(dir, name)) }
	}
	keep := func(string) error { return nil }
	dir, _ := kept(t, trilliantest.Shared(t), 300)
	other := t.TempDir()
	log := reopen(t, other)
	if err := errors.Join(log.Append(t.Context(), 0, ledgertest.Leaves(ledgertest.Chain("1234", 301))), log.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		damage  func(dir string) error
		options trillian.Options
	}{
		{"another log's signer", keep, trillian.Options{Signer: stranger}},
		{"another key of the same name", keep, trillian.Options{Signer: namesake}},
		{"key that others may read", func(dir string) error { return os.Chmod(filepath.Join(dir, "key"), 0o640) }, trillian.Options{}},
		{"no key", remove("key"), trillian.Options{}},
		{"no tree", remove("tree"), trillian.Options{}},
		{"a tree that is not there", edit("tree", func([]byte) []byte { return []byte("4711") }), trillian.Options{}},
		{"the tree of another log", edit("tree", func([]byte) []byte {
			data, _ := os.ReadFile(filepath.Join(other, "tree"))
			return data
		}), trillian.Options{}},
		{"checkpoint changed", edit("log/checkpoint", func(b []byte) []byte { return bytes.Replace(b, []byte("\n300\n"), []byte("\n301\n"), 1) }), trillian.Options{}},
		{"checkpoint cut short", edit("log/checkpoint", func(b []byte) []byte { return b[:len(b)-2] }), trillian.Options{}},
		{"a hash in a tile changed", edit("log/tile/0/001.p/44", flip(40)), trillian.Options{}},
		{"an upper tile changed", edit("log/tile/1/000.p/1", flip(0)), trillian.Options{}},
		{"a tile missing", remove("log/tile/0/001.p/44"), trillian.Options{}},
		{"a tile cut short", edit("log/tile/0/001.p/44", func(b []byte) []byte { return b[:len(b)-32] }), trillian.Options{}},
		{"a leaf in the last bundle changed", edit("log/tile/entries/001.p/44", flip(1000)), trillian.Options{}},
		{"the last bundle missing", remove("log/tile/entries/001.p/44"), trillian.Options{}},
	} {
		spoilt := t.TempDir()
		if err := os.CopyFS(spoilt, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(spoilt, "key"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := c.damage(spoilt); err != nil {
			t.Fatal(err)
		}
		before, err := os.ReadFile(filepath.Join(spoilt, "log/checkpoint"))
		if err != nil {
			t.Fatal(err)
		}
		if log, err := trillian.Open(t.Context(), trilliantest.Conn(t), spoilt, c.options); err == nil {
			t.Errorf("%s: opened", c.name)
			log.Close(t.Context())
		}
		if after, err := os.ReadFile(filepath.Join(spoilt, "log/checkpoint")); err != nil || !bytes.Equal(before, after) {
			t.Errorf("%s: the checkpoint was written: %v", c.name, err)
		}
	}
}

// Tiles that are lost altogether are made anew from Trillian, the same as before, and
// what was signed still holds. What a crash leaves beside them goes.
func TestTilesAreMadeAnew(t *testing.T) {
	dir, leaves := kept(t, trilliantest.Shared(t), 700)
	if err := reopen(t, dir).Close(t.Context()); err != nil { // what the tree outgrew while it grew is gone
		t.Fatal(err)
	}
	before := tiles(t, dir)
	if err := os.RemoveAll(filepath.Join(dir, "log/tile")); err != nil {
		t.Fatal(err)
	}
	log := reopen(t, dir)
	ledgertest.Check(t, log, log.Key(), leaves[:700], ledger.Checkpoint{})
	if err := log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := tiles(t, dir); after != before {
		t.Errorf("the tiles are\n%s\nwere\n%s", after, before)
	}
	for _, name := range []string{"checkpoint.tmp", "tile/0/002.p/187", "tile/0/002.p/189", "tile/entries/002.p/200.tmp"} {
		if err := os.WriteFile(filepath.Join(dir, "log", name), []byte("left"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	log = reopen(t, dir)
	if err := errors.Join(log.Append(t.Context(), 700, leaves[700:701]), log.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	if err := reopen(t, dir).Close(t.Context()); err != nil { // what the tree outgrew goes too
		t.Fatal(err)
	}
	if after := tiles(t, dir); after != strings.ReplaceAll(before, ".p/188", ".p/189") {
		t.Errorf("the tiles are\n%s", after)
	}
}

// tiles are the names of the files below log/, a line each.
func tiles(t *testing.T, dir string) string {
	t.Helper()
	var names strings.Builder
	err := fs.WalkDir(os.DirFS(filepath.Join(dir, "log")), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names.WriteString(name + "\n")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names.String()
}
