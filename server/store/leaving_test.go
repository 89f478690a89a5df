package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skalig/skalig/server/store"
)

// TestNothingRunsForWhoHasLeft: callers leave at any moment. What an update was to do is
// never begun after its caller has the answer, whose variables it would find changed.
func TestNothingRunsForWhoHasLeft(t *testing.T) {
	s := open(t, t.TempDir())
	const n = 4000
	var late, left, done atomic.Int32
	var wg sync.WaitGroup
	slots := make(chan struct{}, 64)
	for i := range n {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if i%4 > 0 {
				time.AfterFunc(time.Duration(i%256)*20*time.Microsecond, cancel)
			}
			id := fmt.Sprintf("case-%d", i)
			_, err := s.Update(ctx, alva, func(*store.View) (store.Draft, error) {
				if id == "" {
					late.Add(1)
				}
				return submitted(alva, fmt.Sprintf("case-%d", i)), nil
			})
			id = "" // as who returns from a function does with its results
			switch {
			case errors.Is(err, context.Canceled):
				left.Add(1)
			case err != nil:
				t.Error(err)
			default:
				done.Add(1)
			}
		})
	}
	wg.Wait()
	if late.Load() > 0 {
		t.Errorf("%d updates ran after their callers had left", late.Load())
	}
	if left.Load() < 100 || done.Load() < 100 {
		t.Errorf("%d left and %d stayed: the test shows nothing", left.Load(), done.Load())
	}
	must(t, s, alva, draft(submitted(alva, "case-last")))
}
