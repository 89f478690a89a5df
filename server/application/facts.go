package application

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/skalig/skalig/server/record"
)

// The JSON form of facts; package sol specifies it.
type facts struct {
	Schema        string         `json:"schema"`
	Month         string         `json:"month"`
	Municipality  string         `json:"municipality,omitzero"`
	Persons       []factsPerson  `json:"persons"`
	Housing       *factsHousing  `json:"housing,omitzero"`
	Costs         []factsRow     `json:"costs"`
	Incomes       []factsRow     `json:"incomes"`
	Assets        jsontext.Value `json:"assets,omitzero"`
	Surplus       jsontext.Value `json:"earlierSurplus,omitzero"`
	SurplusMonth  string         `json:"surplusMonth,omitzero"`
	Circumstances []string       `json:"circumstances,omitempty"`
}

type factsPerson struct {
	ID           string         `json:"id"`
	Role         string         `json:"role"`
	Age          int64          `json:"age"`
	Lunch        string         `json:"lunch,omitzero"`
	School       *bool          `json:"school,omitzero"`
	Days         int64          `json:"days,omitzero"`
	Earned       jsontext.Value `json:"earnedThisYear,omitzero"`
	MonthsInRow  *int64         `json:"monthsInRow,omitzero"`
	StimulusFrom string         `json:"jobbstimulansFrom,omitzero"`
	Activity     string         `json:"activity,omitzero"`
}

type factsHousing struct {
	Tenure    string `json:"tenure,omitzero"`
	Rooms     *int64 `json:"rooms,omitzero"`
	Community int64  `json:"community,omitzero"`
	Own       *int64 `json:"ownRooms,omitzero"`
	Shared    *int64 `json:"sharedRooms,omitzero"`
}

type factsRow struct {
	ID     string         `json:"id"`
	Kind   string         `json:"kind"`
	Person string         `json:"person,omitzero"`
	Amount jsontext.Value `json:"amount"`
	Km     *int64         `json:"km,omitzero"`
	Whole  bool           `json:"whole,omitzero"`
	Month  string         `json:"month,omitzero"`
	Source string         `json:"source,omitzero"`
}

// Facts are what the answers say to the engine. Rows without an amount, ended and
// unknown ones among them, are not in it. The answers must have been read without
// a fault; what is wrong all the same the engine says.
func (a *Answers) Facts() ([]byte, error) {
	f := facts{Schema: "skalig/facts/1", Month: a.Month, Municipality: a.Municipality, Costs: []factsRow{}, Incomes: []factsRow{},
		Assets: amount(a.Assets), Surplus: amount(a.Surplus), SurplusMonth: a.SurplusMonth, Circumstances: slices.Clone(a.Special)}
	for _, p := range a.Persons {
		f.Persons = append(f.Persons, p.facts())
	}
	h := a.Housing
	f.Housing = &factsHousing{Tenure: h.Tenure, Rooms: count(h.Rooms)}
	if h.Shared == "yes" {
		if n := count(h.Members); n != nil {
			f.Housing.Community = *n
		}
		if h.Whole == "yes" {
			f.Housing.Own, f.Housing.Shared = count(h.Own), count(h.Common)
		}
	}
	if *f.Housing == (factsHousing{}) {
		f.Housing = nil
	}
	for _, r := range a.Rows {
		value := amount(r.Amount)
		if r.Disputed != "" && !slices.Contains(f.Circumstances, "disputed") {
			f.Circumstances = append(f.Circumstances, "disputed")
		}
		if value == nil || r.Mark == Ended || r.Unknown {
			continue
		}
		row := factsRow{Kind: r.Kind, Person: r.Person, Amount: value}
		if r.Group == "cost" {
			row.ID = "k" + strconv.Itoa(len(f.Costs)+1)
			if r.Kind == "workTravel" {
				row.Km = count(r.Km)
			}
			row.Whole = r.Kind == "rent" && h.Shared == "yes" && h.Whole == "yes"
			f.Costs = append(f.Costs, row)
			continue
		}
		row.ID, row.Source = "i"+strconv.Itoa(len(f.Incomes)+1), "declared"
		row.Person = cmp.Or(row.Person, "p1")
		f.Incomes = append(f.Incomes, row)
	}
	return json.Marshal(f, json.Deterministic(true))
}

