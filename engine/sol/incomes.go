package sol

import "github.com/skalig/skalig/engine"

// incomes are the household's incomes of the month before, after jobbstimulans
// and without what children earn themselves and what is left out of account.
func (a *assessment) incomes() engine.Ore {
	if len(a.facts.Incomes) == 0 {
		return 0
	}
	group := a.trace.Open(engine.Step{Rule: "incomes", Sign: -1, Op: engine.OpSum, Cite: a.cite(right)})
	var total engine.Ore
	for i := range a.facts.Incomes {
		total += a.income(i)
	}
	for i := range a.facts.Persons {
		if a.facts.Persons[i].Adult {
			total -= a.jobbstimulans(i)
		}
	}
	a.trace.Close(group, total)
	return total
}

// income counts an income whole, or not at all.
func (a *assessment) income(i int) engine.Ore {
	in := &a.facts.Incomes[i]
	p := a.facts.person(in.Person)
	person := &a.facts.Persons[p]
	switch {
	case person.outside():
		return a.leftOut(in, "income.outside")
	case in.Kind == "wage" && !person.Adult:
		return a.childWage(i, p)
	case in.Kind == "disabilityCosts", in.Kind == "studySupplement":
		return a.leftOut(in, "income")
	case in.Kind == "grant":
		a.human("grant", indexed("incomes", i), right)
		return a.leftOut(in, "income")
	}
	if a.trace != nil {
		a.trace.Add(engine.Step{Rule: "income", Branch: in.Kind, Subject: in.Person, Sign: 1, Op: engine.OpGiven, Value: in.Amount, Cite: a.cite(right)}, incomeInput(in))
	}
	return in.Amount
}

// leftOut is an income that is not counted: what covers costs beyond the norm
// (merkostnadsersättning, the extra supplement to student aid), what a person must
// judge first (a small grant of a foundation is not counted), and what somebody
// who is a household of their own has.
func (a *assessment) leftOut(in *Income, rule string) engine.Ore {
	if a.trace != nil {
		a.trace.Add(engine.Step{Rule: rule, Branch: in.Kind, Subject: in.Person, Sign: 1, Op: engine.OpNone, Cite: a.cite(right)}, incomeInput(in))
	}
	return 0
}

// childWage leaves a child's own earnings out of account. The part above one
// prisbasbelopp in the calendar year may be counted: a person judges that, and
// the proposal counts nothing.
func (a *assessment) childWage(i, person int) engine.Ore {
	in, p := &a.facts.Incomes[i], &a.facts.Persons[person]
	step := engine.Step{Rule: "income.child", Branch: "not-counted", Subject: p.ID, Sign: 1, Op: engine.OpNone, Cite: a.cite(childEarnings)}
	if path := indexed("persons", person) + ".earnedThisYear"; p.EarnedThisYear < Count(a.facts.wages(p.ID)) && !a.asked("earned-this-year", path) {
		a.ask("earned-this-year", path) // not said, or less than the month's wage alone
	}
	norm := a.yearEarned(i)
	if norm == nil {
		step.Branch = "ceiling-unknown"
		if a.trace != nil {
			a.trace.Add(step, incomeInput(in))
		}
		return 0
	}
	ceiling := engine.Kronor(norm.Prisbasbelopp)
	over := engine.Ore(p.EarnedThisYear) - ceiling
	above := min(over-a.wagesBefore(i), in.Amount)
	if above > 0 {
		step.Branch = "above-ceiling"
		a.human("child-above-ceiling", indexed("incomes", i), childEarnings)
	}
	if a.trace != nil {
		list := []engine.Input{incomeInput(in), {Name: "ceiling", Unit: engine.UnitOre, N: int64(ceiling), Source: "law", Status: norm.CeilingStatus}}
		if above > 0 {
			list = append(list, engine.Input{Name: "may-be-counted", Unit: engine.UnitOre, N: int64(above), Source: "computed"})
		}
		a.trace.Add(step, list...)
	}
	return 0
}

// yearEarned is the norm of the calendar year in which income i was earned: for
// January that is the year before. A ceiling that was not seen goes to a person;
// where there is none, nil.
func (a *assessment) yearEarned(i int) *Norm {
	n := a.norm
	if m := a.guide.MonthOfIncomes(a.facts.Month); m.Year() != a.facts.Month.Year() {
		n = normOf(m)
	}
	switch {
	case n == nil:
		a.human("no-norm", indexed("incomes", i), childEarnings)
	case n.CeilingStatus != "S":
		a.human("unverified-figure", indexed("incomes", i), childEarnings)
	}
	return n
}

// wagesBefore are the person's wages that stand before income i, so that what may
// be counted of a year is said once.
func (a *assessment) wagesBefore(i int) (sum engine.Ore) {
	for k := range i {
		if in := &a.facts.Incomes[k]; in.Kind == "wage" && in.Person == a.facts.Incomes[i].Person {
			sum += in.Amount
		}
	}
	return sum
}

func incomeInput(in *Income) engine.Input {
	return engine.Input{Name: "income", Unit: engine.UnitOre, N: int64(in.Amount), Source: in.Source}
}
