package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/skalig/skalig/server/store"
)

// BenchmarkAppend writes submissions with bodies of 2 KiB from 256 writers.
func BenchmarkAppend(b *testing.B) {
	s := open(b, b.TempDir())
	fill(b, s, b.N)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkReplay opens a journal of what 4 000 applications leave behind: chain
// checked, model rebuilt.
func BenchmarkReplay(b *testing.B) {
	dir := b.TempDir()
	events := bulk(b, dir, 4_000)
	b.ResetTimer()
	for range b.N {
		again, err := store.Open(b.Context(), store.Options{Dir: dir, Clock: time.Now})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if again.Rows() != uint64(events) {
			b.Fatalf("%d rows are in the read model of %d", again.Rows(), events)
		}
		if err := again.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(events)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

func fill(b *testing.B, s *store.Store, n int) {
	b.Helper()
	body := make([]byte, 2048)
	var wg sync.WaitGroup
	next := make(chan int)
	for range 256 {
		wg.Go(func() {
			for i := range next {
				who := store.Caller{Ref: fmt.Sprintf("person-%d", i), Role: store.Applicant}
				d := submitted(who, fmt.Sprintf("case-%d", i))
				d.Body = body
				if _, err := s.Update(b.Context(), who, draft(d)); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}
