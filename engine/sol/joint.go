package sol

import "github.com/skalig/skalig/engine"

// jointCosts is the amount for the household's size. Beyond seven persons the
// difference between the amounts for seven and six is added for each
// (socialtjänstförordningen 12 kap. 3 § first paragraph). In a household
// community the household bears its members' share of the community's costs
// (second paragraph).
func (a *assessment) jointCosts() engine.Ore {
	own := a.members()
	if c := a.facts.Housing.Community; c != Unknown {
		return a.communityShare(own, int64(c))
	}
	step := engine.Step{Rule: "norm.joint", Branch: "table", Sign: 1, Op: engine.OpTable, Cite: a.cite(normTable), Value: a.jointTable(own)}
	if own > int64(len(a.norm.Joint)) {
		step.Branch, step.Cite = "more-than-seven", a.cite(normMore)
	}
	if a.trace != nil {
		in := [...]engine.Input{{Name: "household-size", Unit: engine.UnitCount, N: own, Source: "declared"}, a.tableYear(), a.partTimeChild()}
		a.trace.Add(step, in[:2+a.partTime()]...)
	}
	return step.Value
}

// partTimeChild is how a child who lives here a part of the month counts in the
// household's size: the law does not say, so the guideline chooses. It is an input
// where there is such a child.
func (a *assessment) partTimeChild() engine.Input {
	method := a.guide.PartTimeChild
	if method == "" {
		method = PartTimeChildren[0]
	}
	return engine.Input{Name: "part-time-child", Unit: engine.UnitText, Text: method, Source: "guideline"}
}

func (a *assessment) partTime() int {
	for i := range a.facts.Persons {
		if a.facts.Persons[i].Days != Unknown {
			return 1
		}
	}
	return 0
}

// communityShare divides the joint costs by the community's members. The text
// gives no rounding rule, so the guideline chooses one.
func (a *assessment) communityShare(own, members int64) engine.Ore {
	if own > 1 {
		a.human("community-several", "housing.community", community)
	}
	want := engine.ToOre
	if a.guide.JointShare == "krona" {
		want = engine.ToWholeKr
	}
	whole := a.jointTable(members)
	step := engine.Step{Rule: "norm.joint", Branch: "community", Sign: 1, Op: engine.OpShare, Cite: a.cite(community)}
	step.Value, step.Rounding = engine.Share(whole, own, members, want)
	if a.trace != nil {
		in := [...]engine.Input{
			{Name: "whole", Unit: engine.UnitOre, N: int64(whole), Source: "law", Status: a.norm.Status},
			{Name: "household-size", Unit: engine.UnitCount, N: own, Source: "declared"},
			{Name: "community-members", Unit: engine.UnitCount, N: members, Source: "declared"},
			a.tableYear(), a.partTimeChild()}
		a.trace.Add(step, in[:4+a.partTime()]...)
	}
	return step.Value
}

// jointTable is the joint costs of a number of persons.
func (a *assessment) jointTable(persons int64) engine.Ore {
	table := &a.norm.Joint
	last := int64(len(table))
	if persons <= last {
		return engine.Kronor(table[persons-1])
	}
	return engine.Kronor(table[last-1] + (persons-last)*(table[last-1]-table[last-2]))
}
