package tessera_test

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
