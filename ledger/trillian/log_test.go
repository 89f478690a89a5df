package trillian_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
	"github.com/skalig/skalig/ledger/ledgertest/independent"
	"github.com/skalig/skalig/ledger/trillian"
	"github.com/skalig/skalig/ledger/trillian/trilliantest"
)

const origin = "log.example.se/skalig"

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimDir); dir != "" {
		victim(dir)
	}
	os.Exit(trilliantest.Run(m))
}

// on runs a test with each storage that Trillian may be on.
func on(t *testing.T, test func(t *testing.T, c *trilliantest.Cluster)) {
	for _, storage := range trilliantest.Storages {
		t.Run(string(storage), func(t *testing.T) { test(t, trilliantest.On(t, storage)) })
	}
}

// opener opens the log at dir in a Trillian, and creates it if there is none.
func opener(c *trilliantest.Cluster) ledgertest.Open {
	return func(t testing.TB, dir string) (ledger.Log, string) {
		t.Helper()
		log := openIn(t, c, dir)
		return log, log.Key()
	}
}

// reopen is what an opener does, in the Trillian of most tests.
func reopen(t testing.TB, dir string) *trillian.Log {
	t.Helper()
	return openIn(t, trilliantest.Shared(t), dir)
}

func openIn(t testing.TB, c *trilliantest.Cluster, dir string) *trillian.Log {
	t.Helper()
	switch _, err := trillian.Init(context.Background(), c.Conn, dir, origin, 0); {
	case err == nil:
		c.Retire(t, tree(t, dir))
	case !errors.Is(err, trillian.ErrExists):
		t.Fatal(err)
	}
	log, err := trillian.Open(context.Background(), c.Conn, dir, trillian.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// tree is the number of the tree of the log at dir.
func tree(t testing.TB, dir string) int64 {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "tree"))
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return number
}

// Programs that nobody here wrote read the log over HTTP, and notice a changed leaf.
func TestIndependentReaders(t *testing.T) {
	log := reopen(t, t.TempDir())
	defer log.Close(context.Background())
	leaves := ledgertest.Leaves(ledgertest.Chain("9999", 700))
	if err := log.Append(t.Context(), 0, leaves); err != nil {
		t.Fatal(err)
	}
	if _, err := log.AwaitPublished(t.Context(), 699); err != nil {
		t.Fatal(err)
	}
	independent.Check(t, log, log.Key(), leaves)
}

func TestLog(t *testing.T) {
	on(t, func(t *testing.T, c *trilliantest.Cluster) {
		ledgertest.Test(t, opener(c))
		ledgertest.TestDurable(t, opener(c))
	})
}

// Two nodes, each with its own directory, publish one log.
func TestTwoNodes(t *testing.T) { on(t, testTwoNodes) }

func testTwoNodes(t *testing.T, c *trilliantest.Cluster) {
	ctx, dir, other := t.Context(), t.TempDir(), filepath.Join(t.TempDir(), "node")
	if err := openIn(t, c, dir).Close(ctx); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(other, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(other, "key"), 0o600); err != nil {
		t.Fatal(err)
	}
	one := openIn(t, c, dir)
	two, err := trillian.Open(ctx, c.Conn, other, trillian.Options{FollowEvery: 10 * time.Millisecond, OutgrownFor: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	leaves, others := ledgertest.Leaves(ledgertest.Chain("9999", 600)), ledgertest.Leaves(ledgertest.Chain("1234", 600))
	if err := one.Append(ctx, 0, leaves[:300]); err != nil {
		t.Fatal(err)
	}
	a, err1 := one.AwaitPublished(ctx, 299)
	b, err2 := two.AwaitPublished(ctx, 299)
	if err1 != nil || err2 != nil || !bytes.Equal(a, b) {
		t.Errorf("the nodes publish\n%s%v\nand\n%s%v", a, err1, b, err2)
	}

	// Both append the rest at once, in pieces of different sizes, and agree.
	var both sync.WaitGroup
	for i, node := range []*trillian.Log{one, two} {
		both.Go(func() {
			for first := 300; first < 600; {
				next := min(first+7+6*i, 600)
				if err := node.Append(ctx, uint64(first), leaves[first:next]); err != nil {
					t.Errorf("node %d at %d: %v", i, first, err)
					return
				}
				first = next
			}
		})
	}
	both.Wait()
	ledgertest.Check(t, one, one.Key(), leaves, ledger.Checkpoint{})
	ledgertest.Check(t, two, two.Key(), leaves, ledger.Checkpoint{})

	// Both append something else, and one of them is told.
	results := make([]error, 2)
	for i, node := range []*trillian.Log{one, two} {
		both.Go(func() { results[i] = node.Append(ctx, 600, [][][]byte{leaves[:1], others[:1]}[i]) })
	}
	both.Wait()
	if (results[0] == nil) == (results[1] == nil) || !errors.Is(errors.Join(results...), ledger.ErrFork) {
		t.Errorf("two leaves at one index: %v", results)
	}
	if err := errors.Join(one.Close(ctx), two.Close(ctx)); err != nil {
		t.Error(err)
	}
}
