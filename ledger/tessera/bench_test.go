package tessera_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
)

// latencies reports the median and the 99th percentile in milliseconds.
func latencies(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	ms := func(q float64) float64 {
		return float64(took[int(q*float64(len(took)-1))].Microseconds()) / 1000
	}
	b.ReportMetric(ms(0.50), "p50-ms")
	b.ReportMetric(ms(0.99), "p99-ms")
}

// One leaf at a time: from the call of Append to a published checkpoint that
// covers it. At "rest" the log does nothing between two; "paced" is 50 leaves a
// second, each as it comes.
func BenchmarkPublish(b *testing.B) {
	for name, pause := range map[string]time.Duration{"back-to-back": 0, "paced": 20 * time.Millisecond, "rest": 150 * time.Millisecond} {
		b.Run(name, func(b *testing.B) {
			log, _ := open(b, b.TempDir())
			defer log.Close(b.Context())
			leaves := ledgertest.Leaves(ledgertest.Chain("9999", b.N))
			took := make([]time.Duration, b.N)
			b.ResetTimer()
			for i := range leaves {
				start := time.Now()
				if err := log.Append(b.Context(), uint64(i), leaves[i:i+1]); err != nil {
					b.Fatal(err)
				}
				if _, err := log.AwaitPublished(b.Context(), uint64(i)); err != nil {
					b.Fatal(err)
				}
				took[i] = time.Since(start)
				time.Sleep(pause - took[i])
			}
			latencies(b, took)
		})
	}
}

// Batches of n leaves, each durable before the next: the rate, and what one takes.
func BenchmarkAppend(b *testing.B) {
	for _, n := range []int{1, 16, 256, 4096} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			log, _ := open(b, b.TempDir())
			defer log.Close(b.Context())
			leaves := ledgertest.Leaves(ledgertest.Chain("9999", b.N*n))
			took := make([]time.Duration, b.N)
			b.ResetTimer()
			for i := range took {
				start := time.Now()
				if err := log.Append(b.Context(), uint64(i*n), leaves[i*n:i*n+n]); err != nil {
					b.Fatal(err)
				}
				took[i] = time.Since(start)
			}
			b.ReportMetric(float64(b.N*n)/b.Elapsed().Seconds(), "leaves/s")
			latencies(b, took)
		})
	}
}

// A receipt from the tiles of a log of 20 000 leaves.
func BenchmarkNewReceipt(b *testing.B) {
	log, _ := open(b, b.TempDir())
	defer log.Close(b.Context())
	items := ledgertest.Chain("9999", 20000)
	if err := log.Append(b.Context(), 0, ledgertest.Leaves(items)); err != nil {
		b.Fatal(err)
	}
	checkpoint, err := log.AwaitPublished(b.Context(), 19999)
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		index := i * 7919 % len(items)
		item := items[index]
		if _, err := ledger.NewReceipt(b.Context(), log, checkpoint, uint64(index), item.Leaf, item.Record, item.Salt); err != nil {
			b.Fatal(err)
		}
	}
}
