package sol

import "github.com/skalig/skalig/engine"

const (
	qualifyingMonths = 6  // in a row with försörjningsstöd
	stimulusMonths   = 24 // that the rule then applies
)

// jobbstimulans is the quarter of a person's earnings from employment that is
// left out of account (socialtjänstlagen 12 kap. 8 §): after six months in a
// row with försörjningsstöd, for two years, whether or not the job lasts. Then
// six new months in a row are needed. The quarter is exact; a fraction of an
// öre goes to the person.
func (a *assessment) jobbstimulans(person int) engine.Ore {
	p := &a.facts.Persons[person]
	wage := a.facts.wages(p.ID)
	if wage == 0 {
		return 0
	}
	branch, entitled := stimulus(p, a.facts.Month)
	if p.MonthsInRow == Unknown && branch != "running" {
		a.ask("months-in-row", indexed("persons", person)+".monthsInRow")
	}
	if branch == "start-unknown" {
		a.ask("jobbstimulans-from", indexed("persons", person)+".jobbstimulansFrom")
	}
	step := engine.Step{Rule: "jobbstimulans", Branch: branch, Subject: p.ID, Sign: -1, Op: engine.OpNone, Cite: a.cite(jobbstimulans)}
	if entitled && !a.plain {
		step.Op = engine.OpShare
		step.Value, step.Rounding = engine.Share(wage, 1, 4, engine.UpToOre)
	}
	if a.trace != nil {
		in := []engine.Input{{Name: "wage", Unit: engine.UnitOre, N: int64(wage), Source: "computed"}}
		if p.MonthsInRow != Unknown {
			in = append(in, engine.Input{Name: "months-in-row", Unit: engine.UnitCount, N: int64(p.MonthsInRow), Source: "declared"})
		}
		switch p.JobbstimulansFrom {
		case 0:
		case Never:
			in = append(in, engine.Input{Name: "jobbstimulans-from", Unit: engine.UnitText, Text: never, Source: "declared"})
		default:
			in = append(in, engine.Input{Name: "jobbstimulans-from", Unit: engine.UnitMonth, N: int64(p.JobbstimulansFrom), Source: "declared"})
		}
		a.trace.Add(step, in...)
	}
	return step.Value
}

// stimulus says which branch of the rule a person is in and whether it applies.
// Two years that run do so whatever happens between.
func stimulus(p *Person, month engine.Month) (branch string, entitled bool) {
	from, row := p.JobbstimulansFrom, p.MonthsInRow
	end := from + stimulusMonths
	switch {
	case from == 0, from != Never && unearned(p, month):
		return "start-unknown", false
	case from != Never && month < end:
		return "running", true
	case row == Unknown:
		return "months-unknown", false
	case from == Never && row < qualifyingMonths:
		return "not-qualified", false
	case from == Never:
		return "qualified", true
	}
	switch again := min(int64(row), int64(month-end)); {
	case again < qualifyingMonths:
		return "ended", false
	case again < qualifyingMonths+stimulusMonths:
		return "qualified-again", true
	}
	return "start-unknown", false // a second two years may have gone too
}

// unearned says that jobbstimulans cannot have begun when it is said to: the
// months in a row reach back to its start, and fewer than six of them lie before
// it.
func unearned(p *Person, month engine.Month) bool {
	if p.MonthsInRow == Unknown {
		return false
	}
	before := p.JobbstimulansFrom - (month - engine.Month(p.MonthsInRow))
	return 0 <= before && before < qualifyingMonths
}
