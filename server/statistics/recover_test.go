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
