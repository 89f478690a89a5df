package sol_test

import (
	"testing"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
)

// TestBoundsHoldTheTruth hides facts of a household: what it has a right to lies
// between the bounds, and where nothing is hidden they are what it has.
func TestBoundsHoldTheTruth(t *testing.T) {
	wide, open, same := 0, 0, 0
	each(t, func(f *sol.Facts, g *sol.Guideline) {
		r := sol.Assess(f, g, nil)
		if !r.Computed() {
			return
		}
		if b := sol.Between(f, g, nil); !b.Known || b.Lowest != r.Support || b.Highest != r.Support || b.Open {
			t.Errorf("nothing is hidden: %+v, the support is %d", b, r.Support)
		}
		hidden := *f
		hidden.Persons = append([]sol.Person(nil), f.Persons...)
		for i := range hidden.Persons {
			hidden.Persons[i].Lunch, hidden.Persons[i].School, hidden.Persons[i].MonthsInRow = "", sol.NotSaid, sol.Unknown
			if len(hidden.Persons) > 6 {
				break // every further child doubles the work
			}
		}
		hidden.Housing.Rooms = sol.Unknown
		var rows []sol.Row
		if len(f.Costs) > 0 {
			rows = append(rows, sol.Row{Index: 0})
		}
		if len(f.Incomes) > 0 {
			rows = append(rows, sol.Row{Income: true, Index: len(f.Incomes) - 1})
		}
		before := append([]sol.Cost(nil), f.Costs...)
		b := sol.Between(&hidden, g, rows)
		for i, c := range before {
			if f.Costs[i] != c {
				t.Fatal("the facts were changed")
			}
		}
		switch {
		case !b.Known:
		case r.Support < b.Lowest || !b.Open && r.Support > b.Highest:
			t.Errorf("%+v, the support is %d", b, r.Support)
		case b.Open:
			open++
		case b.Lowest == b.Highest:
			same++
		default:
			wide++
		}
	})
	if wide < 100 || open < 100 || same < 10 {
		t.Errorf("%d bounds were apart, %d open, %d the same", wide, open, same)
	}
}

// TestBoundsGiveUp: twelve children of whom nothing is known are too many to try.
func TestBoundsGiveUp(t *testing.T) {
	f := single(engine.MonthOf(2026, 3))
	for range 12 {
		f.Persons = append(f.Persons, sol.Person{ID: "c", Age: 3, Days: sol.Unknown, EarnedThisYear: sol.Unknown, MonthsInRow: sol.Unknown})
	}
	if b := sol.Between(f, nil, nil); b.Known {
		t.Errorf("%+v", b)
	}
}
