package trillian_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
	"github.com/skalig/skalig/ledger/tessera"
	"github.com/skalig/skalig/ledger/trillian/trilliantest"
)

// backends are measured in the same run, on the same machine. Trillian's signer
// looks for leaves every 20 ms here.
var backends = []struct {
	name string
	open ledgertest.Open
}{
	{"tessera", func(t testing.TB, dir string) (ledger.Log, string) {
		if _, err := tessera.Init(dir, origin); err != nil && !errors.Is(err, tessera.ErrExists) {
			t.Fatal(err)
		}
		log, err := tessera.Open(context.Background(), dir, tessera.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return log, log.Key()
	}},
	{"trillian", onStorage(trilliantest.PostgreSQL)},
	{"mariadb", onStorage(trilliantest.MySQL)},
}

// onStorage opens logs in the Trillian on that storage.
func onStorage(storage trilliantest.Storage) ledgertest.Open {
	return func(t testing.TB, dir string) (ledger.Log, string) {
		return opener(trilliantest.On(t, storage))(t, dir)
	}
}

// latencies reports the median and the 99th percentile in milliseconds.
func latencies(b *testing.B, name string, took []time.Duration) {
	slices.Sort(took)
	ms := func(q float64) float64 {
		return float64(took[int(q*float64(len(took)-1))].Microseconds()) / 1000
	}
	b.ReportMetric(ms(0.50), name+"p50-ms")
	b.ReportMetric(ms(0.99), name+"p99-ms")
}

// One leaf at a time, from the call of Append to a published checkpoint that covers
// it.
func BenchmarkPublish(b *testing.B) {
	for _, backend := range backends {
		b.Run(backend.name, func(b *testing.B) {
			log, _ := backend.open(b, b.TempDir())
			defer log.Close(b.Context())
			leaves := ledgertest.Leaves(ledgertest.Chain("9999", b.N))
			durable, published := make([]time.Duration, b.N), make([]time.Duration, b.N)
			b.ResetTimer()
			for i := range leaves {
				start := time.Now()
				if err := log.Append(b.Context(), uint64(i), leaves[i:i+1]); err != nil {
					b.Fatal(err)
				}
				durable[i] = time.Since(start)
				if _, err := log.AwaitPublished(b.Context(), uint64(i)); err != nil {
					b.Fatal(err)
				}
				published[i] = time.Since(start)
			}
			latencies(b, "durable-", durable)
			latencies(b, "published-", published)
		})
	}
}

// Batches of n leaves, each durable before the next, and the last published: the rate.
func BenchmarkBulk(b *testing.B) {
	for _, backend := range backends {
		for _, n := range []int{40, 1000} {
			b.Run(fmt.Sprint(backend.name, "/", n), func(b *testing.B) {
				log, _ := backend.open(b, b.TempDir())
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
				if _, err := log.AwaitPublished(b.Context(), uint64(b.N*n-1)); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(b.N*n)/b.Elapsed().Seconds(), "leaves/s")
				latencies(b, "", took)
			})
		}
	}
}
