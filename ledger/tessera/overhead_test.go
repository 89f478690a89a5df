package tessera_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger/ledgertest"
	upstream "github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
)

// bare is Tessera alone with batches of n, which publishes by itself as it does.
func bare(b *testing.B, n uint) *upstream.Appender {
	b.Helper()
	signer, _ := ledgertest.Key(origin)
	ctx, stop := context.WithCancel(context.Background())
	b.Cleanup(stop)
	driver, err := posix.New(ctx, posix.Config{Path: filepath.Join(b.TempDir(), "bare")})
	if err != nil {
		b.Fatal(err)
	}
	appender, _, _, err := upstream.NewAppender(ctx, driver, upstream.NewAppendOptions().WithCheckpointSigner(signer).
		WithCheckpointInterval(100*time.Millisecond).WithBatching(n, time.Second))
	if err != nil {
		b.Fatal(err)
	}
	return appender
}

// BenchmarkOverhead appends the same batches to our log and to Tessera alone in turn,
// so that both meet the same machine: until every leaf is durable at its index. What
// ours does besides: every leaf is parsed, compared with where it belongs, and the
// checkpoint is checked against the one before.
func BenchmarkOverhead(b *testing.B) {
	for _, n := range []int{256, 1024} {
		b.Run(map[int]string{256: "256", 1024: "1024"}[n], func(b *testing.B) {
			log, _ := open(b, b.TempDir())
			defer log.Close(b.Context())
			alone := bare(b, uint(n))
			leaves := ledgertest.Leaves(ledgertest.Chain("9999", b.N*n))
			var ours, theirs time.Duration
			b.ResetTimer()
			for i := range b.N {
				batch := leaves[i*n : i*n+n]
				start := time.Now()
				if err := log.Append(b.Context(), uint64(i*n), batch); err != nil {
					b.Fatal(err)
				}
				ours += time.Since(start)

				start = time.Now()
				futures := make([]upstream.IndexFuture, n)
				for j, leaf := range batch {
					futures[j] = alone.Add(b.Context(), upstream.NewEntry(leaf))
				}
				for _, future := range futures {
					if _, err := future(); err != nil {
						b.Fatal(err)
					}
				}
				theirs += time.Since(start)
			}
			total := float64(b.N * n)
			b.ReportMetric(total/ours.Seconds(), "ours-leaves/s")
			b.ReportMetric(total/theirs.Seconds(), "bare-leaves/s")
			b.ReportMetric(100*(ours.Seconds()/theirs.Seconds()-1), "overhead-%")
		})
	}
}
