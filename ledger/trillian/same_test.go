package trillian_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
	"github.com/skalig/skalig/ledger/tessera"
	"github.com/skalig/skalig/ledger/trillian"
	"github.com/skalig/skalig/ledger/trillian/trilliantest"
	"golang.org/x/mod/sumdb/tlog"
)

// The same leaves in the same order under the same key are the same log, whether
// Tessera or Trillian on either storage keeps it and however they were cut into
// appends: the same checkpoint and the same tiles, byte for byte.
func TestSameAsTessera(t *testing.T) {
	ctx := t.Context()
	there := t.TempDir()
	if _, err := tessera.Init(there, origin); err != nil {
		t.Fatal(err)
	}
	files, err := tessera.Open(ctx, there, tessera.Options{})
	if err != nil {
		t.Fatal(err)
	}
	logs := make(map[trilliantest.Storage]*trillian.Log)
	for _, storage := range trilliantest.Storages {
		here := t.TempDir()
		copyKey(t, here, there)
		logs[storage] = openIn(t, trilliantest.On(t, storage), here)
	}
	leaves := ledgertest.Leaves(ledgertest.Chain("9999", 70000))
	sizes := []uint64{1, 2, 255, 256, 257, 700, 20040, 65537, 70000}
	for _, size := range sizes {
		from, err := files.Size(ctx)
		if err == nil {
			err = files.Append(ctx, from, leaves[from:size])
		}
		if err != nil {
			t.Fatal(err)
		}
		for storage, log := range logs {
			if storage == trilliantest.MySQL && size > 20040 { // the rest takes it a minute
				continue
			}
			for first := from; first < size; { // in pieces of another size
				next := min(size, first+1711)
				if err := log.Append(ctx, first, leaves[first:next]); err != nil {
					t.Fatalf("%s: %v", storage, err)
				}
				first = next
			}
			compareLogs(t, ctx, log, files, size)
		}
	}
	for storage, log := range logs {
		if err := log.Close(ctx); err != nil {
			t.Errorf("%s: %v", storage, err)
		}
	}
	if err := files.Close(ctx); err != nil {
		t.Error(err)
	}
}

func compareLogs(t *testing.T, ctx context.Context, a, b ledger.Log, size uint64) {
	t.Helper()
	one, err := a.AwaitPublished(ctx, size-1)
	if err != nil {
		t.Fatal(err)
	}
	other, err := b.AwaitPublished(ctx, size-1)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one, other) {
		t.Fatalf("checkpoints differ:\n%s\n%s", one, other)
	}
	for _, tile := range tlog.NewTiles(8, 0, int64(size)) {
		x, err1 := a.ReadTile(ctx, uint64(tile.L), uint64(tile.N), tile.W)
		y, err2 := b.ReadTile(ctx, uint64(tile.L), uint64(tile.N), tile.W)
		if err1 != nil || err2 != nil || !bytes.Equal(x, y) {
			t.Fatalf("size %d: tile %s differs: %v, %v", size, tile.Path(), err1, err2)
		}
		if tile.L > 0 {
			continue
		}
		x, err1 = a.ReadEntries(ctx, uint64(tile.N), tile.W)
		y, err2 = b.ReadEntries(ctx, uint64(tile.N), tile.W)
		if err1 != nil || err2 != nil || !bytes.Equal(x, y) {
			t.Fatalf("size %d: entry bundle %d differs: %v, %v", size, tile.N, err1, err2)
		}
	}
}

// copyKey gives the log to be at one directory the key of that at another, as when a
// log moves.
func copyKey(t *testing.T, to, from string) {
	t.Helper()
	skey, err := os.ReadFile(filepath.Join(from, "key"))
	if err == nil {
		err = os.WriteFile(filepath.Join(to, "key"), skey, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// What a dead connection gives is an error, at once.
func TestWithoutServer(t *testing.T) {
	dir := t.TempDir()
	log := reopen(t, dir)
	cluster := trilliantest.Shared(t)
	cluster.Kill(trilliantest.Server)
	leaves := ledgertest.Leaves(ledgertest.Chain("9999", 1))
	if err := log.Append(t.Context(), 0, leaves); err == nil {
		t.Error("appended without a server")
	}
	if _, err := log.Size(t.Context()); err == nil {
		t.Error("has a size without a server")
	}
	if err := log.Close(t.Context()); err == nil {
		t.Error("closed as if all were published")
	}
	if _, err := trillian.Open(t.Context(), cluster.Conn, dir, trillian.Options{}); err == nil {
		t.Error("opened without a server")
	}
	if err := cluster.Start(trilliantest.Server); err != nil {
		t.Fatal(err)
	}
	log = reopenSoon(t, dir)
	if err := log.Append(t.Context(), 0, leaves); err != nil {
		t.Error(err)
	}
	if err := log.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
