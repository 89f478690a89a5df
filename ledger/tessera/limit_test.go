package tessera_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
)

// BenchmarkSync is what the disk allows: a block of 4 KiB written at a file's end
// and synchronised, again and again.
func BenchmarkSync(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "blocks"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	block := make([]byte, 4096)
	took := make([]time.Duration, b.N)
	b.ResetTimer()
	for i := range took {
		start := time.Now()
		if _, err := f.Write(block); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
		took[i] = time.Since(start)
	}
	latencies(b, took)
}

// BenchmarkSize is how a receipt's making grows with the log.
func BenchmarkSize(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			log, _ := open(b, b.TempDir())
			defer log.Close(b.Context())
			items := ledgertest.Chain("9999", n)
			leaves := ledgertest.Leaves(items)
			const batch = 4096
			for i := 0; i < n; i += batch {
				if err := log.Append(b.Context(), uint64(i), leaves[i:min(i+batch, n)]); err != nil {
					b.Fatal(err)
				}
			}
			checkpoint, err := log.AwaitPublished(b.Context(), uint64(n-1))
			if err != nil {
				b.Fatal(err)
			}
			took := make([]time.Duration, 501)
			for i := range took {
				index := i * 7919 % n
				start := time.Now()
				if _, err := ledger.NewReceipt(b.Context(), log, checkpoint, uint64(index), items[index].Leaf, items[index].Record, items[index].Salt); err != nil {
					b.Fatal(err)
				}
				took[i] = time.Since(start)
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "receipt-ms")
		})
	}
}
