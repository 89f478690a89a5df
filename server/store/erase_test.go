package store_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/skalig/skalig/server/store"
)

// TestReadBringsNoKeyBack erases cases while each is read for the first time: a read
// that has begun has all or nothing, and leaves no key at hand.
func TestReadBringsNoKeyBack(t *testing.T) {
	const cases, readers = 100, 6
	dir := folder(t)
	s := open(t, dir)
	for i := range cases {
		must(t, s, alva, draft(submitted(alva, fmt.Sprintf("case-%d", i))))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir) // no key is at hand
	var read, refused atomic.Int64
	for i := range cases {
		id := fmt.Sprintf("case-%d", i)
		var all sync.WaitGroup
		for range readers {
			all.Go(func() {
				for range 3 {
					switch f, err := s.Read(t.Context(), store.Program, id); {
					case errors.Is(err, store.ErrErased):
						refused.Add(1)
					case err != nil || string(f.Submitted) != personal:
						t.Errorf("%q %v", f.Submitted, err)
					default:
						read.Add(1)
					}
				}
			})
		}
		erase(t, s, id)
		all.Wait()
		if s.Holds(id) {
			t.Errorf("the key of %s is at hand again", id)
		}
	}
	if read.Load() == 0 {
		t.Error("every read came too late")
	}
	t.Logf("%d cases erased under %d reads that opened one and %d that were refused", cases, read.Load(), refused.Load())
}
