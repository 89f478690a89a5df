package ledgertest

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/skalig/skalig/ledger"
	"golang.org/x/mod/sumdb/tlog"
)

// Every tile of the tree, at every width it has had, holds the hashes that tlog
// computes; beyond the published tree there is nothing.
func testTiles(t *testing.T, open Open) {
	ctx, log, vkey := opened(t, open)
	leaves := Leaves(Chain("9999", 700))
	must(t, log.Append(ctx, 0, leaves[:5]))
	must(t, log.Append(ctx, 5, leaves[5:300]))
	must(t, log.Append(ctx, 300, leaves[300:]))
	published(t, ctx, log, vkey, leaves)

	var hashes stored
	for i, leaf := range leaves {
		list, err := tlog.StoredHashes(int64(i), leaf, hashes)
		must(t, err)
		hashes = append(hashes, list...)
	}
	for _, tile := range tlog.NewTiles(8, 0, int64(len(leaves))) {
		widest := tile.W
		for _, width := range []int{1, widest/2 + 1, widest} {
			tile.W = width
			want, err := tlog.ReadTileData(tile, hashes)
			must(t, err)
			got, err := log.ReadTile(ctx, uint64(tile.L), uint64(tile.N), width)
			must(t, err)
			if !bytes.Equal(got, want) {
				t.Errorf("tile %s differs", tile.Path())
			}
		}
		if widest < 256 {
			if _, err := log.ReadTile(ctx, uint64(tile.L), uint64(tile.N), widest+1); !errors.Is(err, ledger.ErrNotFound) {
				t.Errorf("tile %s, one wider: %v, want ErrNotFound", tile.Path(), err)
			}
		}
	}
	for _, bad := range []struct {
		level, index uint64
		width        int
	}{{0, 3, 1}, {2, 0, 1}, {63, 0, 1}, {0, 1 << 63, 1}, {0, 0, 0}, {0, 0, -1}, {0, 0, 257}} {
		if _, err := log.ReadTile(ctx, bad.level, bad.index, bad.width); !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("tile %+v: %v, want ErrNotFound", bad, err)
		}
		if _, err := log.ReadEntries(ctx, bad.index, bad.width); bad.level == 0 && !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("entries %+v: %v, want ErrNotFound", bad, err)
		}
	}
}

// Every leaf has a receipt, at the latest checkpoint and at one it has outgrown.
func testReceipts(t *testing.T, open Open) {
	ctx, log, vkey := opened(t, open)
	items := Chain("9999", 520)
	leaves := Leaves(items)
	must(t, log.Append(ctx, 0, leaves[:77]))
	old := published(t, ctx, log, vkey, leaves[:77])
	must(t, log.Append(ctx, 77, leaves[77:]))
	latest := published(t, ctx, log, vkey, leaves)

	for i, item := range items {
		for size, checkpoint := range map[int][]byte{77: old, 520: latest} {
			r, err := ledger.NewReceipt(ctx, log, checkpoint, uint64(i), item.Leaf, item.Record, item.Salt)
			if i >= size {
				if err != ledger.IndexBeyondSize {
					t.Fatalf("receipt of %d as of size %d: %v", i, size, err)
				}
				continue
			}
			must(t, err)
			if rep := ledger.Verify(r.Marshal(), []string{vkey}); !rep.OK || rep.Index != uint64(i) || rep.Size != uint64(size) {
				t.Fatalf("receipt of %d as of size %d: %+v", i, size, rep)
			}
		}
	}

	for name, wrong := range map[string]struct {
		index uint64
		item  Item
		want  error
	}{
		"another leaf":       {6, items[7], ledger.InclusionDiffers},
		"another record":     {7, Item{items[7].Leaf, items[8].Record, items[7].Salt}, ledger.CommitmentDiffers},
		"another salt":       {7, Item{items[7].Leaf, items[7].Record, items[8].Salt}, ledger.CommitmentDiffers},
		"beyond the end":     {520, items[7], ledger.IndexBeyondSize},
		"not a record":       {7, Item{items[7].Leaf, []byte("{}"), items[7].Salt}, ledger.RecordMalformed},
		"not a leaf, either": {7, Item{[]byte("x"), items[7].Record, items[7].Salt}, ledger.LeafMalformed},
	} {
		_, err := ledger.NewReceipt(ctx, log, latest, wrong.index, wrong.item.Leaf, wrong.item.Record, wrong.item.Salt)
		if err != wrong.want {
			t.Errorf("%s: %v, want %v", name, err, wrong.want)
		}
	}
}

// Readers during appends see a growing log: each checkpoint verifies, extends the
// last, and every tile of its tree is there.
func testReaders(t *testing.T, open Open) {
	ctx, log, vkey := opened(t, open)
	leaves := Leaves(Chain("9999", 900))
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			var old ledger.Checkpoint
			for last := false; !last; {
				select {
				case <-done:
					last = true
				default:
				}
				c, err := checkGrowth(ctx, log, vkey, old)
				if err != nil {
					t.Errorf("reader at size %d: %v", old.Size, err)
					return
				}
				old = c
			}
		})
	}
	for first, n := 0, 1; first < len(leaves); n = n%90 + 13 {
		next := min(first+n, len(leaves))
		must(t, log.Append(ctx, uint64(first), leaves[first:next]))
		first = next
	}
	published(t, ctx, log, vkey, leaves)
	close(done)
	readers.Wait()
}

func checkGrowth(ctx context.Context, log ledger.Log, vkey string, old ledger.Checkpoint) (ledger.Checkpoint, error) {
	signed, err := log.ReadCheckpoint(ctx)
	if err != nil {
		return old, err
	}
	c, err := ledger.OpenCheckpoint(signed, []string{vkey})
	if err != nil || c.Size == 0 || old.Size == 0 {
		return c, err
	}
	proof, err := tlog.ProveTree(int64(c.Size), int64(old.Size), ledger.HashReader(ctx, log, c))
	if err != nil {
		return c, err
	}
	if err := tlog.CheckTree(proof, int64(c.Size), c.Root, int64(old.Size), old.Root); err != nil {
		return c, err
	}
	last := c.Size - 1
	_, err = log.ReadEntries(ctx, last/256, ledger.TileWidth(0, last/256, c.Size))
	return c, err
}
