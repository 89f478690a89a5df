// Package override is what a caseworker changes in a calculation, one typed row at
// a time. Each row says what, why, by which provision and who; the engine then
// computes the household again with the changed facts, whose source is the
// caseworker. No amount is changed in any other way.
//
// The types are a closed list:
//
//	income-set   row, amount            an income is another amount
//	income-drop  row                    an income does not count
//	income-add   kind, person, amount   an income that was not stated
//	cost-set     row, amount            a cost is another amount
//	cost-add     kind, amount           a cost that was not stated
//	months       person, months         months in a row with support before this one
//	activity     person                 the activity duty is met
//	addition     amount                 granted beside the norm and the guideline, for the reason given
//
// An addition does not pass the engine: it is added to what the engine computes.
package override

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/skalig/skalig/server/household"
	"github.com/skalig/skalig/server/record"
)

// A Type says what an override changes.
type Type string

// The types.
const (
	IncomeSet  Type = "income-set"
	IncomeDrop Type = "income-drop"
	IncomeAdd  Type = "income-add"
	CostSet    Type = "cost-set"
	CostAdd    Type = "cost-add"
	Months     Type = "months"
	Activity   Type = "activity"
	Addition   Type = "addition"
)

// Types are all of them, in the order in which they are offered.
var Types = []Type{IncomeSet, IncomeDrop, IncomeAdd, CostSet, CostAdd, Addition, Months, Activity}

// The provisions that an override can rest on.
const (
	right      = "12 kap. 1 § socialtjänstlagen (2025:400)"
	beyond     = "12 kap. 2 § socialtjänstlagen (2025:400)"
	disposal   = "12 kap. 3 § socialtjänstlagen (2025:400)"
	norm       = "12 kap. 7 § socialtjänstlagen (2025:400)"
	incentive  = "12 kap. 8 § socialtjänstlagen (2025:400)"
	youngWages = "12 kap. 9 § socialtjänstlagen (2025:400)"
	inquiry    = "23 § förvaltningslagen (2017:900)" // stands in older rows; it supports an inquiry, not an amount
)

// Grounds are all that are offered.
var Grounds = []string{right, beyond, disposal, norm, incentive, youngWages}

var grounds = map[Type][]string{
	IncomeSet:  {right, incentive, youngWages},
	IncomeDrop: {right, incentive, youngWages},
	IncomeAdd:  {right, incentive, youngWages},
	CostSet:    {right, norm},
	CostAdd:    {right, norm},
	Months:     {disposal, incentive},
	Activity:   {disposal},
	Addition:   {right, beyond, norm},
}

// Of are the grounds that a type can rest on.
func Of(t Type) []string { return grounds[t] }

// An Override is one typed row.
type Override struct {
	Type   Type          `json:"type"`
	Row    string        `json:"row,omitzero"` // id in the facts
	Kind   string        `json:"kind,omitzero"`
	Person string        `json:"person,omitzero"`
	Amount household.Ore `json:"amount,omitzero"`
	Months int           `json:"months,omitzero"`
	Reason string        `json:"reason"`
	Ground string        `json:"ground"`
	Name   string        `json:"name"`      // who
	Effect int64         `json:"effectOre"` // on what is granted, in öre, as it was shown before saving
}

// ErrIncomplete says that an override lacks what its type needs.
var ErrIncomplete = errors.New("the override lacks its row, kind, person, reason, ground or author")

// ErrRow says that an override names what is not in the facts.
var ErrRow = errors.New("the override names what is not in the facts")

// Valid says whether the override has what its type needs.
func (o *Override) Valid() error {
	ok := slices.Contains(Types, o.Type) && strings.TrimSpace(o.Reason) != "" && (slices.Contains(Grounds, o.Ground) || o.Ground == inquiry) && o.Name != "" &&
		utf8.ValidString(o.Row+o.Kind+o.Person+o.Reason+o.Name)
	switch o.Type {
	case IncomeSet, CostSet:
		ok = ok && o.Row != "" && o.Amount >= 0
	case IncomeDrop:
		ok = ok && o.Row != ""
	case IncomeAdd:
		ok = ok && o.Kind != "" && o.Person != "" && o.Amount > 0
	case CostAdd:
		ok = ok && o.Kind != "" && o.Amount > 0
	case Addition:
		ok = ok && o.Amount > 0
	case Months:
		ok = ok && o.Person != "" && o.Months >= 0 && o.Months < 1200
	case Activity:
		ok = ok && o.Person != ""
	}
	if !ok {
		return ErrIncomplete
	}
	return nil
}

