package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol/population"
	"github.com/skalig/skalig/engine/words"
)

// A group is one row of the table and one bar of the chart.
type group struct {
	name  string
	tally population.Tally
}

func (sim *simulation) kinds() []group {
	var all []group
	for i, k := range population.Kinds {
		all = append(all, group{k.Name, sim.table.Kinds[i]})
	}
	return all
}

func (sim *simulation) municipalities() []group {
	var all []group
	for i, code := range sim.people.Municipalities {
		all = append(all, group{sim.b.Guidelines[code].Name + " (" + code + ")", sim.table.Municipalities[i]})
	}
	return all
}

// title says what is compared.
func (sim *simulation) title(w *words.Words) string {
	if sim.a.Month == sim.b.Month {
		if sim.b.Draft != nil {
			return "Biståndet i " + w.Month(sim.a.Month) + " med en ny riksnorm"
		}
		return "Biståndet i " + w.Month(sim.a.Month) + " med nya riktlinjer"
	}
	return "Biståndet i " + w.Month(sim.b.Month) + " jämfört med " + w.Month(sim.a.Month)
}

// caution stands under every figure.
const caution = "Hushållen är påhittade. Hushållstypernas andelar är officiell statistik för 2021; allt annat är valt. Visar riktning och storleksordning, inte en prognos."

// print writes the table: amounts in whole kronor a month, summed in öre.
func (sim *simulation) print(out io.Writer, w *words.Words) error {
	rows := [][]string{{"", "hushåll", "får mer", "får mindre", "lika", "okänt", "A kr/mån", "B kr/mån", "skillnad", "handläggare A", "handläggare B"}}
	add := func(all []group) {
		for _, g := range all {
			rows = append(rows, tableRow(g))
		}
		rows = append(rows, nil)
	}
	add(sim.kinds())
	add(sim.municipalities())
	rows = append(rows, tableRow(group{"Alla", sim.table.Sum()}))
	_, err := fmt.Fprintf(out, "%s\nA: %s\nB: %s\n\n%s\n%s\n", sim.title(w), sim.rules(sim.a), sim.rules(sim.b), aligned(rows), caution)
	return err
}

// rules names a month and the guidelines of it.
func (sim *simulation) rules(r population.Rules) string {
	var from []string
	for _, code := range sim.people.Municipalities {
		g := r.Guidelines[code]
		from = append(from, fmt.Sprintf("%s %s", g.Name, g.From))
	}
	norm := ""
	if r.Draft != nil {
		norm = ", utkast till riksnorm: " + r.Draft.Source
	}
	return r.Month.String() + " (riktlinjer " + strings.Join(from, ", ") + norm + ")"
}

func tableRow(g group) []string {
	t := g.tally
	return []string{g.name, grouped(int64(t.Households)), grouped(int64(t.More)), grouped(int64(t.Less)),
		grouped(int64(t.Households - t.More - t.Less - t.Unknown)), grouped(int64(t.Unknown)),
		grouped(wholeKronor(t.A)), grouped(wholeKronor(t.B)), signed(wholeKronor(t.B - t.A)),
		grouped(int64(t.HumanA)), grouped(int64(t.HumanB))}
}

// aligned writes rows with the first column to the left and the others to the
// right.
func aligned(rows [][]string) string {
	widths := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, cell := range r {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for _, r := range rows {
		for i, cell := range r {
			fill := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i == 0 {
				b.WriteString(cell + fill)
			} else {
				b.WriteString("  " + fill + cell)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

// wholeKronor rounds to the nearest krona, halves away from zero.
func wholeKronor(o engine.Ore) int64 {
	if o < 0 {
		return -wholeKronor(-o)
	}
	return (int64(o) + 50) / 100
}

// perHousehold is the mean change, to the nearest öre.
func perHousehold(t *population.Tally) engine.Ore {
	n := engine.Ore(max(1, t.Households))
	if d := t.B - t.A; d < 0 {
		return -((-d + n/2) / n)
	} else {
		return (d + n/2) / n
	}
}

func signed(n int64) string {
	switch {
	case n > 0:
		return "+" + grouped(n)
	case n < 0:
		return "−" + grouped(-n)
	}
	return "0"
}

// grouped writes a number of at least 0 in groups of three.
func grouped(n int64) string {
	digits := fmt.Sprint(n)
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(d)
	}
	return b.String()
}
