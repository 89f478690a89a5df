package flow_test

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skalig/skalig/server/store"
)

// BenchmarkReceipt takes applications from submission to published receipt, with
// journal and log in files: one at a time, and many at once. It prints the median
// and the 99th percentile in milliseconds.
func BenchmarkReceipt(b *testing.B) {
	for _, at := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("clients=%d", at), func(b *testing.B) {
			dir := b.TempDir()
			f, _ := onDisk(b, dir)
			s, st := f.open(b)
			if err := s.Start(b.Context()); err != nil {
				b.Fatal(err)
			}
			defer func() {
				s.Stop()
				if err := st.Close(); err != nil {
					b.Error(err)
				}
			}()
			took := make([]time.Duration, b.N)
			var next atomic.Int64
			var wg sync.WaitGroup
			b.ResetTimer()
			for range at {
				wg.Go(func() {
					for i := next.Add(1) - 1; i < int64(b.N); i = next.Add(1) - 1 {
						who := store.Caller{Ref: fmt.Sprintf("person-%d", i), Role: store.Applicant}
						began := time.Now()
						id, err := s.Submit(b.Context(), who, form("a", single))
						if err == nil {
							err = st.Await(b.Context(), id)
						}
						if err != nil {
							b.Error(err)
							return
						}
						took[i] = time.Since(began)
					}
				})
			}
			wg.Wait()
			b.StopTimer()
			slices.Sort(took)
			b.ReportMetric(took[len(took)/2].Seconds()*1e3, "p50-ms")
			b.ReportMetric(took[len(took)*99/100].Seconds()*1e3, "p99-ms")
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "decisions/s")
		})
	}
}
