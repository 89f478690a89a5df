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
	rounds = 6     // kills of each part
)

// Each part of Trillian is killed again and again while leaves are appended, and
// started again after a while. What was acknowledged is there, once and in its place;
// every checkpoint extends the one before.
func TestKill(t *testing.T) {
	leaves := ledgertest.Leaves(ledgertest.Chain("9999", chain))
	for _, part := range trilliantest.Parts {
		t.Run(string(part), func(t *testing.T) { testKill(t, part, leaves) })
	}
}

func testKill(t *testing.T, part trilliantest.Part, leaves [][]byte) {
	cluster, dir := trilliantest.Shared(t), t.TempDir()
	log := reopen(t, dir)
	w := startWriter(log, leaves)
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
		log = reopen(t, dir)
		size, err := log.Size(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if size < w.told.Load() {
			t.Fatalf("round %d: %d leaves were acknowledged and %d are there", round, w.told.Load(), size)
		}
		before = ledgertest.Check(t, log, log.Key(), leaves[:size], before)
		told, failed := w.told.Load(), w.failed.Load()
		w = startWriter(log, leaves)
		w.told.Store(told)
		w.failed.Store(failed)
	}
	w.stop()
	size, err := log.Size(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ledgertest.Check(t, log, log.Key(), leaves[:size], before)
	if size < w.told.Load() {
		t.Errorf("%d leaves were acknowledged and %d are there", w.told.Load(), size)
	}
	if err := log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	rows, err := cluster.Query(fmt.Sprintf("SELECT count(*), count(DISTINCT merkleleafhash), max(sequencenumber) FROM sequencedleafdata WHERE treeid=%d", tree(t, dir)))
	if want := fmt.Sprintf("%d|%d|%d", size, size, size-1); err != nil || rows != want {
		t.Errorf("the database holds %s, want %s: %v", rows, want, err)
	}
	t.Logf("the %s killed %d times: %d leaves acknowledged, %d there, %d calls failed and were repeated", part, rounds, w.told.Load(), size, w.failed.Load())
}

// A writer appends leaves in pieces until stopped, each piece until it succeeds, as
// the service does.
type writer struct {
	told, failed atomic.Uint64
	cancel       context.CancelFunc
	done         chan struct{}
}

func startWriter(log *trillian.Log, leaves [][]byte) *writer {
	ctx, cancel := context.WithCancel(context.Background())
	w := &writer{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(w.done)
		w.run(ctx, log, leaves)
	}()
	return w
}

func (w *writer) run(ctx context.Context, log *trillian.Log, leaves [][]byte) {
	size, err := log.Size(ctx)
	for ; err != nil; size, err = log.Size(ctx) {
		if ctx.Err() != nil {
			return
		}
		w.failed.Add(1)
		time.Sleep(5 * time.Millisecond)
	}
	for size < uint64(len(leaves)) && ctx.Err() == nil {
		n := min(1+rand.Uint64N(40), uint64(len(leaves))-size)
		for ctx.Err() == nil {
			if err := log.Append(ctx, size, leaves[size:size+n]); err == nil {
				size += n
				w.told.Store(size)
				break
			}
			w.failed.Add(1)
			time.Sleep(5 * time.Millisecond)
		}
	}
}

func (w *writer) stop() {
	w.cancel()
	<-w.done
}

// progress waits until more has been acknowledged.
func (w *writer) progress(t *testing.T, cluster *trilliantest.Cluster, part trilliantest.Part) {
	t.Helper()
	const patience = 30 * time.Second
	start := w.told.Load()
	for deadline := time.Now().Add(patience); w.told.Load() < start+50; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("nothing was appended for %v; the %s says\n%s", patience, part, cluster.Said(part))
		}
	}
}
