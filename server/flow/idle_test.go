package flow_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/store"
)

// TestMonthIsDone: what a month has once been given is not read again each minute. The
// statistics of 40 decisions and the draw of a month cost the same whether it had any.
func TestMonthIsDone(t *testing.T) {
	f := newFixture(t)
	var late atomic.Bool // the month has ended
	f.change = func(c *flow.Config) {
		c.Clock = func() time.Time {
			if late.Load() {
				return noon.AddDate(0, 0, 10)
			}
			return noon
		}
	}
	s, st, _ := f.start(t)
	for n := range 40 {
		who := store.Caller{Ref: fmt.Sprintf("person-%d", n), Role: store.Applicant}
		id, err := s.Submit(t.Context(), who, form("a", single))
		if err != nil {
			t.Fatal(err)
		}
		published(t, st, who, id)
	}
	late.Store(true)
	for name, do := range map[string]func() error{
		"statistics": func() error { return s.Statistics(t.Context()) },
		"the draw":   func() error { return s.DrawRechecks(t.Context()) },
	} {
		if err := do(); err != nil {
			t.Fatal(err)
		}
		rows := st.Rows()
		got := testing.AllocsPerRun(5, func() {
			if err := do(); err != nil {
				t.Error(err)
			}
		})
		if got > 400 { // reading one decision takes more than 100
			t.Errorf("%s of a month that has them cost %.0f allocations", name, got)
		}
		if st.Rows() != rows {
			t.Errorf("%s wrote %d rows more", name, st.Rows()-rows)
		}
	}
}