// document is facts with their members as they stand.
type (
	object   = map[string]jsontext.Value
	document struct {
		all                     object
		persons, costs, incomes []object
	}
)

// Apply makes the changes in canonical facts, and sums the additions. month is
// that of the incomes. What comes out is not canonical: the engine makes it so.
func Apply(facts []byte, month string, all []Override) (changed []byte, additions household.Ore, err error) {
	var d document
	if err := d.read(facts); err != nil {
		return nil, 0, err
	}
	for i := range all {
		o := &all[i]
		if err := o.Valid(); err != nil {
			return nil, 0, err
		}
		if o.Type == Addition {
			additions += o.Amount
			continue
		}
		if err := d.apply(o, month, i); err != nil {
			return nil, 0, err
		}
	}
	changed, err = d.write()
	return changed, additions, err
}

func (d *document) apply(o *Override, month string, n int) error {
	amount := jsontext.Value(record.Kronor(int64(o.Amount)))
	switch o.Type {
	case IncomeSet, IncomeDrop:
		i := find(d.incomes, o.Row)
		if i < 0 {
			return ErrRow
		}
		if o.Type == IncomeDrop {
			d.incomes = slices.Delete(d.incomes, i, i+1)
			return nil
		}
		d.incomes[i]["amount"], d.incomes[i]["source"] = amount, text("caseworker")
	case IncomeAdd:
		if find(d.persons, o.Person) < 0 {
			return ErrRow
		}
		d.incomes = append(d.incomes, object{"id": text(fmt.Sprintf("h%d", n)), "kind": text(o.Kind), "person": text(o.Person),
			"amount": amount, "month": text(month), "source": text("caseworker")})
	case CostSet:
		i := find(d.costs, o.Row)
		if i < 0 {
			return ErrRow
		}
		d.costs[i]["amount"] = amount
	case CostAdd:
		d.costs = append(d.costs, object{"id": text(fmt.Sprintf("h%d", n)), "kind": text(o.Kind), "amount": amount})
	case Months, Activity:
		i := find(d.persons, o.Person)
		if i < 0 {
			return ErrRow
		}
		if o.Type == Months {
			d.persons[i]["monthsInRow"] = jsontext.Value(fmt.Sprint(o.Months))
		} else {
			d.persons[i]["activity"] = text("confirmed")
		}
	}
	return nil
}

func find(rows []object, id string) int {
	return slices.IndexFunc(rows, func(r object) bool { return string(r["id"]) == string(text(id)) })
}

func text(s string) jsontext.Value {
	b, err := json.Marshal(s)
	if err != nil {
		return jsontext.Value(`""`) // not UTF-8: no row has such an id, and the engine refuses the kind
	}
	return b
}

func (d *document) read(facts []byte) error {
	err := json.Unmarshal(facts, &d.all)
	for name, to := range map[string]*[]object{"persons": &d.persons, "costs": &d.costs, "incomes": &d.incomes} {
		if err == nil && d.all[name] != nil {
			err = json.Unmarshal(d.all[name], to)
		}
	}
	if err != nil {
		return errors.New("couldn't read facts")
	}
	return nil
}

func (d *document) write() ([]byte, error) {
	for name, from := range map[string][]object{"persons": d.persons, "costs": d.costs, "incomes": d.incomes} {
		if from == nil && d.all[name] == nil {
			continue
		}
		if from == nil {
			from = []object{}
		}
		b, err := json.Marshal(from, json.Deterministic(true))
		if err != nil {
			return nil, err
		}
		d.all[name] = b
	}
	return json.Marshal(d.all, json.Deterministic(true))
}
