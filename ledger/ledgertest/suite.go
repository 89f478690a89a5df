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
