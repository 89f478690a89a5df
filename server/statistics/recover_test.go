package statistics_test

import (
	"fmt"
	"testing"

	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/statistics"
)

// A month is how many decisions there are of each mode and kind of household; all else
// of them is alike.
type month [2][]int

func (m month) decisions() (all []statistics.Decision) {
	for i, mode := range []string{record.Automatic, record.Human} {
		for k, n := range m[i] {
			all = append(all, many(n, statistics.Decision{Mode: mode, Outcome: record.Granted, Household: fmt.Sprint("kind ", k), Language: "sv", Channel: "web"})...)
		}
	}
	return all
}

// months are all with n decisions over so many kinds of household.
func months(n, kinds int, each func(month)) {
	cells := make([]int, 2*kinds)
	var fill func(at, left int)
	fill = func(at, left int) {
		if at == len(cells)-1 {
			cells[at] = left
			each(month{cells[:kinds], cells[kinds:]})
			return
		}
		for v := range left + 1 {
			cells[at] = v
			fill(at+1, left-v)
		}
	}
	fill(0, n)
}

// TestWhoKnowsTheRuleLearnsNothing is the strongest reader there can be: one who knows
// how figures are hidden, and tries every month that there can have been. Of no small
// figure is one value left that fits what is published.
func TestWhoKnowsTheRuleLearnsNothing(t *testing.T) {
	for _, c := range []struct{ kinds, most int }{{1, 30}, {2, 24}, {3, 11}} {
		published, hidden := 0, 0
		for n := 1; n <= c.most; n++ {
			fits := map[string][]map[int]bool{} // what is published: what each small figure can be
			months(n, c.kinds, func(m month) {
				cells := statistics.Cells(m.decisions(), statistics.Afterwards{})
				key := fmt.Sprint(cells)
				can := fits[key]
				if can == nil {
					for range 2*c.kinds + 2 {
						can = append(can, map[int]bool{})
					}
					fits[key] = can
				}
				for i := range m {
					sum := 0
					for k, v := range m[i] {
						can[i*c.kinds+k][v] = true
						sum += v
					}
					can[2*c.kinds+i][sum] = true
				}
			})
			for key, can := range fits {
				published++
				for at, values := range can {
					if len(values) > 1 {
						hidden++
						continue
					}
					for v := range values {
						if v > 0 && v < statistics.Few {
							t.Errorf("%d kinds, %d decisions: figure %d can only be %d: %.700s", c.kinds, n, at, v, key)
						}
					}
				}
			}
		}
		t.Logf("%d kinds: %d ways to publish, %d figures not known", c.kinds, published, hidden)
	}
}

// TestWhoKnowsTheTotalsLearnsNothing is the same reader before larger tables, of which
// the totals are shown: every way to divide them is tried. A table with one rare figure
// keeps what is in its other columns.
func TestWhoKnowsTheTotalsLearnsNothing(t *testing.T) {
	for _, totals := range [][]int{{5, 5, 5, 5}, {5, 6, 7, 9}, {5, 5, 8, 30}, {9, 9, 5, 6}, {5, 5, 5, 5, 5}, {6, 5, 7, 5, 9}} {
		fits := map[string][]map[int]bool{}
		kept := 0
		divide(totals, func(m month) {
			if sum(m[0]) < statistics.Few || sum(m[1]) < statistics.Few {
				return // no column is named
			}
			cells := statistics.Cells(m.decisions(), statistics.Afterwards{})
			shown := 0
			for _, c := range cells {
				if c.Table == "household" && c.Row != statistics.All && c.Column != statistics.All && !c.Hidden {
					shown++
				}
			}
			if shown > 0 && shown < 2*len(totals) {
				kept++
			}
			key := fmt.Sprint(cells)
			if fits[key] == nil {
				for range 2 * len(totals) {
					fits[key] = append(fits[key], map[int]bool{})
				}
			}
			for i := range m {
				for k, v := range m[i] {
					fits[key][i*len(totals)+k][v] = true
				}
			}
		})
		if kept == 0 {
			t.Errorf("%v: no table keeps a part", totals)
		}
		for key, can := range fits {
			for at, values := range can {
				for v := range values {
					if len(values) == 1 && v > 0 && v < statistics.Few {
						t.Errorf("%v: figure %d can only be %d: %.700s", totals, at, v, key)
					}
				}
			}
		}
		t.Logf("%v: %d ways to publish, %d months with a part of the table", totals, len(fits), kept)
	}
}

// divide gives every way to divide columns with these totals between the two modes.
func divide(totals []int, each func(month)) {
	m := month{make([]int, len(totals)), make([]int, len(totals))}
	var fill func(at int)
	fill = func(at int) {
		if at == len(totals) {
			each(m)
			return
		}
		for v := range totals[at] + 1 {
			m[0][at], m[1][at] = v, totals[at]-v
			fill(at + 1)
		}
	}
	fill(0)
}

func sum(values []int) (n int) {
	for _, v := range values {
		n += v
	}
	return n
}

// TestWhoKnowsThatAMachineOnlyGrants: of outcomes nothing is shown between the totals and
// all of it, since who decided what was refused is known.
func TestWhoKnowsThatAMachineOnlyGrants(t *testing.T) {
	for granted := range 12 {
		all := many(20, statistics.Decision{Mode: record.Automatic, Outcome: record.Granted, Household: "single", Language: "sv", Channel: "web"})
		all = append(all, many(granted, statistics.Decision{Mode: record.Human, Outcome: record.Granted, Household: "single", Language: "sv", Channel: "web"})...)
		all = append(all, many(9, statistics.Decision{Mode: record.Human, Outcome: record.Refused, Household: "single", Language: "sv", Channel: "web"})...)
		got := figures(statistics.Cells(all, statistics.Afterwards{}))
		_, named := got["outcome all refused"]
		if few := granted > 0 && granted < statistics.Few; named == few || !few && got["outcome human granted"] != fmt.Sprint(granted) {
			t.Errorf("%d granted by a human: %v", granted, got)
		}
	}
}