func (p Person) facts() factsPerson {
	out := factsPerson{ID: p.ID, Role: "child"}
	if n := count(p.Age); n != nil {
		out.Age = *n
	}
	if p.Adult() {
		out.Role = "adult"
		if p.StimulusFrom != StartUnknown {
			out.StimulusFrom = p.StimulusFrom
		}
		if out.Age <= 20 {
			out.School = p.school()
		}
		switch p.Before {
		case "no":
			out.MonthsInRow = new(int64)
		case "yes":
			out.MonthsInRow = count(p.Months)
		}
		return out
	}
	out.Lunch = p.Lunch
	out.School = p.school()
	if n := count(p.Days); n != nil {
		out.Days = *n
	}
	out.Earned = amount(p.Earned)
	return out
}

// school is the answer, nil where there is none.
func (p Person) school() *bool {
	if p.School == "" {
		return nil
	}
	in := p.School == "yes"
	return &in
}

// From reads facts back as answers, each section of them answered.
func From(text []byte) (Answers, error) {
	var f facts
	if err := json.Unmarshal(text, &f); err != nil {
		return Answers{}, fmt.Errorf("couldn't read facts: %w", err)
	}
	a := Answers{Month: f.Month, Municipality: f.Municipality, Assets: typed(f.Assets), Surplus: typed(f.Surplus), SurplusMonth: f.SurplusMonth}
	for _, c := range f.Circumstances {
		if c != "disputed" {
			a.Special = append(a.Special, c)
		}
	}
	names := map[string]string{}
	children := 0
	for _, p := range f.Persons {
		id := ""
		if p.Role == "adult" {
			a.Adults++
			id = "p" + strconv.Itoa(a.Adults)
		} else {
			children++
			id = "c" + strconv.Itoa(children)
		}
		names[p.ID] = id
		a.Persons = append(a.Persons, p.answers(id))
	}
	a.Children = strconv.Itoa(children)
	if h := f.Housing; h != nil {
		a.Housing = Housing{Tenure: h.Tenure, Rooms: number(h.Rooms), Own: number(h.Own), Common: number(h.Shared), Shared: "no"}
		if h.Community > 0 {
			a.Housing.Shared, a.Housing.Members, a.Housing.Whole = "yes", strconv.FormatInt(h.Community, 10), "no"
		}
	}
	for _, c := range f.Costs {
		if c.Whole {
			a.Housing.Whole = "yes"
		}
		a.add(Row{Group: "cost", Kind: c.Kind, Amount: typed(c.Amount), Km: number(c.Km)})
	}
	for _, i := range f.Incomes {
		a.add(Row{Group: "income", Kind: i.Kind, Person: names[i.Person], Amount: typed(i.Amount)})
	}
	a.Done = []string{"grund", "hushall", "barn", "bostad", "kostnader", "inkomster", "tillgangar"}
	return a, nil
}

func (p factsPerson) answers(id string) Person {
	out := Person{ID: id, Age: strconv.FormatInt(p.Age, 10), Lunch: p.Lunch, StimulusFrom: p.StimulusFrom, Earned: typed(p.Earned)}
	if p.School != nil {
		out.School = map[bool]string{true: "yes", false: "no"}[*p.School]
	}
	if p.Days > 0 {
		out.Days = strconv.FormatInt(p.Days, 10)
	}
	switch {
	case p.Role != "adult":
	case p.MonthsInRow == nil:
		out.Before = "unknown"
	case *p.MonthsInRow == 0:
		out.Before = "no"
	default:
		out.Before, out.Months = "yes", strconv.FormatInt(*p.MonthsInRow, 10)
	}
	return out
}

// add puts a row in its place with an id of its own.
func (a *Answers) add(r Row) {
	base := rowID(r.Group, r.Person, r.Kind)
	r.ID = base
	for n := 2; a.Row(r.ID) != nil; n++ {
		r.ID = base + "-" + strconv.Itoa(n)
	}
	a.Rows = append(a.Rows, r)
}

func rowID(group, person, kind string) string {
	return strings.Join(slices.DeleteFunc([]string{group, person, kind}, func(s string) bool { return s == "" }), "-")
}

// amount is a typed amount in JSON, nil where there is none.
func amount(text string) jsontext.Value {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	ore, ok := Amount(text)
	if !ok {
		return nil
	}
	return jsontext.Value(record.Kronor(ore))
}

// typed is an amount in JSON as it is typed.
func typed(v jsontext.Value) string {
	ore, ok := record.ParseKronor(string(v))
	if !ok {
		return ""
	}
	return Kronor(ore)
}

// count reads a whole number, nil where there is none.
func count(text string) *int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 32)
	if err != nil || n < 0 {
		return nil
	}
	return &n
}

func number(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}
