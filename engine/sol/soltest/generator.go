package soltest

import (
	"fmt"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol/municipal"
)

// A Generator makes synthetic households, the same ones for the same seed. No
// household is a real one.
type Generator struct{ state uint64 }

// NewGenerator returns a Generator for a seed.
func NewGenerator(seed uint64) *Generator { return &Generator{seed*2862933555777941757 + 3037000493} }

// n returns a number from 0 to below limit.
func (g *Generator) n(limit int) int {
	g.state ^= g.state << 13
	g.state ^= g.state >> 7
	g.state ^= g.state << 17
	return int(g.state % uint64(limit))
}

func (g *Generator) pick(from []string) string { return from[g.n(len(from))] }

var years = []int{2014, 2019, 2021, 2023, 2024, 2025, 2026}

// Next returns the input of the call assess for another household. About one in
// ten is not valid, in a way that the engine must refuse.
func (g *Generator) Next() []byte {
	var w engine.Writer
	w.Open('{')
	w.Key("facts")
	month := g.facts(&w)
	if all := municipal.All(); g.n(8) > 0 {
		if e := all[g.n(len(all))]; e.From <= month {
			w.Key("guideline")
			w.Raw(string(e.Bytes))
		}
	}
	w.Close('}')
	return w.Bytes()
}

func (g *Generator) facts(w *engine.Writer) engine.Month {
	year := years[g.n(len(years))]
	if g.n(60) == 0 {
		year = 2027
	}
	month := engine.MonthOf(year, 1+g.n(12))
	w.Open('{')
	w.Text("schema", "skalig/facts/1")
	w.Text("month", month.String())
	adults, children := 1+g.n(2), g.n(5)
	if g.n(20) == 0 {
		children = 5 + g.n(12)
	}
	w.Key("persons")
	w.Open('[')
	for i := range adults {
		g.adult(w, i, month)
	}
	for i := range children {
		g.child(w, i)
	}
	w.Close(']')
	if g.n(2) == 0 {
		w.Key("housing")
		w.Open('{')
		w.Text("tenure", g.pick([]string{"rent", "rent", "rent", "sublet", "lodger", "own", "homeless"}))
		w.Int("rooms", int64(1+g.n(5)))
		if g.n(4) == 0 {
			w.Int("community", int64(adults+children+g.n(4)))
		}
		w.Close('}')
	}
	g.costs(w)
	g.incomes(w, adults, children)
	if g.n(15) == 0 {
		w.Kronor("assets", g.amount(20000))
	}
	if g.n(15) == 0 {
		w.Kronor("earlierSurplus", g.amount(3000))
	}
	w.Close('}')
	return month
}

func (g *Generator) adult(w *engine.Writer, i int, month engine.Month) {
	w.Open('{')
	w.Text("id", fmt.Sprintf("p%d", i+1))
	w.Text("role", "adult")
	age := 17 + g.n(60)
	w.Int("age", int64(age))
	if age > 17 && age < 21 && g.n(4) > 0 {
		w.Bool("school", g.n(4) == 0)
	}
	if g.n(5) > 0 {
		w.Int("monthsInRow", int64(g.n(40)))
	}
	switch g.n(8) {
	case 0, 1:
		w.Text("jobbstimulansFrom", (month - engine.Month(g.n(40))).String())
	case 2, 3, 4, 5:
		w.Text("jobbstimulansFrom", "never")
	}
	if g.n(3) == 0 {
		w.Text("activity", "confirmed")
	}
	w.Close('}')
}

func (g *Generator) child(w *engine.Writer, i int) {
	age := g.n(21)
	w.Open('{')
	w.Text("id", fmt.Sprintf("c%d", i+1))
	w.Text("role", "child")
	w.Int("age", int64(age))
	if age < 7 && g.n(6) > 0 {
		w.Text("lunch", g.pick([]string{"home", "away"}))
	}
	if age > 17 && g.n(6) > 0 {
		w.Bool("school", g.n(4) > 0)
	}
	if g.n(4) == 0 {
		w.Int("days", int64(1+g.n(29)))
	}
	if age > 14 && g.n(3) == 0 {
		w.Kronor("earnedThisYear", g.amount(90000))
	}
	w.Close('}')
}

func (g *Generator) costs(w *engine.Writer) {
	w.Key("costs")
	w.Open('[')
	for i := range g.n(8) {
		kind := g.pick([]string{"rent", "rent", "electricity", "homeInsurance", "unemploymentFund", "unionFee", "workTravel"})
		w.Open('{')
		w.Text("id", fmt.Sprintf("k%d", i+1))
		w.Text("kind", kind)
		w.Kronor("amount", g.amount(12000))
		if kind == "workTravel" && g.n(3) > 0 {
			w.Int("km", int64(g.n(40)))
		}
		w.Close('}')
	}
	w.Close(']')
}

func (g *Generator) incomes(w *engine.Writer, adults, children int) {
	kinds := []string{"wage", "wage", "unemploymentBenefit", "activityGrant", "sicknessBenefit", "parentalBenefit", "pension", "childBenefit", "childSupplement", "housingBenefit", "maintenance", "studentAid", "taxRefund", "other", "grant", "disabilityCosts", "studySupplement"}
	w.Key("incomes")
	w.Open('[')
	for i := range g.n(6) {
		person := fmt.Sprintf("p%d", 1+g.n(adults))
		if children > 0 && g.n(6) == 0 {
			person = fmt.Sprintf("c%d", 1+g.n(children))
		}
		w.Open('{')
		w.Text("id", fmt.Sprintf("i%d", i+1))
		w.Text("kind", g.pick(kinds))
		w.Text("person", person)
		w.Kronor("amount", g.amount(15000))
		w.Text("source", g.pick([]string{"declared", "register", "caseworker"}))
		w.Close('}')
	}
	w.Close(']')
}

// amount returns an amount below kronor, often whole kronor, sometimes in öre.
func (g *Generator) amount(kronor int) engine.Ore {
	o := engine.Kronor(int64(g.n(kronor)))
	if g.n(3) == 0 {
		o += engine.Ore(g.n(100))
	}
	return o
}
