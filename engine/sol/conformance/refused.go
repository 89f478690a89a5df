package conformance

import (
	"fmt"
	"strings"
)

const adult = `{"id":"p1","role":"adult","age":34}`

// refused returns the inputs that must be refused, each for one reason. The
// path and code stand beside the input that a person made wrong.
func refused() []Case {
	may := `"month":"2026-03","persons":[` + adult + `]`
	person := func(members string) string {
		return facts(`"month":"2026-03","persons":[` + adult + `,{"id":"c1",` + members + `}]`)
	}
	only := func(members string) string {
		return facts(`"month":"2026-03","persons":[{"id":"p1","role":"adult",` + members + `}]`)
	}
	with := func(members string) string { return facts(may + "," + members) }
	cost := func(members string) string { return with(`"costs":[{"id":"k1",` + members + `}]`) }
	income := func(members string) string { return with(`"incomes":[{"id":"i1","kind":"wage",` + members + `}]`) }
	guideline := func(members string) string {
		return strings.TrimSuffix(facts(may), "}") + `,"guideline":{"schema":"skalig/guideline/1","municipality":"1234","name":"X","from":"2026-01","source":"y",` + members + `}}`
	}
	example := func(members string) string { return guideline(`"status":"example",` + members) }
	const (
		form   = false // a schema can express it
		beyond = true
	)
	list := []struct {
		name, want string
		beyond     bool
		input      string
	}{
		{"empty", " syntax", beyond, ""},
		{"broken", "facts syntax", beyond, `{"facts":{`},
		{"not-utf8", "guideline.board utf8", beyond, example("\"board\":\"\xff\"")},
		{"trailing", " trailing", beyond, facts(may) + "{}"},
		{"too-large", " too-large", beyond, "{" + strings.Repeat(" ", 1<<20) + facts(may)[1:]},
		{"unknown-member", "nonsense unknown-field", form, `{"nonsense":1}`},
		{"no-facts", "facts required", form, `{}`},
		{"facts-are-a-list", "facts type", form, `{"facts":[]}`},
		{"facts-without-members", "facts.schema required", form, `{"facts":{}}`},
		{"another-version", "facts.schema schema", form, `{"facts":{"schema":"skalig/facts/2"}}`},
		{"repeated-member", "facts.schema repeated-field", beyond, with(`"schema":"skalig/facts/1"`)},
		{"words-for-assess", "words unknown-field", form, strings.TrimSuffix(facts(may), "}") + `,"words":{}}`},

		{"month-without-norm", "facts.month no-norm", beyond, facts(`"month":"2027-01","persons":[` + adult + `]`)},
		{"month-13", "facts.month month-form", form, facts(`"month":"2026-13","persons":[` + adult + `]`)},
		{"month-as-number", "facts.month type", form, facts(`"month":202603,"persons":[` + adult + `]`)},
		{"municipality-form", "facts.municipality municipality-form", form, with(`"municipality":"12345"`)},

		{"no-adult", "facts.persons no-adult", form, facts(`"month":"2026-03","persons":[]`)},
		{"three-adults", "facts.persons too-many-adults", form, facts(`"month":"2026-03","persons":[` + adult + `,{"id":"p2","role":"adult","age":30},{"id":"p3","role":"adult","age":30}]`)},
		{"51-children", "facts.persons too-many-children", form, facts(`"month":"2026-03","persons":[` + adult + children(51) + `]`)},
		{"99-children", "facts.persons too-many", form, facts(`"month":"2026-03","persons":[` + adult + children(99) + `]`)},
		{"same-id-twice", "facts.persons[1].id repeated-id", beyond, facts(`"month":"2026-03","persons":[` + adult + `,` + adult + `]`)},
		{"id-form", "facts.persons[1].id id-form", form, facts(`"month":"2026-03","persons":[` + adult + `,{"id":"C 1","role":"child","age":8}]`)},
		{"role", "facts.persons[1].role unknown-choice", form, person(`"role":"lodger","age":8`)},
		{"no-age", "facts.persons[0].age required", form, facts(`"month":"2026-03","persons":[{"id":"p1","role":"adult"}]`)},
		{"age-with-decimal", "facts.persons[0].age age", form, only(`"age":34.5`)},
		{"age-121", "facts.persons[0].age age", form, only(`"age":121`)},
		{"adult-of-17", "facts.persons[0].age adult-age", form, only(`"age":17`)},
		{"child-of-21", "facts.persons[1].age child-age", form, person(`"role":"child","age":21`)},
		{"lunch-of-an-adult", "facts.persons[0].lunch not-for-adult", form, only(`"age":34,"lunch":"home"`)},
		{"school-of-an-adult-of-21", "facts.persons[0].school not-for-adult", form, only(`"age":21,"school":false`)},
		{"activity-of-a-child", "facts.persons[1].activity not-for-child", form, person(`"role":"child","age":8,"activity":"confirmed"`)},
		{"school-as-text", "facts.persons[1].school type", form, person(`"role":"child","age":18,"school":"yes"`)},
		{"29-february", "facts.persons[1].days days", beyond, facts(`"month":"2026-02","persons":[` + adult + `,{"id":"c1","role":"child","age":8,"days":29}]`)},
		{"no-days", "facts.persons[1].days days", form, person(`"role":"child","age":8,"days":0`)},
		{"601-months-in-row", "facts.persons[0].monthsInRow months-in-row", form, only(`"age":34,"monthsInRow":601`)},
		{"jobbstimulans-to-come", "facts.persons[0].jobbstimulansFrom month-in-future", beyond, only(`"age":34,"jobbstimulansFrom":"2026-04"`)},

		{"community-of-one", "facts.housing.community community-size", beyond, with(`"housing":{"community":1}`)},
		{"51-rooms", "facts.housing.rooms rooms", form, with(`"housing":{"rooms":51}`)},
		{"tenure", "facts.housing.tenure unknown-choice", form, with(`"housing":{"tenure":"castle"}`)},
		{"negative-amount", "facts.costs[0].amount amount-negative", form, cost(`"kind":"rent","amount":-1`)},
		{"three-decimals", "facts.costs[0].amount amount-decimals", form, cost(`"kind":"rent","amount":1.005`)},
		{"exponent", "facts.costs[0].amount number-form", beyond, cost(`"kind":"rent","amount":1e3`)},
		{"amount-too-large", "facts.costs[0].amount amount-too-large", form, cost(`"kind":"rent","amount":10000000.01`)},
		{"amount-as-text", "facts.costs[0].amount type", form, cost(`"kind":"rent","amount":"8500"`)},
		{"amount-null", "facts.costs[0].amount type", form, cost(`"kind":"rent","amount":null`)},
		{"cost-kind", "facts.costs[0].kind unknown-choice", form, cost(`"kind":"boat","amount":1`)},
		{"km-of-rent", "facts.costs[0].km not-for-kind", form, cost(`"kind":"rent","amount":1,"km":3`)},
		{"1001-km", "facts.costs[0].km travel-km", form, cost(`"kind":"workTravel","amount":1,"km":1001`)},
		{"income-of-nobody", "facts.incomes[0].person unknown-person", beyond, income(`"person":"p9","amount":1`)},
		{"income-of-another-month", "facts.incomes[0].month income-month", beyond, income(`"person":"p1","amount":1,"month":"2026-03"`)},
		{"income-without-amount", "facts.incomes[0].amount required", form, income(`"person":"p1"`)},
		{"income-source", "facts.incomes[0].source unknown-choice", form, income(`"person":"p1","amount":1,"source":"hearsay"`)},
		{"circumstance", "facts.circumstances[0] unknown-choice", form, with(`"circumstances":["tired"]`)},

		{"guideline-without-sign-off", "guideline.signedOffBy required", form, guideline(`"status":"signed"`)},
		{"guideline-status", "guideline.status unknown-choice", form, guideline(`"status":"draft"`)},
		{"guideline-range-reversed", "guideline.housing[0].children range", beyond, example(`"housing":[{"label":"a","children":[2,1],"max":1}]`)},
		{"guideline-range-of-one", "guideline.housing[0].children range", form, example(`"housing":[{"label":"a","children":[1],"max":1}]`)},
		{"guideline-row-without-label", "guideline.housing[0].label required", form, example(`"housing":[{"max":1}]`)},
		{"guideline-max-missing", "guideline.costs.electricity.max required", form, example(`"costs":{"electricity":{"rule":"max"}}`)},
		{"guideline-km-of-rent", "guideline.costs.rent not-for-kind", form, example(`"costs":{"rent":{"rule":"beyondKm","beyondKm":5}}`)},
		{"guideline-cost-kind", "guideline.costs.boat unknown-field", form, example(`"costs":{"boat":{"rule":"actual"}}`)},
		{"guideline-divisor", "guideline.dayDivisor unknown-choice", form, example(`"dayDivisor":"31"`)},
		{"guideline-of-another", "facts.municipality guideline-municipality", beyond,
			strings.Replace(example(`"board":"z"`), `"month"`, `"municipality":"4321","month"`, 1)},
		{"guideline-to-come", "facts.month guideline-later", beyond,
			strings.Replace(example(`"board":"z"`), "2026-01", "2026-04", 1)},
	}
	var all []Case
	for _, r := range list {
		all = append(all, Case{Name: "refused-" + r.name, Working: "Must be refused: " + strings.TrimSpace(r.want) + ".", Input: []byte(r.input), Refused: r.want, Beyond: r.beyond})
	}
	return all
}

func facts(members string) string { return `{"facts":{"schema":"skalig/facts/1",` + members + `}}` }

func children(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,{"id":"c%d","role":"child","age":8}`, i)
	}
	return b.String()
}
