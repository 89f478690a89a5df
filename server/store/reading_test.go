package store_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/skalig/skalig/server/store"
)

// TestListsHideNoReading: however often a queue with a case is looked at, the person sees
// who has read the file.
func TestListsHideNoReading(t *testing.T) {
	s := open(t, t.TempDir())
	must(t, s, alva, draft(submitted(alva, "case-a")))
	must(t, s, store.Program, draft(store.Draft{Case: "case-a", Head: store.Queued{Reasons: []string{"human-asked"}}, Body: []byte(personal)}))
	if _, err := s.Read(t.Context(), doris, "case-a"); err != nil {
		t.Fatal(err)
	}
	const n = store.MaxLists + 20
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			for range n / 20 {
				if q, err := s.Queue(t.Context(), doris, store.Listing{Most: 10}); len(q.Cases) != 1 || err != nil {
					t.Errorf("a queue of %d: %v", len(q.Cases), err)
				}
			}
		})
	}
	all.Wait()
	got, more, err := s.Readings(t.Context(), alva)
	if err != nil || !more {
		t.Errorf("more: %v, %v", more, err)
	}
	lists, read := 0, 0
	for i, r := range got {
		if strings.HasPrefix(r.Action, "list ") {
			lists++
		}
		if r.Role == store.Caseworker && r.Action == "read" {
			read++
		}
		if i > 0 && r.At > got[i-1].At {
			t.Error("the newest is not the first")
		}
	}
	if lists != store.MaxLists || read != 1 {
		t.Errorf("%d lists and %d readings are shown, want %d and 1", lists, read, store.MaxLists)
	}
}
