package site

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"
)

// The amounts that the calculator asks for, in the order they are shown. The kinds are those of the engine's facts.
var (
	HousingCosts     = []string{"rent", "electricity", "homeInsurance"}
	WorkCosts        = []string{"unemploymentFund", "unionFee", "workTravel"}
	HouseholdIncomes = []string{"housingBenefit", "childBenefit", "childSupplement", "maintenance"}
	Circumstances    = []string{"selfEmployed", "property", "specialReasons", "beyondRight"}
	Sums             = []string{"assets", "earlierSurplus"}

	// AdultIncomes are asked for in groups, a question each.
	AdultIncomes = []IncomeGroup{
		{"lon", []string{"wage"}},
		{"ersattning", []string{"unemploymentBenefit", "activityGrant", "sicknessBenefit", "parentalBenefit"}},
		{"pension", []string{"pension", "studentAid"}},
		{"annat", []string{"taxRefund", "other", "grant", "disabilityCosts", "studySupplement"}},
	}
)

// IncomeGroup is one question about an adult's incomes.
type IncomeGroup struct {
	Name  string
	Kinds []string
}

// hinted are the amounts whose label needs a sentence more: their hint's key is the label's and ".hint".
var hinted = map[string]bool{"rent": true, "wage": true, "other": true, "assets": true, "earlierSurplus": true, "housingBenefit": true, "workTravel": true}

// Form is what stands in the calculator's form when it is rendered. The public page renders an empty one, which its script fills in; the
// page that the server answers renders what was sent. Names are those of the form's controls.
type Form struct {
	Server   bool              // without script: everything shows, and the server reads it
	Months   []string          // that can be chosen, newest first
	Places   []Place           // that can be chosen
	Children []string          // the ids of the children's cards, c1 and on
	Values   map[string]string // by name: what was written or chosen
	Errors   map[string]string // by id of the control
}

// Place is a municipality in the list.
type Place struct {
	Code, Name string
	Known      bool // has a guideline here
}

// NewForm returns an empty form: what is chosen beforehand is the month, the first municipality, one adult and a home that is not shared.
func NewForm(month string, months []string, places []Place) *Form {
	f := &Form{Months: months, Places: places, Values: map[string]string{"manad": month, "vuxna": "1", "gemenskap": "nej", "tenure": "rent"}}
	if len(places) > 0 {
		f.Values["kommun"] = places[0].Code
	}
	return f
}

// Value is what stands in the control of the name.
func (f *Form) Value(name string) string { return f.Values[name] }

// Chosen says whether the value is chosen among the controls of the name.
func (f *Form) Chosen(name, value string) bool { return f.Values[name] == value }

// field is one control with its label: Group is cost, income or sum for an amount, Kind the engine's name for it, Person whose income it is.
type field struct {
	*Form
	Group, Kind, Person, ID, Key, Hint string
	Children                           bool // asked only where there are children
	Unknown                            bool // "Jag vet inte" is an answer
}

// Error is what is wrong with what stands in the field.
func (f field) Error() string { return f.Errors[f.ID] }

func moneyField(form *Form, group, kind, person string) field {
	m := field{Form: form, Group: group, Kind: kind, Person: person, ID: kind, Key: "rakna." + group + "." + kind, Unknown: group != "sum"}
	if person != "" {
		m.ID = person + "-" + kind
	}
	m.Children = kind == "childBenefit" || kind == "childSupplement" || kind == "maintenance"
	switch {
	case hinted[kind]:
		m.Hint = m.Key + ".hint"
	case kind == "disabilityCosts", kind == "studySupplement":
		m.Hint = "rakna.income.uncounted"
	}
	return m
}

// numberField is a field for a whole number; hint may be "".
func numberField(form *Form, id, key, hint string) field {
	return field{Form: form, ID: id, Key: key, Hint: hint}
}

// choice is one of the answers to a question: a radio button, or a box to tick.
type choice struct {
	*Form
	Type, Name, Value, ID, Key string
}

func radio(form *Form, name, value, key string) choice {
	return choice{form, "radio", name, value, name + "-" + value, key}
}

func box(form *Form, name, key string) choice {
	return choice{form, "checkbox", name, "ja", name, key}
}

func (c choice) On() bool { return c.Chosen(c.Name, c.Value) }

// person is a part of the form about somebody.
type person struct {
	*Form
	ID     string // p1, p2, c1 …
	Number int
	Group  IncomeGroup
}

func list[T any](of []T) func() []T { return func() []T { return of } }

// LabelOf is the key of the words that name a control.
func LabelOf(id string) string {
	name := id
	if i := strings.IndexByte(id, '-'); i > 0 && id[0] == 'p' {
		name = id[i+1:]
	}
	switch {
	case strings.HasSuffix(id, "-age") && id[0] == 'p':
		return "rakna.age." + map[bool]string{true: "you", false: "partner"}[id == "p1-age"]
	case strings.HasSuffix(id, "-before-no"):
		return "rakna.before." + map[bool]string{true: "you", false: "partner"}[id == "p1-before-no"]
	case id == "hela-ja":
		return "rakna.whole"
	case id == "community":
		return "rakna.community.members"
	case id == "ownRooms":
		return "rakna.rooms.own"
	case id == "sharedRooms":
		return "rakna.rooms.shared"
	case id[0] == 'c' && strings.HasSuffix(id, "-wage"), id[0] == 'c' && strings.HasSuffix(id, "-earned"):
		return "rakna.child." + id[strings.IndexByte(id, '-')+1:] + ".before"
	case id[0] == 'c' && strings.Contains(id, "-"):
		return "rakna.child." + id[strings.IndexByte(id, '-')+1:]
	case slices.Contains(HousingCosts, id), slices.Contains(WorkCosts, id):
		return "rakna.cost." + id
	case slices.Contains(Sums, id):
		return "rakna.sum." + id
	case slices.Contains(HouseholdIncomes, name), slices.ContainsFunc(AdultIncomes, func(g IncomeGroup) bool { return slices.Contains(g.Kinds, name) }):
		return "rakna.income." + name
	}
	return "rakna." + name
}

// monthsBefore returns n months, the given one and those before it.
func monthsBefore(month string, n int) ([]string, error) {
	from, err := time.Parse("2006-01", month)
	if err != nil {
		return nil, fmt.Errorf("couldn't count months: not of the form 2026-11")
	}
	all := make([]string, n)
	for i := range all {
		all[i] = from.AddDate(0, -i, 0).Format("2006-01")
	}
	return all, nil
}

// fieldFuncs give the calculator's template its fields.
var fieldFuncs = template.FuncMap{
	"money":            moneyField,
	"number":           numberField,
	"radio":            radio,
	"box":              box,
	"person":           func(f *Form, id string, n int) person { return person{Form: f, ID: id, Number: n} },
	"earner":           func(f *Form, id string, n int, g IncomeGroup) person { return person{f, id, n, g} },
	"housingCosts":     list(HousingCosts),
	"workCosts":        list(WorkCosts),
	"incomes":          list(AdultIncomes),
	"householdIncomes": list(HouseholdIncomes),
	"circumstances":    list(Circumstances),
	"sums":             list(Sums),
	"form":             Calculator.Form,
	"before":           monthsBefore,
	"waterfall":        waterfall,
	"plus":             func(a, b int) int { return a + b },
}
