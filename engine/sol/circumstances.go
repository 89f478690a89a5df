package sol

import "github.com/skalig/skalig/engine"

// activityFrom is the first month whose support the activity duty affects, and
// activityMonths how many months in a row with support bring a person under it.
// Source: the bill; the final section is not seen, so the place cited is the
// duty to be at the labour market's disposal.
const (
	activityFrom   = engine.Month(2026*12 + 9)
	activityMonths = 3
)

// activity asks for a caseworker where the activity duty applies: no machine
// judges whether a person can work.
func (a *assessment) activity() {
	if a.facts.Month < activityFrom {
		return
	}
	for i := range a.facts.Persons {
		switch p := &a.facts.Persons[i]; {
		case !p.Adult:
		case p.MonthsInRow == Unknown:
			if !a.asked("months-in-row", indexed("persons", i)+".monthsInRow") {
				a.ask("months-in-row", indexed("persons", i)+".monthsInRow")
			}
		case p.MonthsInRow >= activityMonths && !p.ActivityConfirmed:
			a.human("activity-status", indexed("persons", i), labourMarket)
		}
	}
}

func (a *assessment) asked(code QuestionCode, path string) bool {
	for _, q := range a.result.Questions {
		if q.Code == code && q.Path == path {
			return true
		}
	}
	return false
}

// circumstances are those that the law leaves to a person's judgement.
func (a *assessment) circumstances() {
	for i, c := range a.facts.Circumstances {
		path := indexed("circumstances", i)
		switch c {
		case "selfEmployed":
			a.human("self-employed", path, right)
		case "property":
			a.human("property", path, right)
		case "disputed":
			a.human("disputed-facts", path, right)
		case "specialReasons":
			a.human("special-reasons", path, higherNorm)
		case "beyondRight":
			a.human("beyond-right", path, beyondRight)
		case "labourMarket":
			a.human("labour-market", path, practice)
		}
	}
	switch a.facts.Housing.Tenure {
	case "own":
		a.human("property", "housing.tenure", right)
	case "homeless":
		a.human("homeless", "housing.tenure", otherCosts)
	}
}
