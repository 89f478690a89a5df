package sol

import "github.com/skalig/skalig/engine"

// costs are the reasonable costs of socialtjänstlagen 12 kap. 7 § first
// paragraph 2: of each kind the lesser of what is applied for and what the
// guideline holds reasonable. Costs of a kind are judged together, so splitting
// one changes nothing.
func (a *assessment) costs() engine.Ore {
	return a.costGroup("costs", 0, otherFrom, otherCosts)
}

// livingCosts are livsföring i övrigt, other costs of living (12 kap. 1 §),
// judged in the same way.
func (a *assessment) livingCosts() engine.Ore {
	return a.costGroup("living", otherFrom, len(CostKinds), right)
}

// costGroup sums the kinds from one to below another; a household without such
// costs has no row for them.
func (a *assessment) costGroup(rule string, from, to int, p place) engine.Ore {
	if !a.applies(from, to) {
		return 0
	}
	group := a.trace.Open(engine.Step{Rule: rule, Sign: 1, Op: engine.OpSum, Cite: a.cite(p)})
	var total engine.Ore
	for kind := from; kind < to; kind++ {
		total += a.costsOfKind(kind, p)
	}
	a.trace.Close(group, total)
	return total
}

func (a *assessment) applies(from, to int) bool {
	for i := range a.facts.Costs {
		for kind := from; kind < to; kind++ {
			if a.facts.Costs[i].Kind == CostKinds[kind] {
				return true
			}
		}
	}
	return false
}

func (a *assessment) costsOfKind(kind int, p place) engine.Ore {
	var applied engine.Ore
	first := -1
	for i := range a.facts.Costs {
		if a.facts.Costs[i].Kind == CostKinds[kind] {
			applied += a.applied(&a.facts.Costs[i])
			if first < 0 {
				first = i
			}
		}
	}
	if first < 0 {
		return 0
	}
	l := a.limitOf(kind, first, applied, p)
	step := engine.Step{Rule: "cost", Branch: l.branch, Subject: string(CostKinds[kind]), Sign: 1, Op: engine.OpGiven, Value: applied, Cite: a.cite(p)}
	if l.has {
		step.Op = engine.OpLesser
		step.Value = min(applied, l.max)
	}
	if step.Value < applied {
		a.result.AppliedInFull = false
		a.human(l.reason, indexed("costs", first), p)
	}
	if a.trace != nil {
		in := []engine.Input{{Name: "applied", Unit: engine.UnitOre, N: int64(applied), Source: "declared"}}
		if kind == 0 {
			in = append(in, a.sharedRent()...)
		}
		if l.km > 0 {
			in = append(in, engine.Input{Name: "limit-km", Unit: engine.UnitCount, N: int64(l.km), Source: "guideline", Status: string(a.guide.Status)})
		} else if l.has {
			in = append(in, engine.Input{Name: "limit", Unit: engine.UnitOre, N: int64(l.max), Source: "guideline", Status: string(a.guide.Status)})
		}
		if l.label != "" {
			in = append(in, engine.Input{Name: "limit-row", Unit: engine.UnitLabel, Text: l.label, Source: "guideline", Status: string(a.guide.Status)})
		}
		a.trace.Add(step, in...)
	}
	return step.Value
}

// A limit is what the guideline says of one kind of cost.
type limit struct {
	has    bool
	max    engine.Ore
	label  string
	km     Count // the least distance, where that is the limit
	branch string
	reason ReasonCode // why a person must judge when less than applied is approved
}

func (a *assessment) limitOf(kind, first int, applied engine.Ore, p place) limit {
	if kind == 0 && len(a.guide.Housing) > 0 {
		return a.housingLimit(first, applied)
	}
	rule := a.guide.Costs[kind]
	switch rule.Rule {
	case "actual":
		return limit{branch: "actual"}
	case "max":
		return limit{has: true, max: rule.Max, branch: within(applied, rule.Max), reason: "cost-above-cap"}
	case "beyondKm":
		return a.travelLimit(rule.BeyondKm)
	}
	a.human("no-guideline", indexed("costs", first), p)
	return limit{branch: "no-guideline"}
}

// housingLimit finds the row of the guideline that fits the household.
func (a *assessment) housingLimit(first int, applied engine.Ore) limit {
	for i := range a.guide.Housing {
		row := &a.guide.Housing[i]
		fits, known := row.fits(a.facts, a.adults, a.children)
		if !known {
			a.ask("rooms", "housing.rooms")
			return limit{branch: "rooms-unknown"}
		}
		if fits {
			max := row.limit(a.children)
			return limit{has: true, max: max, label: row.Label, branch: within(applied, max), reason: "rent-above-cap"}
		}
	}
	a.human("housing-outside-caps", indexed("costs", first), otherCosts)
	return limit{branch: "no-guideline"}
}

// travelLimit approves travel from the guideline's distance on; a nearer
// workplace is a caseworker's to judge.
func (a *assessment) travelLimit(beyond Count) limit {
	near := false
	for i := range a.facts.Costs {
		switch c := &a.facts.Costs[i]; {
		case c.Kind != "workTravel":
		case c.Km == Unknown:
			a.ask("travel-km", indexed("costs", i)+".km")
		case c.Km < beyond:
			near = true
		}
	}
	if near {
		return limit{has: true, km: beyond, branch: "too-near", reason: "travel-distance"}
	}
	return limit{branch: "actual"}
}

func within(applied, max engine.Ore) string {
	if applied > max {
		return "above-limit"
	}
	return "within-limit"
}
