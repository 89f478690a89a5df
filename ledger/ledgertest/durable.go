package ledgertest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func testReopen(t *testing.T, open Open) {
	ctx, dir := within(t), t.TempDir()
	leaves := Leaves(Chain("9999", 700))
	key := ""
	for first := 0; first < len(leaves); first += 175 {
		log, vkey := open(t, dir)
		if key == "" {
			key = vkey
		}
		if vkey != key {
			t.Fatalf("key %s, was %s", vkey, key)
		}
		published(t, ctx, log, vkey, leaves[:first])
		must(t, log.Append(ctx, uint64(first), leaves[first:first+175]))
		must(t, log.Close(ctx)) // and the last checkpoint is out
	}
	log, vkey := open(t, dir)
	published(t, ctx, log, vkey, leaves)
	must(t, log.Close(ctx))
}

// A log that was never closed, as its files are the moment an append has been
// acknowledged, holds that append when it is opened.
func testCrash(t *testing.T, open Open) {
	ctx, dir := within(t), t.TempDir()
	leaves := Leaves(Chain("9999", 700))
	for i, first := 0, 0; first < len(leaves); i++ {
		log, vkey := open(t, dir)
		published(t, ctx, log, vkey, leaves[:first])
		must(t, log.Append(ctx, uint64(first), leaves[first:first+100]))
		first += 100
		crashed := filepath.Join(t.TempDir(), "crashed")
		must(t, copyDir(crashed, dir))
		must(t, log.Close(ctx))
		dir = crashed
	}
	log, vkey := open(t, dir)
	published(t, ctx, log, vkey, leaves)
	must(t, log.Append(ctx, 0, leaves))
	must(t, log.Close(ctx))
}

// copyDir copies files with their modes, as they are while a log is at work: what
// is renamed away meanwhile is left out.
func copyDir(to, from string) error {
	root, err := os.OpenRoot(from)
	if err != nil {
		return err
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil {
			err = copyEntry(filepath.Join(to, name), root, name, d)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
}

func copyEntry(to string, root *os.Root, name string, d fs.DirEntry) error {
	info, err := d.Info()
	if err != nil {
		return err
	}
	if d.IsDir() {
		return os.MkdirAll(to, info.Mode().Perm())
	}
	data, err := root.ReadFile(name)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, info.Mode().Perm())
}
