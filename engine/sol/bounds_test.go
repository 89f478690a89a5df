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
			p := &hidden.Persons[i]
			p.Lunch, p.School, p.MonthsInRow = "", sol.NotSaid, sol.Unknown
			if p.JobbstimulansFrom = 0; f.Persons[i].ID == "p2" {
				p.MonthsInRow = f.Persons[i].MonthsInRow // its start alone
			}
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

// TestAStartThatIsNotKnownIsBounded hides when jobbstimulans began, and nothing
// else: whatever months in a row there are, the truth lies between the bounds.
func TestAStartThatIsNotKnownIsBounded(t *testing.T) {
	month, apart := engine.MonthOf(2026, 9), 0
	for months := range sol.Count(60) {
		for since := engine.Month(-1); since < 60; since++ {
			f := single(month)
			f.Persons[0].MonthsInRow = months
			f.Persons[0].JobbstimulansFrom = month - since
			if since < 0 {
				f.Persons[0].JobbstimulansFrom = sol.Never
			}
			f.Incomes = []sol.Income{{ID: "i1", Kind: "wage", Person: "p1", Amount: engine.Kronor(4000), Source: "declared"}}
			r := sol.Assess(f, nil, nil)
			f.Persons[0].JobbstimulansFrom = 0
			b := sol.Between(f, nil, nil)
			if !b.Known || b.Open || r.Computed() && (r.Support < b.Lowest || r.Support > b.Highest) {
				t.Errorf("%d months, since %d: %+v, the support is %d", months, since, b, r.Support)
			}
			if b.Lowest < b.Highest {
				apart++
			}
			if now := sol.Assess(f, nil, nil); now.Outcome != sol.Missing {
				t.Errorf("%d months and a start that is not known: %s", months, now.Outcome)
			}
		}
	}
	if apart == 0 {
		t.Error("no bounds were apart")
	}
}

// TestBoundsKeepWhatIsSaidOfRooms: a rent of 8 000 in a home of which one room is
// the household's own and one is shared is never more than the whole rent.
func TestBoundsKeepWhatIsSaidOfRooms(t *testing.T) {
	f := single(engine.MonthOf(2026, 9))
	f.Housing = sol.Housing{Rooms: sol.Unknown, Community: 2, OwnRooms: 1, SharedRooms: 1}
	f.Costs = []sol.Cost{{ID: "k1", Kind: "rent", Amount: engine.Kronor(8000), Km: sol.Unknown, Whole: true}}
	g := &sol.Guideline{RentShare: "rooms"}
	g.Costs[0].Rule = "actual"
	// with two rooms and a kitchen: 8 000 × (1 × 2 + 2) / (3 × 2) = 5 333,33; 3 940 + 1 410 / 2 = 4 645
	if b := sol.Between(f, g, nil); !b.Known || b.Highest != 997833 {
		t.Errorf("%+v", b)
	}
}
