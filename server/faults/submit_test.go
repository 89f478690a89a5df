package faults_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/store"
)

const (
	forms   = 100
	clients = 64
)

// TestSubmitTwice sends each of a hundred forms from 64 clients at once, a quarter of
// which are gone before they have the answer and come again: it is one case, decided
// once. The same form with other content is refused, before and after.
func TestSubmitTwice(t *testing.T) {
	s := newScene(filepath.Join(t.TempDir(), "data"))
	r, err := open(t.Context(), s.dir, func() time.Time { return noon }, nil)
	if err != nil {
		t.Fatal(err)
	}
	other := strings.Replace(single, `"amount":6500`, `"amount":6400`, 1)
	conflicts, gone := 0, 0
	for n := range forms {
		who := store.Caller{Ref: fmt.Sprintf("person-%d", n), Role: store.Applicant}
		send := func(ctx context.Context, facts string) (string, error) {
			return r.flow.Submit(ctx, who, flow.Application{Key: "form", Number: "199211222386", Name: "Alva Exempel", Facts: []byte(facts)})
		}
		first, err := send(t.Context(), single)
		if n%2 == 1 { // every other form is new to all of its clients
			first, err = "", nil
			who.Ref += "-anew"
		}
		if err != nil {
			t.Fatal(err)
		}
		ids, left := make([]string, clients), make([]bool, clients)
		var wg sync.WaitGroup
		for c := range clients {
			wg.Go(func() {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if c%4 == 3 {
					time.AfterFunc(time.Duration(c)*100*time.Microsecond, cancel)
				}
				id, err := send(ctx, single)
				if errors.Is(err, context.Canceled) {
					left[c] = true
					id, err = send(t.Context(), single)
				}
				if err != nil {
					t.Error(err)
				}
				ids[c] = id
			})
		}
		wg.Wait()
		for c, id := range ids {
			if first == "" {
				first = id
			}
			if id != first {
				t.Fatalf("form %d is the cases %s and %s", n, first, id)
			}
			if left[c] {
				gone++
			}
		}
		if _, err := send(t.Context(), other); !errors.Is(err, flow.ErrConflict) {
			t.Errorf("the same form with other content: %v", err)
		} else {
			conflicts++
		}
		s.heard.submitted[first], s.heard.published[first] = true, true
		if err := r.store.Await(t.Context(), first); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.close(); err != nil {
		t.Fatal(err)
	}
	s.check(t)
	if conflicts != forms || len(s.heard.submitted) != forms {
		t.Errorf("%d conflicts and %d cases of %d forms", conflicts, len(s.heard.submitted), forms)
	}
	t.Logf("%d forms, each sent by %d clients, %d of whom came again without an answer: %d cases", forms, clients, gone, len(s.heard.submitted))
}
