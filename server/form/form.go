// Package form reads the calculator's form as a browser without script sends it.
//
// The controls are those of the page's template "form", named as there; what
// the page's script makes of them is what Read makes of them:
//
//	manad, kommun            month and municipality
//	vuxna                    1 or 2; the second adult is read only when 2
//	p1-age, p1-before …      an adult; -before is no, yes or unknown
//	c1-age, c1-lunch …       a child; a card without an age is no child
//	gemenskap, community     whether the home is shared, and by how many
//	tenure, rooms, hela …    the home
//	rent, p1-wage …          amounts, as people write them; NAME-okand=ja: not known
//	om-property …            what only a person can judge
//
// Anything else is left out. What is read is skalig/facts/1 as it was answered:
// an amount that is not known has no amount, and the engine judges the rest.
package form

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/skalig/skalig/site"
	"github.com/skalig/skalig/wasm/contract"
)

// A Reading is what a form says.
type Reading struct {
	Values   map[string]string // what stood in the controls, to show again
	Children []string          // the ids of the cards
	Facts    []byte            // skalig/facts/1; unknown amounts are left out
	Filled   []byte            // the same with 0 for them
	Unknown  []string          // their rows: "costs[0]"
	Controls map[string]string // the control that a path in the facts was read from
	Faults   []Fault
}

// A Fault is a control that cannot be read. Code is engine.AmountForm and its
// like for an amount, and "count" for a number.
type Fault struct{ Control, Code string }

// maxChildren and maxValue bound what is shown again.
const (
	maxChildren = 50
	maxValue    = 100
)

var childAge = regexp.MustCompile(`^c([1-9]\d?)-age$`)

// Read reads a form that was posted.
func Read(posted url.Values) *Reading {
	r := &reader{posted: posted, out: &Reading{Values: map[string]string{}, Controls: map[string]string{}}}
	for name := range posted {
		if v := posted.Get(name); len(v) <= maxValue && len(name) <= maxValue {
			r.out.Values[name] = v
		}
		if m := childAge.FindStringSubmatch(name); m != nil {
			if n, _ := strconv.Atoi(m[1]); n <= maxChildren {
				r.out.Children = append(r.out.Children, "c"+m[1])
			}
		}
	}
	slices.SortFunc(r.out.Children, func(a, b string) int { return len(a)*1000 - len(b)*1000 + strings.Compare(a, b) })
	f := r.facts()
	r.out.Facts, _ = json.Marshal(f) // strings, numbers and values that the engine wrote
	for i := range f.Costs {
		if f.Costs[i].Amount == nil {
			f.Costs[i].Amount = jsontext.Value("0")
		}
	}
	for i := range f.Incomes {
		if f.Incomes[i].Amount == nil {
			f.Incomes[i].Amount = jsontext.Value("0")
		}
	}
	r.out.Filled, _ = json.Marshal(f)
	return r.out
}

type facts struct {
	Schema         string         `json:"schema"`
	Month          string         `json:"month"`
	Municipality   string         `json:"municipality"`
	Persons        []person       `json:"persons"`
	Housing        housing        `json:"housing"`
	Costs          []row          `json:"costs"`
	Incomes        []row          `json:"incomes"`
	Assets         jsontext.Value `json:"assets,omitzero"`
	EarlierSurplus jsontext.Value `json:"earlierSurplus,omitzero"`
	Circumstances  []string       `json:"circumstances"`
}

type person struct {
	ID                string         `json:"id"`
	Role              string         `json:"role"`
	Age               *int           `json:"age,omitzero"`
	Lunch             string         `json:"lunch,omitzero"`
	School            *bool          `json:"school,omitzero"`
	Days              *int           `json:"days,omitzero"`
	EarnedThisYear    jsontext.Value `json:"earnedThisYear,omitzero"`
	MonthsInRow       *int           `json:"monthsInRow,omitzero"`
	JobbstimulansFrom string         `json:"jobbstimulansFrom,omitzero"`
}

