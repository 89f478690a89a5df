// Package ledgertest holds the tests that every [ledger.Log] passes, and what such
// tests are made of: leaves with their records, keys, and a log in memory.
//
// A backend's own test is
//
//	func TestLog(t *testing.T) {
//		ledgertest.Test(t, open)        // what a log does
//		ledgertest.TestDurable(t, open) // what it does when it is opened again
//	}
package ledgertest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger"
	"golang.org/x/mod/sumdb/tlog"
)

// Open opens the log kept at dir, creates it if dir is empty, and returns it with
// its verifier key.
type Open func(t testing.TB, dir string) (log ledger.Log, vkey string)

const patience = 30 * time.Second // for anything that should take milliseconds

// Test runs the tests of what a log does while it is open.
func Test(t *testing.T, open Open) {
	t.Run("Empty", func(t *testing.T) { testEmpty(t, open) })
	t.Run("Append", func(t *testing.T) { testAppend(t, open) })
	t.Run("Retry", func(t *testing.T) { testRetry(t, open) })
	t.Run("Fork", func(t *testing.T) { testFork(t, open) })
	t.Run("Gap", func(t *testing.T) { testGap(t, open) })
	t.Run("NotLeaf", func(t *testing.T) { testNotLeaf(t, open) })
	t.Run("Tiles", func(t *testing.T) { testTiles(t, open) })
	t.Run("Receipts", func(t *testing.T) { testReceipts(t, open) })
	t.Run("Await", func(t *testing.T) { testAwait(t, open) })
	t.Run("Readers", func(t *testing.T) { testReaders(t, open) })
	t.Run("Closed", func(t *testing.T) { testClosed(t, open) })
}

// TestDurable runs the tests of what a log does when it is opened again.
func TestDurable(t *testing.T, open Open) {
	t.Run("Reopen", func(t *testing.T) { testReopen(t, open) })
	t.Run("Crash", func(t *testing.T) { testCrash(t, open) })
}

// within returns a context that ends when the test has taken too long.
func within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

