package sol

import "github.com/skalig/skalig/engine"

// A Distance says how far a household is from another answer.
type Distance struct {
	Code    DistanceCode
	Subject string     // a person, or a kind of cost
	Branch  string     // the kind of income, for income-lower
	Ore     engine.Ore // for income-lower and cost-lower
	Count   int        // months or days, for the others
}

// A DistanceCode is one of the closed list of distances.
type DistanceCode string

// Distances lists every DistanceCode.
var Distances = []DistanceCode{
	"income-lower",  // with so much lower income there would be support
	"days-more",     // with the child here so many more days there would be support
	"cost-lower",    // so much above the guideline's limit
	"months-to-job", // so many more months in a row until jobbstimulans
}

// Near returns the distances from a result to its thresholds, found by assessing
// again with one fact changed: exact to the öre, the day and the month.
func Near(f *Facts, g *Guideline, r *Result, t *engine.Trace) []Distance {
	var all []Distance
	if r.Computed() && r.Support == 0 {
		if i, o := nearestIncome(f, g); i >= 0 {
			all = append(all, Distance{Code: "income-lower", Subject: f.Incomes[i].Person, Branch: f.Incomes[i].Kind, Ore: o})
		}
		for i := range f.Persons {
			if n, ok := daysMore(f, g, i); ok {
				all = append(all, Distance{Code: "days-more", Subject: f.Persons[i].ID, Count: n})
			}
		}
	}
	for i := range t.Steps {
		s := &t.Steps[i]
		switch {
		case s.Rule == "cost" && s.Branch == "above-limit":
			all = append(all, Distance{Code: "cost-lower", Subject: s.Subject, Ore: engine.Ore(s.Inputs[0].N) - s.Value})
		case s.Rule == "jobbstimulans" && s.Branch == "not-qualified":
			if p := f.person(s.Subject); p >= 0 {
				all = append(all, Distance{Code: "months-to-job", Subject: s.Subject, Count: qualifyingMonths - int(f.Persons[p].MonthsInRow)})
			}
		}
	}
	return all
}

// nearestIncome returns the first income, by the order of its kind, that could be
// low enough for there to be support, and by how much; −1 when none could.
func nearestIncome(f *Facts, g *Guideline) (int, engine.Ore) {
	for _, kind := range IncomeKinds {
		for i := range f.Incomes {
			if f.Incomes[i].Kind != kind {
				continue
			}
			if o, ok := incomeLower(f, g, i); ok {
				return i, o
			}
		}
	}
	return -1, 0
}

// incomeLower finds the least that income i must fall for there to be support.
// More income never gives more support, so halving finds it.
func incomeLower(f *Facts, g *Guideline, i int) (engine.Ore, bool) {
	facts := *f
	facts.Incomes = append([]Income(nil), f.Incomes...)
	whole := f.Incomes[i].Amount
	supported := func(less engine.Ore) bool {
		facts.Incomes[i].Amount = whole - less
		r := Assess(&facts, g, nil)
		return r.Computed() && r.Support > 0
	}
	if !supported(whole) {
		return 0, false
	}
	low, high := engine.Ore(0), whole // not supported at low, supported at high
	for high-low > 1 {
		if mid := (low + high) / 2; supported(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return high, true
}

// daysMore finds the least number of days more that a child must stay.
func daysMore(f *Facts, g *Guideline, i int) (int, bool) {
	if f.Persons[i].Adult || f.Persons[i].Days == Unknown {
		return 0, false
	}
	facts := *f
	facts.Persons = append([]Person(nil), f.Persons...)
	for more := 1; int(f.Persons[i].Days)+more <= f.Month.Days(); more++ {
		facts.Persons[i].Days++
		if r := Assess(&facts, g, nil); r.Computed() && r.Support > 0 {
			return more, true
		}
	}
	return 0, false
}
