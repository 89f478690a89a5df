package household

import (
	"errors"
	"slices"

	"github.com/go-json-experiment/json"
)

// A Code names a kind of warning.
type Code string

// The closed list of warnings.
const (
	NewIncome        Code = "new-income"
	DroppedIncome    Code = "dropped-income"
	IncomeChanged    Code = "income-changed"
	HouseholdChanged Code = "household-changed"
	HousingChanged   Code = "housing-changed"
	NewCost          Code = "new-cost"
	CostRaised       Code = "cost-raised"
	CapHit           Code = "cap-hit"
	RegisterSilent   Code = "register-silent"
	RegisterDiffers  Code = "register-differs"
	CompletionOpen   Code = "completion-open" // what was asked for has not come
)

// Codes are all of them.
var Codes = []Code{NewIncome, DroppedIncome, IncomeChanged, HouseholdChanged, HousingChanged, NewCost, CostRaised, CapHit, RegisterSilent, RegisterDiffers, CompletionOpen}

// Tolerance is by how many per cent an income changes, or a cost rises, before it is a
// warning.
const Tolerance = 12

// A Warning says what is not as it was.
type Warning struct {
	Code   Code
	Kind   string // of the income or cost, or the agency, or the day until which something is awaited, or empty
	Person string // whose income
	Before Ore
	After  Ore
}

// Key names a warning in its case, for the note that acknowledges it.
func (w Warning) Key() string {
	key := string(w.Code)
	for _, part := range []string{w.Kind, w.Person} {
		if part != "" {
			key += "." + part
		}
	}
	return key
}

// Compare says what differs from what was decided before.
func Compare(before, after *Facts) []Warning { return compare(before, after, Tolerance) }

func compare(before, after *Facts, percent int64) []Warning {
	var out []Warning
	was, wasSums := before.streams()
	is, isSums := after.streams()
	for _, s := range is {
		old, there := wasSums[s]
		switch now := isSums[s]; {
		case !there:
			out = append(out, Warning{NewIncome, s.kind, s.person, 0, now})
		case beyond(old, now, percent):
			out = append(out, Warning{IncomeChanged, s.kind, s.person, old, now})
		}
	}
	for _, s := range was {
		if _, there := isSums[s]; !there {
			out = append(out, Warning{DroppedIncome, s.kind, s.person, wasSums[s], 0})
		}
	}
	if !sameHousehold(before, after) || !sameLife(before, after) {
		out = append(out, Warning{Code: HouseholdChanged})
	}
	if rentWas, rentIs := before.cost("rent"), after.cost("rent"); rentWas != rentIs || !sameHousing(before, after) {
		out = append(out, Warning{HousingChanged, "rent", "", rentWas, rentIs})
	}
	return append(out, compareCosts(before, after)...)
}

// compareCosts looks at all costs but the rent, of which any change is one of housing.
func compareCosts(before, after *Facts) (out []Warning) {
	for _, kind := range after.kinds() {
		was, is := before.cost(kind), after.cost(kind)
		switch {
		case kind == "rent" || is == 0:
		case was == 0:
			out = append(out, Warning{NewCost, kind, "", 0, is})
		case is > was && beyond(was, is, Tolerance):
			out = append(out, Warning{CostRaised, kind, "", was, is})
		}
	}
	return out
}

// beyond holds when an amount changed by more than so many per cent of what it was.
func beyond(was, is Ore, percent int64) bool {
	return 100*max(is-was, was-is) > Ore(percent)*was
}

func sameHousehold(a, b *Facts) bool {
	if a.Adults() != b.Adults() || a.Children() != b.Children() {
		return false
	}
	days := map[string]int{}
	for _, p := range a.Persons {
		days[p.ID] = deref(p.Days)
	}
	for _, p := range b.Persons {
		if was, ok := days[p.ID]; !ok || was != deref(p.Days) {
			return false
		}
	}
	return true
}

// sameLife says whether those who are in both households are as much older as time has
// gone, and children eat lunch and go to school as they did, where that is asked of their
// age. Either adult may be the first, so adults are compared by age.
func sameLife(before, after *Facts) bool {
	months := apart(before.Month, after.Month)
	was := map[string]Person{}
	var then, now []int
	pupils := 0
	for _, p := range before.Persons {
		if was[p.ID] = p; p.Role == "adult" {
			then = append(then, p.Age)
			pupils += pupil(p)
		}
	}
	for _, p := range after.Persons {
		old, ok := was[p.ID]
		switch {
		case p.Role == "adult":
			now = append(now, p.Age)
			pupils -= pupil(p)
		case !ok:
		case !older(old.Age, p.Age, months), p.Age < lunchBelow && old.Lunch != p.Lunch, p.Age >= schoolFrom && pupil(old) != pupil(p):
			return false
		}
	}
	slices.Sort(then)
	slices.Sort(now)
	for i := range min(len(then), len(now)) {
		if len(then) == len(now) && !older(then[i], now[i], months) {
			return false
		}
	}
	return pupils == 0
}

const (
	lunchBelow = 7  // years
	schoolFrom = 18 // years
)

func pupil(p Person) int {
	if p.School != nil && *p.School {
		return 1
	}
	return 0
}

// older says whether somebody can have grown from one age to another in so many months.
func older(was, is, months int) bool {
	return is-was >= months/12 && is-was <= (months+11)/12
}

func sameHousing(a, b *Facts) bool {
	return a.Housing.Tenure == b.Housing.Tenure && deref(a.Housing.Rooms) == deref(b.Housing.Rooms) && deref(a.Housing.Community) == deref(b.Housing.Community)
}

// deref gives −1 for what was not said.
func deref(n *int) int {
	if n == nil {
		return -1
	}
	return *n
}

// step is a step of the engine's trace.
type step struct {
	Rule    string `json:"rule"`
	Branch  string `json:"branch"`
	Subject string `json:"subject"`
	Value   Ore    `json:"value"`
	Steps   []step `json:"steps"`
}

// A Line is what the engine counted of one cost, or of one person's income of a kind.
type Line struct {
	Cost   bool
	Kind   string
	Person string // of an income
	Value  Ore
	Cut    bool // a cost that was not approved as applied for
}

// Lines are the costs and incomes in the engine's canonical result.
func Lines(result []byte) ([]Line, error) {
	var r struct {
		Trace step `json:"trace"`
	}
	if err := json.Unmarshal(result, &r); err != nil {
		return nil, errors.New("couldn't read a result")
	}
	var out []Line
	var walk func(s *step)
	walk = func(s *step) {
		switch s.Rule {
		case "cost":
			out = append(out, Line{true, s.Subject, "", s.Value, s.Branch != "within-limit" && s.Branch != "actual"})
		case "income":
			out = append(out, Line{false, s.Branch, s.Subject, s.Value, false})
		}
		for i := range s.Steps {
			walk(&s.Steps[i])
		}
	}
	walk(&r.Trace)
	return out, nil
}

// Caps gives a warning for each cost that was not approved as applied for,
// from the engine's canonical result.
func Caps(result []byte, applied *Facts) ([]Warning, error) {
	lines, err := Lines(result)
	if err != nil {
		return nil, err
	}
	var out []Warning
	for _, l := range lines {
		if l.Cost && l.Cut && l.Value < applied.cost(l.Kind) {
			out = append(out, Warning{CapHit, l.Kind, "", applied.cost(l.Kind), l.Value})
		}
	}
	return out, nil
}
