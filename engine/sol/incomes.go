package sol

import "github.com/skalig/skalig/engine"

// incomes are the household's incomes of the month before, after jobbstimulans
// and without what children earn themselves.
func (a *assessment) incomes() engine.Ore {
	if len(a.facts.Incomes) == 0 {
		return 0
	}
	group := a.trace.Open(engine.Step{Rule: "incomes", Sign: -1, Op: engine.OpSum, Cite: a.cite(right)})
	var total engine.Ore
	for i := range a.facts.Incomes {
		in := &a.facts.Incomes[i]
		p := a.facts.person(in.Person)
		if in.Kind == "wage" && !a.facts.Persons[p].Adult {
			total += a.childWage(i, p)
			continue
		}
		total += in.Amount
		if a.trace != nil {
			a.trace.Add(engine.Step{Rule: "income", Branch: in.Kind, Subject: in.Person, Sign: 1, Op: engine.OpGiven, Value: in.Amount, Cite: a.cite(right)}, incomeInput(in))
		}
	}
	for i := range a.facts.Persons {
		if a.facts.Persons[i].Adult {
			total -= a.jobbstimulans(i)
		}
	}
	a.trace.Close(group, total)
	return total
}

// childWage leaves a child's own earnings out of account. The part above one
// prisbasbelopp in the calendar year may be counted: a person judges that, and
// the proposal counts nothing.
func (a *assessment) childWage(i, person int) engine.Ore {
	in, p := &a.facts.Incomes[i], &a.facts.Persons[person]
	ceiling := engine.Kronor(a.norm.Prisbasbelopp)
	step := engine.Step{Rule: "income.child", Branch: "not-counted", Subject: p.ID, Sign: 1, Op: engine.OpNone, Cite: a.cite(childEarnings)}
	var above engine.Ore
	if p.EarnedThisYear == Unknown {
		a.ask("earned-this-year", indexed("persons", person)+".earnedThisYear")
	} else if over := engine.Ore(p.EarnedThisYear) - ceiling; over > 0 {
		above = min(over, in.Amount)
		step.Branch = "above-ceiling"
		a.human("child-above-ceiling", indexed("incomes", i), childEarnings)
	}
	if a.trace != nil {
		list := []engine.Input{incomeInput(in), {Name: "ceiling", Unit: engine.UnitOre, N: int64(ceiling), Source: "law", Status: a.norm.CeilingStatus}}
		if above > 0 {
			list = append(list, engine.Input{Name: "may-be-counted", Unit: engine.UnitOre, N: int64(above), Source: "computed"})
		}
		a.trace.Add(step, list...)
	}
	return 0
}

func incomeInput(in *Income) engine.Input {
	return engine.Input{Name: "income", Unit: engine.UnitOre, N: int64(in.Amount), Source: in.Source}
}
