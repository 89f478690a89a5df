package ledgertest

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger"
)

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
