package sol_test

import (
	"testing"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
)

// TestPeriod: single, norm only, from May to September 2025 and what was known
// when. On 1 June a child of eight is known to live there from July. On 1 August
// it becomes known that the child came in June.
func TestPeriod(t *testing.T) {
	alone, withChild := single(0), single(0)
	withChild.Persons = append(withChild.Persons, sol.Person{ID: "c1", Age: 8, Days: sol.Unknown, EarnedThisYear: sol.Unknown, MonthsInRow: sol.Unknown})
	versions := []sol.Version{
		{From: engine.MonthOf(2025, 5), Known: "2025-05-10", Facts: alone},
		{From: engine.MonthOf(2025, 7), Known: "2025-06-01", Facts: withChild},
		{From: engine.MonthOf(2025, 6), Known: "2025-08-01", Facts: withChild},
	}
	// 2025: single 3 910 + 1 270 = 5 180; with a child of 8: 3 910 + 3 790 + 1 400 = 9 100.
	type span struct {
		from, to string
		version  int
		act      string
		kr       int64
	}
	for _, c := range []struct {
		known string
		want  []span
	}{
		{"2025-05-09", []span{{"2025-05", "2025-09", -1, "", 0}}},
		{"2025-05-31", []span{{"2025-05", "2025-06", 0, "sol2001", 5180}, {"2025-07", "2025-09", 0, "sol2025", 5180}}},
		{"2025-07-15", []span{{"2025-05", "2025-06", 0, "sol2001", 5180}, {"2025-07", "2025-09", 1, "sol2025", 9100}}},
		{"2025-09-01", []span{{"2025-05", "2025-05", 0, "sol2001", 5180}, {"2025-06", "2025-06", 2, "sol2001", 9100}, {"2025-07", "2025-09", 2, "sol2025", 9100}}},
	} {
		var got []span
		for _, s := range sol.Period(versions, engine.MonthOf(2025, 5), engine.MonthOf(2025, 9), c.known) {
			got = append(got, span{s.From.String(), s.To.String(), s.Version, s.Result.Rule.Act, int64(s.Result.Support / 100)})
		}
		if len(got) != len(c.want) {
			t.Errorf("known %s: got %v, want %v", c.known, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("known %s: got %v, want %v", c.known, got[i], c.want[i])
			}
		}
	}
}

// TestPeriodSplitsAtEveryRule: from December 2025 to February 2027 the norm's
// year, the activity duty and the end of the figures each begin a span.
func TestPeriodSplitsAtEveryRule(t *testing.T) {
	f := single(0)
	f.Persons[0].MonthsInRow = 7
	spans := sol.Period([]sol.Version{{From: engine.MonthOf(2025, 1), Known: "2025-01-01", Facts: f}}, engine.MonthOf(2025, 12), engine.MonthOf(2027, 2), "2027-01-01")
	want := []string{"2025-12 human", "2026-01 support", "2026-10 human", "2027-01 no-norm"}
	if len(spans) != len(want) {
		t.Fatalf("%d spans", len(spans))
	}
	for i, s := range spans {
		got := s.From.String() + " " + string(s.Result.Outcome)
		if len(s.Problems) > 0 {
			got = s.From.String() + " " + s.Problems[0].Code
		}
		if got != want[i] {
			t.Errorf("span %d: %s, want %s", i, got, want[i])
		}
	}
}
