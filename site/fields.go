package site

import "html/template"

// The amounts that the calculator asks for, in the order they are shown. The kinds are those of the engine's facts.
var (
	housingCosts     = []string{"rent", "electricity", "homeInsurance"}
	workCosts        = []string{"unemploymentFund", "unionFee", "workTravel"}
	adultIncomes     = []string{"wage", "unemploymentBenefit", "activityGrant", "sicknessBenefit", "parentalBenefit", "pension", "studentAid", "taxRefund", "other"}
	householdIncomes = []string{"housingBenefit", "childBenefit", "childSupplement", "maintenance"}
	circumstances    = []string{"selfEmployed", "property", "specialReasons", "beyondRight"}
)

// hinted are the amounts whose label needs a sentence more: their hint's key is the label's and ".hint".
var hinted = map[string]bool{"rent": true, "wage": true, "other": true, "assets": true, "earlierSurplus": true, "housingBenefit": true, "workTravel": true}

// money is one amount field: Group is cost, income or sum, Kind the engine's name for it, Person whose income it is.
type money struct {
	Group, Kind, Person, ID, Key, Hint string
	Children                           bool // asked only where there are children
}

func moneyField(group, kind, person string) money {
	m := money{Group: group, Kind: kind, Person: person, ID: kind, Key: "rakna." + group + "." + kind}
	if person != "" {
		m.ID = person + "-" + kind
	}
	m.Children = kind == "childBenefit" || kind == "childSupplement" || kind == "maintenance"
	if hinted[kind] {
		m.Hint = m.Key + ".hint"
	}
	return m
}

func list(of []string) func() []string { return func() []string { return of } }

// fieldFuncs give the calculator's template its fields.
var fieldFuncs = template.FuncMap{
	"money":            moneyField,
	"housingCosts":     list(housingCosts),
	"workCosts":        list(workCosts),
	"incomes":          list(adultIncomes),
	"householdIncomes": list(householdIncomes),
	"circumstances":    list(circumstances),
}