func opened(t testing.TB, open Open) (context.Context, ledger.Log, string) {
	ctx := within(t)
	log, vkey := open(t, t.TempDir())
	t.Cleanup(func() {
		if err := log.Close(context.WithoutCancel(ctx)); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return ctx, log, vkey
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Check waits until the log has published the leaves, which are all that it holds,
// and checks everything about it: the checkpoint's signature, the root against a
// second computation, every entry, and that the tree extends the old one. It
// returns the checkpoint.
func Check(t testing.TB, log ledger.Log, vkey string, leaves [][]byte, old ledger.Checkpoint) ledger.Checkpoint {
	t.Helper()
	ctx := within(t)
	published(t, ctx, log, vkey, leaves)
	c, err := checkGrowth(ctx, log, vkey, old)
	must(t, err)
	return c
}

// published is the part of Check that concerns one tree, and returns its checkpoint
// as it was published.
func published(t testing.TB, ctx context.Context, log ledger.Log, vkey string, leaves [][]byte) []byte {
	t.Helper()
	size, err := log.Size(ctx)
	must(t, err)
	if size != uint64(len(leaves)) {
		t.Fatalf("size %d, want %d", size, len(leaves))
	}
	var signed []byte
	if len(leaves) == 0 {
		signed, err = log.ReadCheckpoint(ctx)
	} else {
		signed, err = log.AwaitPublished(ctx, size-1)
	}
	must(t, err)
	c, err := ledger.OpenCheckpoint(signed, []string{vkey})
	must(t, err)
	if c.Size != size || c.Root != Root(leaves) {
		t.Fatalf("checkpoint of size %d and root %v, want %d and %v", c.Size, c.Root, size, Root(leaves))
	}
	for first := uint64(0); first < size; first += 256 {
		width := ledger.TileWidth(0, first/256, size)
		bundle, err := log.ReadEntries(ctx, first/256, width)
		must(t, err)
		entries, err := ledger.SplitEntries(bundle)
		must(t, err)
		if len(entries) != width {
			t.Fatalf("bundle %d has %d entries, want %d", first/256, len(entries), width)
		}
		for i, entry := range entries {
			if !bytes.Equal(entry, leaves[first+uint64(i)]) {
				t.Fatalf("entry %d is not the leaf that was appended", first+uint64(i))
			}
		}
	}
	return signed
}

// Root is the root of the tree of leaves by RFC 6962's recursive definition, with
// nothing remembered on the way.
func Root(leaves [][]byte) tlog.Hash {
	switch n := len(leaves); n {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return sha256.Sum256(append([]byte{0}, leaves[0]...))
	default:
		k := 1
		for k*2 < n {
			k *= 2
		}
		left, right := Root(leaves[:k]), Root(leaves[k:])
		return sha256.Sum256(append(append([]byte{1}, left[:]...), right[:]...))
	}
}

func testEmpty(t *testing.T, open Open) {
	ctx, log, vkey := opened(t, open)
	published(t, ctx, log, vkey, nil)
	must(t, log.Append(ctx, 0, nil))
	if _, err := log.ReadEntries(ctx, 0, 1); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("entries of an empty log: %v", err)
	}
}

// Appends of sizes that start, end, fill and straddle tiles.
func testAppend(t *testing.T, open Open) {
	ctx, log, vkey := opened(t, open)
	leaves := Leaves(Chain("9999", 1100))
	first := 0
	for _, n := range []int{1, 1, 3, 250, 1, 1, 255, 256, 2, 330} {
		must(t, log.Append(ctx, uint64(first), leaves[first:first+n]))
		first += n
		published(t, ctx, log, vkey, leaves[:first])
	}
}

func testRetry(t *testing.T, open Open) {
	ctx, log, vkey := opened(t, open)
	leaves := Leaves(Chain("9999", 600))
	must(t, log.Append(ctx, 0, leaves[:300]))
	for _, again := range [][2]int{{0, 300}, {0, 1}, {255, 257}, {299, 300}, {300, 300}} {
		must(t, log.Append(ctx, uint64(again[0]), leaves[again[0]:again[1]]))
	}
	published(t, ctx, log, vkey, leaves[:300])
	must(t, log.Append(ctx, 100, leaves[100:600])) // half of it known
	published(t, ctx, log, vkey, leaves)
}

func testFork(t *testing.T, open Open) {
	ctx, log, vkey := opened(t, open)
	leaves, others := Leaves(Chain("9999", 300)), Leaves(Chain("1234", 400))
	must(t, log.Append(ctx, 0, leaves))
	for _, c := range []struct {
		first  uint64
		leaves [][]byte
	}{
		{0, others[:1]},
		{299, others[:1]},
		{0, slices.Concat(leaves[:299], others[:1])},
		{298, slices.Concat(leaves[298:299], others[:5])}, // and more beyond the end
	} {
		if err := log.Append(ctx, c.first, c.leaves); !errors.Is(err, ledger.ErrFork) {
			t.Errorf("other leaves at %d: %v, want ErrFork", c.first, err)
		}
	}
	published(t, ctx, log, vkey, leaves)
}

func testGap(t *testing.T, open Open) {
	ctx, log, vkey := opened(t, open)
	leaves := Leaves(Chain("9999", 3))
	if err := log.Append(ctx, 1, leaves[1:2]); !errors.Is(err, ledger.ErrGap) {
		t.Errorf("append at 1 of an empty log: %v, want ErrGap", err)
	}
	must(t, log.Append(ctx, 0, leaves[:1]))
	if err := log.Append(ctx, 2, leaves[2:]); !errors.Is(err, ledger.ErrGap) {
		t.Errorf("append at 2 of a log of one: %v, want ErrGap", err)
	}
	published(t, ctx, log, vkey, leaves[:1])
}

func testNotLeaf(t *testing.T, open Open) {
	ctx, log, vkey := opened(t, open)
	items := Chain("9999", 2)
	for _, bad := range [][]byte{nil, []byte("x"), items[1].Record, append(bytes.Clone(items[1].Leaf), '\n')} {
		if err := log.Append(ctx, 0, [][]byte{items[0].Leaf, bad}); !errors.Is(err, ledger.ErrNotLeaf) {
			t.Errorf("append of %q: %v, want ErrNotLeaf", bad, err)
		}
	}
	published(t, ctx, log, vkey, nil)
}

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
		for _, checkpoint := range [][]byte{old, latest} {
			r, err := ledger.NewReceipt(ctx, log, checkpoint, uint64(i), item.Leaf, item.Record, item.Salt)
			if i >= 77 && &checkpoint[0] == &old[0] {
				if err != ledger.IndexBeyondSize {
					t.Fatalf("receipt of %d before it was in the log: %v", i, err)
				}
				continue
			}
			must(t, err)
			if rep := ledger.Verify(r.Marshal(), []string{vkey}); !rep.OK || rep.Index != uint64(i) {
				t.Fatalf("receipt of %d: %+v", i, rep)
			}
			if i%50 != 0 && i != 76 && i != 519 {
				break // the old checkpoint for some
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

// Those who wait are told when their leaf is published, and give up when told to.
func testAwait(t *testing.T, open Open) {
	ctx, log, vkey := opened(t, open)
	leaves := Leaves(Chain("9999", 20))
	var waiting sync.WaitGroup
	for i := range leaves {
		waiting.Go(func() {
			signed, err := log.AwaitPublished(ctx, uint64(i))
			if err != nil {
				t.Errorf("await %d: %v", i, err)
				return
			}
			if c, err := ledger.OpenCheckpoint(signed, []string{vkey}); err != nil || c.Size <= uint64(i) {
				t.Errorf("await %d: size %d, %v", i, c.Size, err)
			}
		})
	}
	for i := range leaves {
		must(t, log.Append(ctx, uint64(i), leaves[i:i+1]))
	}
	waiting.Wait()

	short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	if _, err := log.AwaitPublished(short, 20); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("await a leaf that never comes: %v", err)
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

func testClosed(t *testing.T, open Open) {
	ctx, log, _ := opened(t, open)
	leaves := Leaves(Chain("9999", 2))
	must(t, log.Append(ctx, 0, leaves[:1]))
	waiter := make(chan error, 1)
	go func() {
		_, err := log.AwaitPublished(ctx, 1)
		waiter <- err
	}()
	must(t, log.Close(ctx))
	if err := <-waiter; !errors.Is(err, ledger.ErrClosed) {
		t.Errorf("await when the log closes: %v, want ErrClosed", err)
	}
	if err := log.Append(ctx, 1, leaves[1:]); !errors.Is(err, ledger.ErrClosed) {
		t.Errorf("append to a closed log: %v, want ErrClosed", err)
	}
	must(t, log.Close(ctx)) // once more does nothing
}

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
