package sol

import "github.com/skalig/skalig/engine"

// ParametersSchema names the JSON form of the national parameters.
const ParametersSchema = "skalig/parameters/1"

// A Parameter is one national figure.
type Parameter struct {
	Name   string       // "riksnorm.child.4-6.lunch-away"
	Value  engine.Ore   // the amount, when Unit is in kronor
	Count  int64        // the number, for other units
	Unit   string       // "kr/month", "kr/year", "months", "percent"
	From   engine.Month // first month it applies to; it ends where the next row of its name begins, and at the end of its year for kronor
	Source string
	Status string
}

var bandNames = [...]string{"0", "1-2", "3", "4-6", "7-10", "11-14", "15-18", "19-20"}

// Parameters returns every national figure that the rules use, by name within a year.
func Parameters() []Parameter {
	var all []Parameter
	for i := range normRows {
		n := &normRows[i]
		add := func(name string, kr int64, unit, source, status string) {
			all = append(all, Parameter{Name: name, Value: engine.Kronor(kr), Unit: unit, From: engine.MonthOf(n.Year, 1), Source: source, Status: status})
		}
		norm := func(name string, kr int64) { add("riksnorm."+name, kr, "kr/month", n.Source, n.Status) }
		norm("adult.single", n.Single)
		norm("adult.couple", n.Couple)
		for k, kr := range n.Children {
			norm("child."+bandNames[k], kr)
		}
		for k, kr := range n.LunchAway {
			norm("child."+bandNames[k]+".lunch-away", kr)
		}
		for k, kr := range n.Joint {
			norm("joint."+number(k+1), kr)
		}
		source := "prisbasbelopp för kalenderåret"
		if n.CeilingStatus != "S" {
			source += ", inte kontrollerat"
		}
		add("prisbasbelopp", n.Prisbasbelopp, "kr/year", source, n.CeilingStatus)
	}
	for i := range benefitRows {
		b := &benefitRows[i]
		add := func(name string, kr int64) {
			all = append(all, Parameter{Name: name, Value: engine.Kronor(kr), Unit: "kr/month", From: engine.MonthOf(b.year, 1), Source: "Försäkringskassans belopp för året", Status: "S"})
		}
		add("barnbidrag", b.childBenefit)
		for k, name := range [...]string{"2", "3", "4", "5+"} {
			add("flerbarnstillägg."+name, b.childSupplement[k])
		}
		for k, name := range [...]string{"0-6", "7-14", "15-17"} {
			add("underhållsstöd."+name, b.maintenance[k])
		}
	}
	start, act2025 := laws[0].from, laws[len(laws)-1].provisions[jobbstimulans].Text()
	return append(all,
		Parameter{Name: "jobbstimulans.qualifying-months", Count: qualifyingMonths, Unit: "months", From: start, Source: act2025, Status: "S"},
		Parameter{Name: "jobbstimulans.months", Count: stimulusMonths, Unit: "months", From: start, Source: act2025, Status: "S"},
		Parameter{Name: "jobbstimulans.share", Count: 25, Unit: "percent", From: start, Source: act2025, Status: "S"},
		Parameter{Name: "activity.months", Count: activityMonths, Unit: "months", From: activityFrom, Source: "lagrådsremissen om aktivitetskrav; slutligt paragrafnummer inte kontrollerat", Status: "?"},
	)
}

// WriteParameters writes the national parameters in canonical form. The SHA-256
// of these bytes is the national part of the rules digest.
func WriteParameters(w *engine.Writer) {
	w.Open('{')
	w.Text("schema", ParametersSchema)
	w.Key("rows")
	w.Open('[')
	for _, p := range Parameters() {
		w.Open('{')
		w.Text("name", p.Name)
		if p.Unit == "kr/month" || p.Unit == "kr/year" {
			w.Kronor("value", p.Value)
		} else {
			w.Int("value", p.Count)
		}
		w.Text("unit", p.Unit)
		w.Text("from", p.From.String())
		w.Text("source", p.Source)
		w.Text("status", p.Status)
		w.Close('}')
	}
	w.Close(']')
	w.Close('}')
}
