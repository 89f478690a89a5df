package sol

import "github.com/skalig/skalig/engine"

// GuidelineSchema names the JSON form of a guideline.
const GuidelineSchema = "skalig/guideline/1"

var (
	guidelineFields = []string{"schema", "municipality", "name", "board", "status", "from", "source", "signedOffBy", "housing", "costs", "dayDivisor", "jointShare", "rentShare", "partTimeChild", "incomeMonth", "surplusMonths"}
	capFields       = []string{"label", "adults", "children", "rooms", "allAdultsUnder", "max", "perFurtherChild"}
	ruleFields      = []string{"rule", "max", "beyondKm"}
	statuses        = []string{string(Signed), string(Example), string(Empty)}
	costRules       = []string{"actual", "max", "beyondKm"}
)

// ReadGuideline reads a guideline. It is valid if the reader has no problems
// afterwards.
func ReadGuideline(r *engine.Reader) *Guideline {
	g := &Guideline{}
	present := r.Object(guidelineFields, func(i int) {
		switch guidelineFields[i] {
		case "schema":
			r.Choice([]string{GuidelineSchema}, "schema")
		case "municipality":
			g.Municipality = readMunicipality(r)
		case "name":
			g.Name = r.Text(100)
		case "board":
			g.Board = r.Text(200)
		case "status":
			g.Status = GuidelineStatus(r.Choice(statuses, "unknown-choice"))
		case "from":
			g.From = r.Month()
		case "source":
			g.Source = r.Text(500)
		case "signedOffBy":
			g.SignedOffBy = r.Text(200)
		case "housing":
			r.Array(100, func(int) { g.Housing = append(g.Housing, readCap(r)) })
		case "costs":
			readCostRules(r, g)
		case "dayDivisor":
			g.DayDivisor = r.Choice(DayDivisors, "unknown-choice")
		case "jointShare":
			g.JointShare = r.Choice(JointShares, "unknown-choice")
		case "rentShare":
			g.RentShare = r.Choice(RentShares, "unknown-choice")
		case "partTimeChild":
			g.PartTimeChild = r.Choice(PartTimeChildren, "unknown-choice")
		case "incomeMonth":
			g.IncomeMonth = r.Choice(IncomeMonths, "unknown-choice")
		case "surplusMonths":
			g.SurplusMonths = int(r.Int(1, 120, "months-in-row"))
		}
	})
	require(r, present, guidelineFields, "schema", "municipality", "name", "status", "from", "source")
	if g.Status == Signed && g.SignedOffBy == "" {
		r.FailAt(".signedOffBy", "required", "")
	}
	return g
}

func readCap(r *engine.Reader) HousingCap {
	var c HousingCap
	present := r.Object(capFields, func(i int) {
		switch capFields[i] {
		case "label":
			c.Label = r.Text(100)
		case "adults":
			c.Adults = readRange(r)
		case "children":
			c.Children = readRange(r)
		case "rooms":
			c.Rooms = readRange(r)
		case "allAdultsUnder":
			c.AllAdultsUnder = int(r.Int(18, 120, "age"))
		case "max":
			c.Max = r.Amount()
		case "perFurtherChild":
			c.PerFurtherChild = r.Amount()
		}
	})
	require(r, present, capFields, "label", "max")
	return c
}

// readRange reads [low, high].
func readRange(r *engine.Reader) Range {
	var ends [2]int64
	n := 0
	r.Array(2, func(i int) {
		ends[i] = r.Int(0, 100, "range")
		n++
	})
	if n != 2 || ends[0] > ends[1] {
		r.Fail("range", "")
	}
	return Range{ends[0], ends[1], true}
}

func readCostRules(r *engine.Reader, g *Guideline) {
	names := make([]string, len(CostKinds))
	for i, k := range CostKinds {
		names[i] = string(k)
	}
	r.Object(names, func(i int) {
		rule := CostRule{BeyondKm: Unknown}
		present := r.Object(ruleFields, func(k int) {
			switch ruleFields[k] {
			case "rule":
				rule.Rule = r.Choice(costRules, "unknown-choice")
			case "max":
				rule.Max = r.Amount()
			case "beyondKm":
				rule.BeyondKm = Count(r.Int(0, 1000, "travel-km"))
			}
		})
		require(r, present, ruleFields, "rule")
		if rule.Rule == "max" {
			require(r, present, ruleFields, "max")
		}
		if rule.Rule == "beyondKm" {
			require(r, present, ruleFields, "beyondKm")
			if names[i] != "workTravel" {
				r.Fail("not-for-kind", "")
			}
		}
		g.Costs[i] = rule
	})
}
