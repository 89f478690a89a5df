package trillian_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
	"github.com/skalig/skalig/ledger/trillian"
	"github.com/skalig/skalig/ledger/trillian/trilliantest"
)

const (
	chain  = 30000 // leaves there are to append
	rounds = 30    // kills of each part
	fewer  = 10    // of MariaDB

	patience = 30 * time.Second // for anything that should take less than one
)

// Each part of Trillian is killed again and again while leaves are appended, and
// started again after a while. What was acknowledged is there, once and in its place;
// every checkpoint extends the one before.
func TestKill(t *testing.T) {
	leaves := ledgertest.Leaves(ledgertest.Chain("9999", chain))
	for _, part := range trilliantest.Parts {
		t.Run(string(part), func(t *testing.T) { testKill(t, trilliantest.Shared(t), part, rounds, leaves) })
	}
	t.Run("MariaDB", func(t *testing.T) {
		testKill(t, trilliantest.On(t, trilliantest.MySQL), trilliantest.Database, fewer, leaves)
	})
}

func testKill(t *testing.T, cluster *trilliantest.Cluster, part trilliantest.Part, rounds int, leaves [][]byte) {
	dir := t.TempDir()
	log := openIn(t, cluster, dir)
	w := startWriter(log, leaves, 0, 0)
	var before ledger.Checkpoint
	for round := range rounds {
		w.progress(t, cluster, part)
		time.Sleep(time.Duration(rand.IntN(40)) * time.Millisecond)
		cluster.Kill(part)
		time.Sleep(time.Duration(rand.IntN(100)) * time.Millisecond)
		if err := cluster.Start(part); err != nil {
			t.Fatal(err)
		}
		w.progress(t, cluster, part)

		// Half of the time the log too is opened again, amid what it was doing.
		if round%2 == 0 {
			continue
		}
		w.stop()
		if err := log.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		log = openIn(t, cluster, dir)
		size, err := log.Size(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if size != w.told.Load() {
			t.Fatalf("round %d: %d leaves were acknowledged and %d are there", round, w.told.Load(), size)
		}
		before = ledgertest.Check(t, log, log.Key(), leaves[:size], before)
		w = startWriter(log, leaves, w.told.Load(), w.failed.Load())
	}
	w.stop()
	size, err := log.Size(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ledgertest.Check(t, log, log.Key(), leaves[:size], before)
	if size != w.told.Load() {
		t.Errorf("%d leaves were acknowledged and %d are there", w.told.Load(), size)
	}
	if err := log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	rows, err := cluster.Query(fmt.Sprintf("SELECT count(*), count(DISTINCT MerkleLeafHash), max(SequenceNumber) FROM SequencedLeafData WHERE TreeId=%d", tree(t, dir)))
	if want := fmt.Sprintf("%d|%d|%d", size, size, size-1); err != nil || rows != want {
		t.Errorf("the database holds %s, want %s: %v", rows, want, err)
	}
	t.Logf("the %s killed %d times: %d leaves, all that was acknowledged; %d calls failed and were repeated", part, rounds, size, w.failed.Load())
}

// A writer appends leaves in pieces until stopped, each piece until it succeeds, as
// the service does.
type writer struct {
	told, failed atomic.Uint64
	stopping     atomic.Bool
	done         chan struct{}
}

func startWriter(log *trillian.Log, leaves [][]byte, told, failed uint64) *writer {
	w := &writer{done: make(chan struct{})}
	w.told.Store(told)
	w.failed.Store(failed)
	go func() {
		defer close(w.done)
		for size := told; size < uint64(len(leaves)) && !w.stopping.Load(); size = w.told.Load() {
			w.piece(log, size, leaves[size:min(size+1+rand.Uint64N(40), uint64(len(leaves)))])
		}
	}()
	return w
}

func (w *writer) piece(log *trillian.Log, first uint64, leaves [][]byte) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for ctx.Err() == nil {
		if err := log.Append(ctx, first, leaves); err == nil {
			w.told.Store(first + uint64(len(leaves)))
			return
		}
		w.failed.Add(1)
		time.Sleep(5 * time.Millisecond)
	}
}

// stop lets the writer finish the piece it is at.
func (w *writer) stop() {
	w.stopping.Store(true)
	<-w.done
}

// progress waits until more has been acknowledged.
func (w *writer) progress(t *testing.T, cluster *trilliantest.Cluster, part trilliantest.Part) {
	t.Helper()
	start := w.told.Load()
	for deadline := time.Now().Add(patience); w.told.Load() < start+50; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("nothing was appended for %v; the %s says\n%s", patience, part, cluster.Said(part))
		}
	}
}
