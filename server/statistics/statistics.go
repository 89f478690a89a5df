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
//	language   in which the applicant wanted to be spoken to, by the tag of package tongue,
//	           other or unknown
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
// the log and always shown. Of the first four tables each shows as much as it can:
//
//  1. all totals of rows and columns, and the figures between them but those of a group
//     of columns in which one is small. The groups are the two smallest columns by their
//     totals, the next two, and so on, with the last alone in the group before it;
//  2. the totals of the rows, and no column is named but that of the totals, if the total
//     of a column is small. So it is with outcome too, if any figure of it is small: that
//     a machine only grants is known, and gives the rest away;
//  3. the number of all decisions, if the total of automatic or of human is small.
//     That is so in every table, and then no reason and no median is shown either.
//
// What is hidden can always be at least two things, even to who knows the rule. Which
// columns make a group is read from totals that are shown, so that to hide a group says
// of it alone that something in it is small. Let column c have a small figure: its other
// figure is not 0 then, or its total would be small. Take any other column d of the group.
// Decisions can be moved one by one from automatic in c to automatic in d and back in
// human, no total of a row or column changes, and it can be done until a figure is 0; one
// and two steps from there a figure is 1 and 2, so that the group is hidden all the same.
// So of each figure in c and d, that is of all in the group, two values fit at least.
// To hide single figures with just enough others beside them gives some away, and to pool
// small columns gives away which is the largest of them: neither is done.
//
// Tables have no decision in common with those of another month, and a month is published
// once: a table beside another month's, or last year's, says no more than by itself. In 2
// and 3 any division that has a small figure fits.
//
// In the other tables, whose figures are not parts of a sum, a small figure is hidden.
// A median is hidden where it is of fewer than 5 decisions.
package statistics

import (
	"cmp"
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
	grids[0].granting = true
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
	name     string
	columns  []string
	n        [][]uint64
	granting bool // it is known of its columns that a machine has only one
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
	total, known := len(g.columns), !g.smallModes()
	hidden := g.groups()
	named := !g.small(func(i, k int) bool { return i == len(modes) || k == total }) && !(g.granting && slices.Contains(hidden, true))
	var out []record.Cell
	for i, row := range append(slices.Clone(modes), All) {
		for k, column := range append(slices.Clone(g.columns), All) {
			if !named && k < total {
				continue
			}
			shown := i == len(modes) || known && (k == total || !hidden[k])
			c := record.Cell{Table: g.name, Row: row, Column: column, Hidden: !shown}
			if shown {
				c.Value = g.n[i][k]
			}
			out = append(out, c)
		}
	}
	return out
}

// groups says of each column whether it is in a group of which one figure is small.
func (g *grid) groups() []bool {
	order := make([]int, len(g.columns))
	for k := range order {
		order[k] = k
	}
	totals := g.n[len(modes)]
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(totals[a], totals[b]) })
	hidden := make([]bool, len(order))
	for from := 0; from < len(order); {
		to := from + 2
		if len(order)-to < 2 {
			to = len(order)
		}
		group := order[from:to]
		if g.small(func(i, k int) bool { return i < len(modes) && slices.Contains(group, k) }) {
			for _, k := range group {
				hidden[k] = true
			}
		}
		from = to
	}
	return hidden
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
