package statistics_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/statistics"
)

func many(n int, d statistics.Decision) []statistics.Decision {
	var out []statistics.Decision
	for range n {
		out = append(out, d)
	}
	return out
}

func figures(cells []record.Cell) map[string]string {
	out := map[string]string{}
	for _, c := range cells {
		v := fmt.Sprint(c.Value)
		if c.Hidden {
			v = "-"
		}
		out[c.Table+" "+c.Row+" "+c.Column] = v
	}
	return out
}

// TestCells is worked by hand. 20 automatic for singles, 6 for couples; 10 by a
// person for singles, 3 for couples, of whom 3 were refused.
func TestCells(t *testing.T) {
	d := statistics.Decision{Mode: record.Automatic, Outcome: record.Granted, Household: "single", Language: "sv", Channel: "web", Seconds: 2}
	all := many(20, d)
	d.Household, d.Seconds = "couple", 4
	all = append(all, many(6, d)...)
	d.Mode, d.Household, d.Seconds, d.Reasons = record.Human, "single", 1000, []string{"limit", "human-asked"}
	all = append(all, many(10, d)...)
	d.Household, d.Outcome, d.Reasons, d.Replaces = "couple", record.Refused, []string{"limit"}, true
	all = append(all, many(3, d)...)
	got := figures(statistics.Cells(all, statistics.Afterwards{Appealed: 7, Rechecked: 21, Overturned: 4}))
	for key, want := range map[string]string{
		// 3 couples by a person are too few, and there is one column beside them.
		"household human couple": "-", "household automatic couple": "-", "household human single": "-", "household automatic single": "-",
		"household all couple": "9", "household all single": "30", "household automatic all": "26", "household human all": "13", "household all all": "39",
		// 3 refused in all are too few: no outcome is named.
		"outcome all refused": "", "outcome all granted": "", "outcome automatic granted": "", "outcome automatic all": "26", "outcome human all": "13", "outcome all all": "39",
		"language automatic sv": "26", "channel all web": "39",
		"reason limit all": "13", "reason human-asked all": "10", "change replaced all": "-", "change appealed all": "7",
		"change rechecked all": "21", "change overturned all": "-",
		"time automatic median-seconds": "2", "time human median-seconds": "1000",
	} {
		if got[key] != want {
			t.Errorf("%s: %s, want %s", key, got[key], want)
		}
	}
}

// TestOneRareFigure is worked by hand: of four kinds of household one is rare by a person.
// It and the next smallest by their totals are hidden, and the two others stand.
func TestOneRareFigure(t *testing.T) {
	var all []statistics.Decision
	for kind, n := range map[string][2]int{"single": {40, 30}, "couple": {20, 12}, "single-children": {9, 8}, "couple-children": {7, 2}} {
		for i, mode := range []string{record.Automatic, record.Human} {
			all = append(all, many(n[i], statistics.Decision{Mode: mode, Outcome: record.Granted, Household: kind, Language: "sv", Channel: "web"})...)
		}
	}
	got := figures(statistics.Cells(all, statistics.Afterwards{}))
	for key, want := range map[string]string{
		"automatic single": "40", "human single": "30", "automatic couple": "20", "human couple": "12", "automatic single-children": "-", "human single-children": "-",
		"automatic couple-children": "-", "human couple-children": "-", "all single": "70", "all couple": "32", "all single-children": "17", "all couple-children": "9",
		"automatic all": "76", "human all": "52", "all all": "128",
	} {
		if got["household "+key] != want {
			t.Errorf("%s: %s, want %s", key, got["household "+key], want)
		}
	}
}

// TestFewOfAMode: with 3 by a person nothing is told but the number of all.
func TestFewOfAMode(t *testing.T) {
	d := statistics.Decision{Mode: record.Automatic, Outcome: record.Granted, Household: "single", Language: "sv", Channel: "web", Seconds: 2}
	all := many(20, d)
	d.Mode, d.Reasons = record.Human, []string{"limit"}
	for key, value := range figures(statistics.Cells(append(all, many(3, d)...), statistics.Afterwards{Appealed: 7})) {
		if want := map[string]string{"outcome all all": "23", "household all all": "23", "language all all": "23", "channel all all": "23", "change appealed all": "7",
			"change replaced all": "0", "change rechecked all": "0", "change overturned all": "0"}[key]; value != want && value != "-" {
			t.Errorf("%s: %s, want %q", key, value, want)
		}
	}
}

// TestNothingCanBeWorkedOut: over random months no small figure is shown, no line of a
// crossed table has exactly one hidden figure, and the number of all is always there.
func TestNothingCanBeWorkedOut(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	for round := range 2000 {
		var all []statistics.Decision
		for range r.IntN(60) {
			all = append(all, statistics.Decision{Mode: pick("automatic", "automatic", "human"), Outcome: pick("granted", "granted", "partly", "refused"),
				Household: pick("single", "couple", "single-children"), Language: pick("sv", "sv", "sv", "ar", "en"), Channel: pick("web", "web", "paper")})
		}
		lines, shown := map[string][2]int{}, map[string]uint64{}
		for _, c := range statistics.Cells(all, statistics.Afterwards{}) {
			if !c.Hidden && c.Value > 0 && c.Value < statistics.Few && c.Table != "time" && (c.Row != statistics.All || c.Column != statistics.All) {
				t.Fatalf("round %d: %+v is shown", round, c)
			}
			if c.Table == "reason" || c.Table == "change" || c.Table == "time" {
				continue
			}
			if c.Column == statistics.All && c.Row != statistics.All {
				key := "total " + c.Row
				if old, ok := shown[key]; ok && !c.Hidden && old != c.Value {
					t.Fatalf("round %d: %s differs", round, key)
				}
				shown[key] = c.Value
			}
			for _, line := range []string{c.Table + " row " + c.Row, c.Table + " column " + c.Column} {
				n := lines[line]
				n[1]++
				if c.Hidden {
					n[0]++
				}
				lines[line] = n
			}
			if c.Row == statistics.All && c.Column == statistics.All && (c.Hidden || c.Value != uint64(len(all))) {
				t.Fatalf("round %d: %d decisions are %+v", round, len(all), c)
			}
		}
		for line, n := range lines {
			if n[0] == 1 && n[1] > 2 {
				t.Fatalf("round %d of %d: %s has one hidden figure of %d", round, len(all), line, n[1])
			}
		}
	}
}