type housing struct {
	Tenure      string `json:"tenure,omitzero"`
	Rooms       *int   `json:"rooms,omitzero"`
	Community   *int   `json:"community,omitzero"`
	OwnRooms    *int   `json:"ownRooms,omitzero"`
	SharedRooms *int   `json:"sharedRooms,omitzero"`
}

type row struct {
	ID     string         `json:"id"`
	Kind   string         `json:"kind"`
	Person string         `json:"person,omitzero"`
	Amount jsontext.Value `json:"amount,omitzero"`
	Km     *int           `json:"km,omitzero"`
	Whole  bool           `json:"whole,omitzero"`
	Source string         `json:"source,omitzero"`
}

type reader struct {
	posted url.Values
	out    *Reading
}

func (r *reader) value(name string) string { return strings.TrimSpace(r.posted.Get(name)) }

func (r *reader) ticked(name string) bool { return r.posted.Get(name) == "ja" }

func (r *reader) from(control, path string) { r.out.Controls[path] = control }

func (r *reader) fault(control, code string) {
	r.out.Faults = append(r.out.Faults, Fault{control, code})
}

var whole = regexp.MustCompile(`^\d{1,4}$`)

var years = regexp.MustCompile(`(?i) *år$`)

// count reads a whole number; its bounds are the engine's to judge.
func (r *reader) count(control, path string) *int {
	r.from(control, path)
	text := years.ReplaceAllString(r.value(control), "") // an age as it is said
	if text == "" {
		return nil
	}
	if !whole.MatchString(text) {
		r.fault(control, "count")
		return nil
	}
	n, _ := strconv.Atoi(text)
	return &n
}

// amount reads an amount by the engine's own reader; nil where none is written
// or none can be read.
func (r *reader) amount(control string) jsontext.Value {
	text := r.value(control)
	if text == "" {
		return nil
	}
	var a struct {
		Amount jsontext.Value          `json:"amount"`
		Errors []struct{ Code string } `json:"errors"`
	}
	if err := json.Unmarshal(contract.Amount([]byte(text)), &a, json.MatchCaseInsensitiveNames(true)); err != nil || len(a.Errors) > 0 {
		code := "amount-form"
		if len(a.Errors) > 0 {
			code = a.Errors[0].Code
		}
		r.fault(control, code)
		return nil
	}
	return a.Amount
}

func (r *reader) facts() *facts {
	f := &facts{Schema: "skalig/facts/1", Month: r.value("manad"), Municipality: r.value("kommun"),
		Persons: []person{}, Costs: []row{}, Incomes: []row{}, Circumstances: []string{}}
	r.from("manad", "month")
	r.from("kommun", "municipality")
	couple := r.value("vuxna") == "2"
	r.adult(f, "p1")
	if couple {
		r.adult(f, "p2")
	}
	children := r.children(f)
	r.home(f)
	for _, kind := range slices.Concat(site.HousingCosts, site.WorkCosts) {
		r.cost(f, kind)
	}
	for _, group := range site.AdultIncomes {
		for _, p := range []string{"p1", "p2"} {
			for _, kind := range group.Kinds {
				if p == "p1" || couple {
					r.income(f, p+"-"+kind, kind, p, false)
				}
			}
		}
	}
	for _, kind := range site.HouseholdIncomes {
		if kind == "housingBenefit" || len(children) > 0 {
			r.income(f, "p1-"+kind, kind, "p1", false)
		}
	}
	r.from("assets", "assets")
	r.from("earlierSurplus", "earlierSurplus")
	f.Assets, f.EarlierSurplus = r.amount("assets"), r.amount("earlierSurplus")
	for _, c := range site.Circumstances {
		if r.ticked("om-" + c) {
			r.from("om-"+c, at("circumstances", len(f.Circumstances)))
			f.Circumstances = append(f.Circumstances, c)
		}
	}
	return f
}

