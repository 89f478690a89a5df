package flow_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
)

// granted is a service that grants n applications in a month; end lets the month end.
func granted(t *testing.T, n int) (s *flow.Service, st *store.Store, end func()) {
	t.Helper()
	f := newFixture(t)
	var late atomic.Bool
	f.change = func(c *flow.Config) {
		c.Clock = func() time.Time {
			if late.Load() {
				return noon.AddDate(0, 0, 10)
			}
			return noon
		}
	}
	s, st, _ = f.start(t)
	for i := range n {
		who := store.Caller{Ref: fmt.Sprintf("person-%d", i), Role: store.Applicant}
		id, err := s.Submit(t.Context(), who, form("a", single))
		if err != nil {
			t.Fatal(err)
		}
		published(t, st, who, id)
	}
	return s, st, func() { late.Store(true) }
}

// TestRecheck: of 21 automatic grants in November two are drawn in December (5 per
// cent, rounded up), the same ones whenever it is asked, and a human's judgement
// counts as the same or another.
func TestRecheck(t *testing.T) { both(t, testRecheck) }

func testRecheck(t *testing.T) {
	s, st, end := granted(t, 21)
	drawn := func() []store.Recheck {
		t.Helper()
		if err := s.DrawRechecks(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, cases, err := st.Rechecks(t.Context(), caseworker)
		if err != nil {
			t.Fatal(err)
		}
		return cases
	}
	if got := drawn(); len(got) != 0 {
		t.Errorf("in the month itself %d were drawn", len(got))
	}
	end()
	first := drawn()
	if again := drawn(); len(first) != 2 || fmt.Sprint(again) != fmt.Sprint(first) {
		t.Fatalf("drawn are %v, then %v", first, again)
	}
	if _, _, err := st.Rechecks(t.Context(), applicant); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("an applicant sees the draw: %v", err)
	}
	judgment := flow.RecheckedBody{Outcome: record.Granted, Amount: 672000, Note: "5 220 + 6 500 − 5 000", Name: "Doris Demosson"}
	if _, err := s.Recheck(t.Context(), elsewhere, first[0].ID, judgment); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("judged elsewhere: %v", err)
	}
	if turned, err := s.Recheck(t.Context(), caseworker, first[0].ID, judgment); err != nil || turned {
		t.Errorf("the same amount: %v %v", turned, err)
	}
	judgment.Amount--
	if turned, err := s.Recheck(t.Context(), caseworker, first[1].ID, judgment); err != nil || !turned {
		t.Errorf("an öre less: %v %v", turned, err)
	}
	if _, err := s.Recheck(t.Context(), caseworker, first[1].ID, judgment); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("judged twice: %v", err)
	}
	turned := 0
	for _, r := range drawn() {
		if r.Overturned {
			turned++
		}
	}
	if turned != 1 {
		t.Errorf("%d are overturned", turned)
	}
	from := time.Date(noon.Year(), noon.Month(), 1, 0, 0, 0, 0, flow.Stockholm)
	for _, c := range []struct {
		town              string
		from              time.Time
		judged, otherwise uint64
	}{{"9999", from, 2, 1}, {"9999", from.AddDate(0, 1, 0), 0, 0}, {"1287", from, 0, 0}} {
		judged, otherwise, err := st.RecheckedBetween(c.town, c.from.UnixMilli(), c.from.AddDate(0, 1, 0).UnixMilli())
		if err != nil || judged != c.judged || otherwise != c.otherwise {
			t.Errorf("%s from %s: %d judged, %d otherwise, %v", c.town, c.from.Format(time.DateOnly), judged, otherwise, err)
		}
	}
}
