package store_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/skalig/skalig/server/store"
)

// TestQueuePages: a page of the queue has its cases and no others, and only those whose
// cases are on it find the look at it among the readings of their file.
func TestQueuePages(t *testing.T) {
	s := open(t, t.TempDir())
	names := func(l store.Listing) string {
		t.Helper()
		q, err := s.Queue(t.Context(), doris, l)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, c := range q.Cases {
			out = append(out, strings.TrimPrefix(c.ID, "case-"))
		}
		return fmt.Sprintf("%s of %d, %d", strings.Join(out, " "), q.Chosen, q.All)
	}
	for i, who := range []store.Caller{alva, alva, bo, alva, alva} {
		head := submitted(who, fmt.Sprintf("case-%d", i))
		must(t, s, who, draft(head))
		reason := "human-asked"
		if i%2 == 1 {
			reason = "not-in-full"
		}
		must(t, s, store.Program, draft(store.Draft{Case: head.Case, Head: store.Queued{Reasons: []string{reason}}, Body: []byte(personal)}))
	}
	for want, l := range map[string]store.Listing{
		"0 1 of 5, 5":       {Most: 2},
		"4 of 5, 5":         {Skip: 4, Most: 2},
		" of 5, 5":          {Skip: 9, Most: 2},
		"4 3 of 5, 5":       {Newest: true, Most: 2},
		"1 3 of 2, 5":       {Reason: "not-in-full", Most: 9},
		"0 1 2 3 4 of 5, 5": {Reason: "unheard-of", Most: 9},
	} {
		if got := names(l); got != want {
			t.Errorf("%+v: %q, want %q", l, got, want)
		}
	}
	lists := func() (n int) {
		got, _, err := s.Readings(t.Context(), bo)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range got {
			if r.Action == "list queue" {
				n++
			}
		}
		return n
	}
	before := lists()
	if names(store.Listing{Most: 2}); lists() != before {
		t.Error("a page without the case is a reading of it")
	}
	if names(store.Listing{Skip: 2, Most: 2}); lists() != before+1 {
		t.Error("a page with the case is no reading of it")
	}
}
