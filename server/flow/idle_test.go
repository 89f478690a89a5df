package flow_test

import (
	"testing"
)

// TestMonthIsDone: what a month has once been given is not read again each minute. The
// statistics of 40 decisions and the draw of a month cost the same whether it had any.
func TestMonthIsDone(t *testing.T) {
	s, st, end := granted(t, 40)
	end()
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