func (r *reader) adult(f *facts, id string) {
	path := at("persons", len(f.Persons))
	p := person{ID: id, Role: "adult", Age: r.count(id+"-age", path+".age")}
	switch r.value(id + "-before") {
	case "no":
		p.MonthsInRow = new(int)
		r.from(id+"-before-no", path+".monthsInRow")
	case "yes":
		p.MonthsInRow = r.count(id+"-months", path+".monthsInRow")
	default:
		r.from(id+"-before-no", path+".monthsInRow")
	}
	r.from(id+"-from", path+".jobbstimulansFrom")
	p.JobbstimulansFrom = r.value(id + "-from")
	r.from(id+"-school-yes", path+".school")
	if p.Age != nil && 18 <= *p.Age && *p.Age <= 20 {
		p.School = r.school(id)
	}
	f.Persons = append(f.Persons, p)
}

// school is the answer, nil where it is not known.
func (r *reader) school(id string) *bool {
	v := r.value(id + "-school")
	if v != "yes" && v != "no" {
		return nil
	}
	yes := v == "yes"
	return &yes
}

// children reads the cards that have an age, and their wages.
func (r *reader) children(f *facts) []string {
	var ids []string
	for _, id := range r.out.Children {
		if r.value(id+"-age") == "" {
			continue
		}
		ids = append(ids, id)
		path := at("persons", len(f.Persons))
		p := person{ID: id, Role: "child", Age: r.count(id+"-age", path+".age"), Days: r.count(id+"-days", path+".days")}
		age := -1
		if p.Age != nil {
			age = *p.Age
		}
		r.from(id+"-lunch-away", path+".lunch")
		r.from(id+"-school-yes", path+".school")
		if v := r.value(id + "-lunch"); 0 <= age && age <= 6 && (v == "home" || v == "away") {
			p.Lunch = v
		}
		if age >= 18 {
			p.School = r.school(id)
		}
		works := age > 6 && r.ticked(id+"-works")
		if works {
			r.from(id+"-earned", path+".earnedThisYear")
			p.EarnedThisYear = r.amount(id + "-earned")
		}
		f.Persons = append(f.Persons, p)
		if works {
			r.income(f, id+"-wage", "wage", id, true)
		}
	}
	return ids
}

func (r *reader) home(f *facts) {
	h := &f.Housing
	h.Tenure = r.value("tenure")
	r.from("tenure", "housing.tenure")
	h.Rooms = r.count("rooms", "housing.rooms")
	if r.value("gemenskap") != "ja" {
		return
	}
	if h.Community = r.count("community", "housing.community"); h.Community == nil && r.value("community") == "" {
		r.fault("community", "missing")
	}
	h.OwnRooms, h.SharedRooms = r.count("ownRooms", "housing.ownRooms"), r.count("sharedRooms", "housing.sharedRooms")
}

func (r *reader) cost(f *facts, kind string) {
	amount := r.amount(kind)
	if amount == nil && !r.ticked(kind+"-okand") {
		return
	}
	path := at("costs", len(f.Costs))
	c := row{ID: "k" + strconv.Itoa(len(f.Costs)+1), Kind: kind, Amount: amount}
	r.row(kind, path, amount)
	if kind == "workTravel" {
		c.Km = r.count("km", path+".km")
	}
	if kind == "rent" && r.value("gemenskap") == "ja" {
		switch r.value("hela") {
		case "ja":
			c.Whole = true
		case "nej":
		default:
			r.fault("hela-ja", "missing")
		}
	}
	f.Costs = append(f.Costs, c)
}

// income adds what a control says. One that must be filled in is in the facts
// without an amount, for the engine to ask about.
func (r *reader) income(f *facts, control, kind, person string, must bool) {
	amount := r.amount(control)
	if amount == nil && !must && !r.ticked(control+"-okand") {
		return
	}
	r.row(control, at("incomes", len(f.Incomes)), amount)
	f.Incomes = append(f.Incomes, row{ID: "i" + strconv.Itoa(len(f.Incomes)+1), Kind: kind, Person: person, Amount: amount, Source: "declared"})
}

func (r *reader) row(control, path string, amount jsontext.Value) {
	if amount != nil {
		r.from(control, path)
		return
	}
	r.from(control, path+".amount")
	r.out.Unknown = append(r.out.Unknown, path)
}

func at(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }
