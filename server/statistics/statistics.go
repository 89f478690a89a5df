// Package statistics counts a municipality's decisions of a month so that they can
// be published: no figure tells of few people, and none can be worked out from the
// others.
//
// # Tables
//
// Every table but the last three has the rows automatic, human and all, and a
// column for each value that occurs, and all:
//
//	outcome    what was decided
//	household  single, single-children, couple, couple-children, or unknown
//	language   in which the applicant wanted to be spoken to
//	channel    web, paper, phone or assisted
//	reason     why cases went to a caseworker; a case may have several
//	change     decisions that took the place of another, appeals, automatic grants
//	           that a human judged anew in the month, and those judged otherwise
//	time       the median from application to decision, in seconds, by mode
//
// Decisions is the number of decision leaves with a day in the month, which anyone
// can count in the log; it is the sum of every table of the first four.
//
// # Suppression
//
//  1. A figure from 1 to 4 is hidden. A 0 is shown. The number of all decisions is
//     public in the log and never hidden.
//  2. In a table of the first four each row and each column, those of the totals
//     too, sums to its last figure. Where exactly one figure of such a line is hidden, the
//     smallest other figure of it is hidden too, one above 0 if there is any.
//     That is repeated until no line has exactly one hidden figure.
//  3. The totals of automatic and human are the same in all four tables: what is
//     hidden in one is hidden in all, and step 2 repeated.
//  4. A median is hidden where it is of fewer than 5 decisions or its number is
//     hidden.
package statistics

import (
	"maps"
	"slices"

	"github.com/skalig/skalig/server/record"
)

// Few is the smallest number that is shown, apart from 0.
const Few = 5

// All is the name of a total.
const All = "all"

// A Decision is what is counted of one decision.
type Decision struct {
	Mode      string
	Outcome   string
	Household string
	Language  string
	Channel   string
	Reasons   []string
	Replaces  bool
	Seconds   uint64 // from application to decision
}

// Afterwards counts what happened in a month to decisions of any month.
type Afterwards struct {
	Appealed   uint64
	Rechecked  uint64 // automatic grants that a human judged anew
	Overturned uint64 // of them: otherwise than the machine
}

// The rows of the crossed tables.
var modes = []string{record.Automatic, record.Human}

// Cells gives the tables of a month's decisions, with what is hidden.
func Cells(all []Decision, after Afterwards) []record.Cell {
	grids := []*grid{
		cross("outcome", all, func(d Decision) string { return d.Outcome }),
		cross("household", all, func(d Decision) string { return d.Household }),
		cross("language", all, func(d Decision) string { return d.Language }),
		cross("channel", all, func(d Decision) string { return d.Channel }),
	}
	hide(grids)
	var cells []record.Cell
	for _, g := range grids {
		cells = append(cells, g.cells()...)
	}
	reasons := map[string]uint64{}
	var replaced uint64
	for _, d := range all {
		for _, r := range d.Reasons {
			reasons[r]++
		}
		if d.Replaces {
			replaced++
		}
	}
	for _, r := range slices.Sorted(maps.Keys(reasons)) {
		cells = append(cells, single("reason", r, All, reasons[r]))
	}
	cells = append(cells, single("change", "replaced", All, replaced), single("change", "appealed", All, after.Appealed),
		single("change", "rechecked", All, after.Rechecked), single("change", "overturned", All, after.Overturned))
	for i, mode := range modes {
		var took []uint64
		for _, d := range all {
			if d.Mode == mode {
				took = append(took, d.Seconds)
			}
		}
		c := record.Cell{Table: "time", Row: mode, Column: "median-seconds"}
		if g := grids[0]; len(took) < Few || g.hidden[i][len(g.columns)] {
			c.Hidden = true
		} else {
			c.Value = median(took)
		}
		cells = append(cells, c)
	}
	return cells
}

func single(table, row, column string, n uint64) record.Cell {
	if n > 0 && n < Few {
		return record.Cell{Table: table, Row: row, Column: column, Hidden: true}
	}
	return record.Cell{Table: table, Row: row, Column: column, Value: n}
}

// median of at least one: the lower of the middle two.
func median(values []uint64) uint64 {
	slices.Sort(values)
	return values[(len(values)-1)/2]
}

// A grid is a crossed table with its totals in the last row and column.
type grid struct {
	name    string
	columns []string
	n       [][]uint64
	hidden  [][]bool
}

func cross(name string, all []Decision, of func(Decision) string) *grid {
	values := map[string]bool{}
	for _, d := range all {
		values[of(d)] = true
	}
	g := &grid{name: name, columns: slices.Sorted(maps.Keys(values))}
	for range len(modes) + 1 {
		g.n = append(g.n, make([]uint64, len(g.columns)+1))
		g.hidden = append(g.hidden, make([]bool, len(g.columns)+1))
	}
	last, total := len(modes), len(g.columns)
	for _, d := range all {
		i, k := slices.Index(modes, d.Mode), slices.Index(g.columns, of(d))
		for _, at := range [][2]int{{i, k}, {i, total}, {last, k}, {last, total}} {
			g.n[at[0]][at[1]]++
		}
	}
	return g
}

// cells are the grid's figures, row by row.
func (g *grid) cells() []record.Cell {
	var out []record.Cell
	for i, row := range append(slices.Clone(modes), All) {
		for k, column := range append(slices.Clone(g.columns), All) {
			c := record.Cell{Table: g.name, Row: row, Column: column, Hidden: g.hidden[i][k]}
			if !c.Hidden {
				c.Value = g.n[i][k]
			}
			out = append(out, c)
		}
	}
	return out
}

// hide hides what the package comment says, in all grids.
func hide(grids []*grid) {
	for _, g := range grids {
		for i := range g.n {
			for k, n := range g.n[i] {
				g.hidden[i][k] = n > 0 && n < Few && !g.public(i, k)
			}
		}
	}
	for changed := true; changed; {
		changed = false
		for _, g := range grids {
			changed = g.complement() || changed
		}
		for i := range modes { // the totals that all grids share
			some := slices.ContainsFunc(grids, func(g *grid) bool { return g.hidden[i][len(g.columns)] })
			for _, g := range grids {
				if at := &g.hidden[i][len(g.columns)]; some && !*at {
					*at, changed = true, true
				}
			}
		}
	}
}

// public holds for the number of all decisions.
func (g *grid) public(i, k int) bool { return i == len(modes) && k == len(g.columns) }

// complement hides a second figure in every line that has exactly one hidden.
func (g *grid) complement() (changed bool) {
	line := func(at func(j int) (i, k int), n int) {
		hidden, best := 0, -1
		for j := range n {
			i, k := at(j)
			switch {
			case g.hidden[i][k]:
				hidden++
			case !g.public(i, k) && (best < 0 || g.better(at, j, best)):
				best = j
			}
		}
		if hidden == 1 && best >= 0 {
			i, k := at(best)
			g.hidden[i][k], changed = true, true
		}
	}
	for i := range g.n {
		line(func(j int) (int, int) { return i, j }, len(g.columns)+1)
	}
	for k := range g.n[0] {
		line(func(j int) (int, int) { return j, k }, len(g.n))
	}
	return changed
}

// better says whether figure j of a line is to be hidden rather than figure best.
func (g *grid) better(at func(j int) (i, k int), j, best int) bool {
	value := func(j int) uint64 {
		i, k := at(j)
		return g.n[i][k] - 1 // a 0 becomes the largest of all
	}
	return value(j) < value(best)
}
