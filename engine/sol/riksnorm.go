package sol

import "github.com/skalig/skalig/engine"

//go:generate go run ./params/generate

// A Norm is the riksnorm of one calendar year, in kronor per month, from
// params/riksnorm.json. Source: socialtjänstförordningen 12 kap. 2–3 §§ and its
// forerunners.
type Norm struct {
	Year          int
	Status        string
	Source        string
	Single        int64
	Couple        int64
	Children      [8]int64 // by age 0, 1–2, 3, 4–6, 7–10, 11–14, 15–18, 19–20
	LunchAway     [4]int64 // the first four bands, lunch away five days a week
	Joint         [7]int64 // for 1 to 7 persons
	Prisbasbelopp int64    // kronor per year
	CeilingStatus string
}

// normOf returns the row of the month's year, or nil when there are no figures.
func normOf(m engine.Month) *Norm {
	for i := range normRows {
		if normRows[i].Year == m.Year() {
			return &normRows[i]
		}
	}
	return nil
}

// band returns the column of a child's age.
func band(age int) int {
	for i, above := range [...]int{1, 3, 4, 7, 11, 15, 19} {
		if age < above {
			return i
		}
	}
	return 7
}

// riksnorm is the personal costs of every member and the joint costs of the
// household.
func (a *assessment) riksnorm() engine.Ore {
	if a.norm.Status != "S" {
		a.human("unverified-figure", "month", normTable)
	}
	group := a.trace.Open(engine.Step{Rule: "norm", Sign: 1, Op: engine.OpSum, Cite: a.cite(normPurposes)})
	total := a.adultCosts()
	for i := range a.facts.Persons {
		if !a.facts.Persons[i].Adult {
			total += a.childCosts(i)
		}
	}
	total += a.jointCosts()
	a.trace.Close(group, total)
	return total
}

// adultCosts is one amount for a single adult and one for a couple together.
func (a *assessment) adultCosts() engine.Ore {
	step := engine.Step{Rule: "norm.adult", Branch: "single", Sign: 1, Op: engine.OpTable, Cite: a.cite(normTable)}
	kr := a.norm.Single
	if a.adults == 2 {
		step.Branch, kr = "couple", a.norm.Couple
	}
	step.Value = engine.Kronor(kr)
	for i := range a.facts.Persons {
		if p := &a.facts.Persons[i]; p.Adult && p.Age <= maxPupil {
			a.ownHousehold(i)
		}
	}
	if a.trace != nil {
		a.trace.Add(step, a.tableYear())
	}
	return step.Value
}

// childCosts is the amount of the child's age; below seven years it depends on
// where the child eats lunch. A child who lives here part of the month has the
// days' share.
func (a *assessment) childCosts(i int) engine.Ore {
	p := &a.facts.Persons[i]
	if p.Age >= 18 && !a.atSchool(i) {
		return 0
	}
	column := band(p.Age)
	kr := a.norm.Children[column]
	step := engine.Step{Rule: "norm.child", Branch: "standard", Subject: p.ID, Sign: 1, Op: engine.OpTable, Cite: a.cite(normTable)}
	if column < len(a.norm.LunchAway) {
		switch p.Lunch {
		case "away":
			step.Branch, kr = "lunch-away", a.norm.LunchAway[column]
		case "home":
			step.Branch = "lunch-home"
		default:
			a.ask("lunch", indexed("persons", i)+".lunch")
			step.Branch = "lunch-unknown"
		}
	}
	amount := engine.Kronor(kr)
	step.Value = amount
	if p.Days != Unknown {
		step.Op = engine.OpShare
		step.Value, step.Rounding = a.days(amount, p.Days)
	}
	if a.trace != nil {
		in := []engine.Input{{Name: "age", Unit: engine.UnitYears, N: int64(p.Age), Source: "declared"}, a.tableYear()}
		if p.Days != Unknown {
			in = append(in, engine.Input{Name: "whole", Unit: engine.UnitOre, N: int64(amount), Source: "law", Status: a.norm.Status},
				engine.Input{Name: "days", Unit: engine.UnitDays, N: int64(p.Days), Source: "declared"},
				engine.Input{Name: "divisor", Unit: engine.UnitText, Text: a.dayDivisor(), Source: "guideline"})
		}
		a.trace.Add(step, in...)
	}
	return step.Value
}

// atSchool says whether the person of 18–20 years belongs to the parents'
// household; outside school the person is a household of their own.
func (a *assessment) atSchool(i int) bool {
	switch a.facts.Persons[i].School {
	case NotSaid:
		a.ask("school", indexed("persons", i)+".school")
		return false
	case No:
		a.human("child-outside-school", indexed("persons", i), right)
		return false
	}
	return true
}

// ownHousehold asks whether an adult of 18–20 years is a pupil, who belongs to the
// parents' household.
func (a *assessment) ownHousehold(i int) {
	switch a.facts.Persons[i].School {
	case NotSaid:
		a.ask("school", indexed("persons", i)+".school")
	case Yes:
		a.human("adult-in-school", indexed("persons", i), right)
	}
}

func (a *assessment) dayDivisor() string {
	if a.guide.DayDivisor == "" {
		return DayDivisors[0]
	}
	return a.guide.DayDivisor
}

// days is the share of a month's amount for a number of days. The law gives no
// divisor, so the guideline chooses; the share is never more than the whole.
func (a *assessment) days(amount engine.Ore, days Count) (engine.Ore, engine.Rounding) {
	num, den := int64(days), int64(30)
	switch a.dayDivisor() {
	case "30.4":
		num, den = num*10, 304
	case "calendar":
		den = int64(a.facts.Month.Days())
	}
	if num >= den || int(days) >= a.facts.Month.Days() {
		return amount, engine.Exact
	}
	return engine.Share(amount, num, den, engine.ToOre)
}

func (a *assessment) tableYear() engine.Input {
	return engine.Input{Name: "norm-year", Unit: engine.UnitCount, N: int64(a.norm.Year), Source: "law", Status: a.norm.Status}
}
