package store_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/skalig/skalig/server/store"
)

// allocated is how many bytes a call allocates.
func allocated(call func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	call()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestScansOfOthers: what is asked again and again, by a scrape, a printer or one
// municipality, doesn't copy the cases of the whole service.
func TestScansOfOthers(t *testing.T) {
	const n = 2000
	dir := t.TempDir()
	bulk(t, dir, n) // all of municipality 9999, published, no letter printed
	s, err := store.Open(t.Context(), store.Options{Dir: dir, Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // nothing was written
	neighbour := store.Caller{Ref: "erik", Role: store.Caseworker, Municipality: "1287"}
	for name, call := range map[string]func(){
		"what a scrape asks": func() {
			if got, oldest, err := s.Unlettered(); got != n || oldest == 0 || err != nil {
				t.Errorf("%d wait, the oldest since %d: %v", got, oldest, err)
			}
		},
		"the next letters": func() {
			if got, err := s.AwaitUnlettered(t.Context(), 3); len(got) != 3 || err != nil {
				t.Errorf("%d letters: %v", len(got), err)
			} else if got[0].DecidedAt > got[2].DecidedAt {
				t.Error("the oldest is not the first")
			}
		},
		"the neighbour's casebook": func() {
			if got, err := s.Casebook(t.Context(), neighbour); len(got) != 0 || err != nil {
				t.Errorf("%d cases: %v", len(got), err)
			}
		},
		"the neighbour's first decision": func() {
			if at, err := s.FirstDecision("1287"); at != 0 || err != nil {
				t.Errorf("at %d: %v", at, err)
			}
		},
		"the neighbour's appeals": func() {
			if got, err := s.AppealedBetween("1287", 0, 1<<60); got != 0 || err != nil {
				t.Errorf("%d appeals: %v", got, err)
			}
		},
		"the neighbour's grants": func() {
			if got, err := s.Granted("1287", 0, 1<<60); len(got) != 0 || err != nil {
				t.Errorf("%d grants: %v", len(got), err)
			}
		},
		"grants of another month": func() {
			if got, err := s.Granted("9999", 0, 1); len(got) != 0 || err != nil {
				t.Errorf("%d grants: %v", len(got), err)
			}
		},
	} {
		if bytes := allocated(call); bytes > n*100 { // a case takes several hundred
			t.Errorf("%s allocates %d bytes", name, bytes)
		}
	}
	if got, err := s.Granted("9999", 0, 1<<60); len(got) != n || err != nil {
		t.Errorf("%d grants: %v", len(got), err)
	}
	if at, err := s.FirstDecision("9999"); at == 0 || err != nil {
		t.Errorf("the first decision at %d: %v", at, err)
	}
}
