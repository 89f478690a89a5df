package sol

import "github.com/skalig/skalig/engine"

// assets that can be used now are means like an income; whether one can be is
// a person's judgement.
func (a *assessment) assets() engine.Ore {
	if a.facts.Assets == 0 {
		return 0
	}
	a.human("assets", "assets", right)
	a.means(engine.Step{Rule: "assets", Op: engine.OpGiven, Value: a.facts.Assets}, a.facts.Assets)
	return a.facts.Assets
}

// earlierSurplus is a surplus of earlier months, for as many months as the
// guideline says. To deduct it is a partial refusal, which a machine may not
// decide.
func (a *assessment) earlierSurplus() engine.Ore {
	surplus := a.facts.EarlierSurplus
	if surplus == 0 {
		return 0
	}
	if limit := a.guide.SurplusMonths; limit > 0 && a.facts.SurplusMonth != 0 && int(a.facts.Month-a.facts.SurplusMonth) > limit {
		a.means(engine.Step{Rule: "earlier-surplus", Branch: "too-old", Op: engine.OpNone}, surplus)
		return 0
	}
	a.human("earlier-surplus", "earlierSurplus", right)
	a.means(engine.Step{Rule: "earlier-surplus", Op: engine.OpGiven, Value: surplus}, surplus)
	return surplus
}

// means writes a line of means, which takes away from the support.
func (a *assessment) means(s engine.Step, stated engine.Ore) {
	if a.trace == nil {
		return
	}
	s.Sign, s.Cite = -1, a.cite(right)
	in := []engine.Input{{Name: "income", Unit: engine.UnitOre, N: int64(stated), Source: "declared"}}
	if s.Rule == "earlier-surplus" && a.facts.SurplusMonth != 0 {
		in = append(in, engine.Input{Name: "surplus-month", Unit: engine.UnitMonth, N: int64(a.facts.SurplusMonth), Source: "declared"})
		if a.guide.SurplusMonths > 0 {
			in = append(in, engine.Input{Name: "surplus-months", Unit: engine.UnitCount, N: int64(a.guide.SurplusMonths), Source: "guideline", Status: string(a.guide.Status)})
		}
	}
	a.trace.Add(s, in...)
}
