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
	var wage engine.Ore
	for i := range a.facts.Incomes {
		if in := &a.facts.Incomes[i]; in.Kind == "wage" && in.Person == p.ID {
			wage += in.Amount
		}
	}
	if wage == 0 {
		return 0
	}
	if p.MonthsInRow == Unknown {
		a.ask("months-in-row", indexed("persons", person)+".monthsInRow")
	}
	branch, entitled := stimulus(p, a.facts.Month)
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
		if p.JobbstimulansFrom != 0 {
			in = append(in, engine.Input{Name: "jobbstimulans-from", Unit: engine.UnitMonth, N: int64(p.JobbstimulansFrom), Source: "declared"})
		}
		a.trace.Add(step, in...)
	}
	return step.Value
}

// stimulus says which branch of the rule a person is in and whether it applies.
func stimulus(p *Person, month engine.Month) (branch string, entitled bool) {
	if p.MonthsInRow == Unknown {
		return "months-unknown", false
	}
	if p.JobbstimulansFrom == 0 {
		switch {
		case p.MonthsInRow < qualifyingMonths:
			return "not-qualified", false
		case p.MonthsInRow < qualifyingMonths+stimulusMonths:
			return "qualified", true
		}
		return "start-unknown", false
	}
	end := p.JobbstimulansFrom + stimulusMonths
	if month < end {
		return "running", true
	}
	if min(int64(p.MonthsInRow), int64(month-end)) >= qualifyingMonths {
		return "qualified-again", true
	}
	return "ended", false
}
