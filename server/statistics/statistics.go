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
// A figure is small from 1 to 4; a 0 is not. The number of all decisions is public in
// the log and always shown. Of the first four tables each shows as much as it can
// without a small figure in it, the same for a whole table:
//
//  1. everything;
//  2. the totals of rows and columns, and the figures between them are hidden;
//  3. the totals of the rows, and no column is named but that of the totals;
//  4. the number of all decisions, if the total of automatic or of human is small.
//     That is so in every table, and then no reason and no median is shown either.
//
// Hiding single figures with just enough others beside them gave some away: of two that
// are hidden and together 2 each is 1. Here what is hidden can always be at least two
// things, even to who knows the rule: in 2 a row and a column have at least 5, so that
// a figure between them has six values or more, with 1 and 2 above its least among
// those that fit; in 3 and 4 any division that has a small figure fits.
//
// In the other tables, whose figures are not parts of a sum, a small figure is hidden.
// A median is hidden where it is of fewer than 5 decisions.
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
	var cells []record.Cell
	for _, g := range grids {
		cells = append(cells, g.cells()...)
	}
	known := !grids[0].smallModes()
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
		if !known {
			break // it would tell how many were decided by a human at least
		}
		cells = append(cells, single("reason", r, All, reasons[r]))
	}
	cells = append(cells, single("change", "replaced", All, replaced), single("change", "appealed", All, after.Appealed),
		single("change", "rechecked", All, after.Rechecked), single("change", "overturned", All, after.Overturned))
	for _, mode := range modes {
		var took []uint64
		for _, d := range all {
			if d.Mode == mode {
				took = append(took, d.Seconds)
			}
		}
		c := record.Cell{Table: "time", Row: mode, Column: "median-seconds"}
		if c.Hidden = !known || len(took) < Few; !c.Hidden {
			c.Value = median(took)
		}
		cells = append(cells, c)
	}
	return cells
}

func single(table, row, column string, n uint64) record.Cell {
	if small(n) {
		return record.Cell{Table: table, Row: row, Column: column, Hidden: true}
	}
	return record.Cell{Table: table, Row: row, Column: column, Value: n}
}

func small(n uint64) bool { return n > 0 && n < Few }

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
}

func cross(name string, all []Decision, of func(Decision) string) *grid {
	values := map[string]bool{}
	for _, d := range all {
		values[of(d)] = true
	}
	g := &grid{name: name, columns: slices.Sorted(maps.Keys(values))}
	for range len(modes) + 1 {
		g.n = append(g.n, make([]uint64, len(g.columns)+1))
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

// cells are the grid's figures, row by row, as far as the package comment shows them.
func (g *grid) cells() []record.Cell {
	total, whole := len(g.columns), !g.small(func(int, int) bool { return true })
	named := !g.small(func(i, k int) bool { return i == len(modes) || k == total })
	known := !g.smallModes()
	var out []record.Cell
	for i, row := range append(slices.Clone(modes), All) {
		for k, column := range append(slices.Clone(g.columns), All) {
			if !named && k < total {
				continue
			}
			shown := whole || i == len(modes) || k == total && known
			c := record.Cell{Table: g.name, Row: row, Column: column, Hidden: !shown}
			if shown {
				c.Value = g.n[i][k]
			}
			out = append(out, c)
		}
	}
	return out
}

// small says whether a figure at one of these places is small, but for the number of
// all decisions.
func (g *grid) small(at func(i, k int) bool) bool {
	for i := range g.n {
		for k, n := range g.n[i] {
			if at(i, k) && small(n) && (i < len(modes) || k < len(g.columns)) {
				return true
			}
		}
	}
	return false
}

// smallModes holds where the total of automatic or of human is small, in every grid alike.
func (g *grid) smallModes() bool {
	return g.small(func(i, k int) bool { return i < len(modes) && k == len(g.columns) })
}
