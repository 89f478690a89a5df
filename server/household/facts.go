// Package household compares what a household applies for with what was decided
// for it before, and with the bounds that a caseworker has set for it.
//
// A Warning says that something is not as it was. It draws a caseworker's eye and
// sends a renewal to a human; it says nothing about why, suspects nobody, and
// changes no amount. The list of warnings is closed:
//
//	new-income         an income of a kind that the person did not have
//	dropped-income     an income that is no longer there
//	income-changed     an income that changed by more than 12 per cent
//	household-changed  other persons, an age that no birthday explains, another
//	                   lunch, school or other days of a child
//	housing-changed    another kind of home, other rooms, another rent
//	new-cost           a cost of a kind that was not applied for
//	cost-raised        a cost but the rent that is more than 12 per cent higher
//	cap-hit            a cost above what the guideline approves
//	register-silent    an agency that has not answered
//	register-differs   an agency that shows more than was declared
//
// # Bounds
//
// A caseworker may set bounds for a household: how long they hold, who belongs to
// it, the highest rent, and by how many per cent an income may change. While they
// hold, what lies inside them is no warning to the machine, and anything outside
// goes to a human, a new or raised cost and an unlikely age among it. Bounds never change an amount either.
//
// The package is pure: facts and result come in as the engine's canonical bytes.
package household

import (
	"errors"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/server/record"
)

// Ore is an amount in öre; in JSON it is a number of kronor in canonical form.
type Ore int64

// Ore is for templates: {{kronor .Amount.Ore}}.
func (o Ore) Ore() int64 { return int64(o) }

// UnmarshalJSON reads the engine's canonical form.
func (o *Ore) UnmarshalJSON(b []byte) error {
	ore, ok := record.ParseKronor(string(b))
	if !ok {
		return errors.New("not an amount in canonical form")
	}
	*o = Ore(ore)
	return nil
}

// MarshalJSON writes the engine's canonical form.
func (o Ore) MarshalJSON() ([]byte, error) { return []byte(record.Kronor(int64(o))), nil }

// A Person is what is compared of a member of the household.
type Person struct {
	ID           string `json:"id"`
	Role         string `json:"role"`
	Age          int    `json:"age"`
	Lunch        string `json:"lunch"`
	School       *bool  `json:"school"`
	Days         *int   `json:"days"`
	MonthsInRow  *int   `json:"monthsInRow"`
	StimulusFrom string `json:"jobbstimulansFrom"`
}

// Facts are the parts of the engine's facts that are compared.
type Facts struct {
	Month   string   `json:"month"`
	Persons []Person `json:"persons"`
	Housing struct {
		Tenure    string `json:"tenure"`
		Rooms     *int   `json:"rooms"`
		Community *int   `json:"community"`
	} `json:"housing"`
	Costs []struct {
		Kind   string `json:"kind"`
		Amount Ore    `json:"amount"`
	} `json:"costs"`
	Incomes []struct {
		Kind   string `json:"kind"`
		Person string `json:"person"`
		Amount Ore    `json:"amount"`
	} `json:"incomes"`
}

var errFacts = errors.New("couldn't read facts") // what json says of them may quote them

// Parse reads canonical facts. The engine bounds each amount by [engine.MaxAmount], and
// what is compared here is computed in that bound.
func Parse(canonical []byte) (Facts, error) {
	var f Facts
	if err := json.Unmarshal(canonical, &f); err != nil {
		return f, errFacts
	}
	for _, c := range f.Costs {
		if c.Amount > Ore(engine.MaxAmount) {
			return f, errFacts
		}
	}
	for _, i := range f.Incomes {
		if i.Amount > Ore(engine.MaxAmount) {
			return f, errFacts
		}
	}
	return f, nil
}

// Adults and Children count the household's persons.
func (f *Facts) Adults() int   { return f.count("adult") }
func (f *Facts) Children() int { return f.count("child") }

func (f *Facts) count(role string) (n int) {
	for i := range f.Persons {
		if f.Persons[i].Role == role {
			n++
		}
	}
	return n
}

// cost is the sum of the costs of a kind.
func (f *Facts) cost(kind string) (sum Ore) {
	for _, c := range f.Costs {
		if c.Kind == kind {
			sum += c.Amount
		}
	}
	return sum
}

// kinds are the kinds of cost, in the order in which they first come.
func (f *Facts) kinds() (out []string) {
	for _, c := range f.Costs {
		if !slices.Contains(out, c.Kind) {
			out = append(out, c.Kind)
		}
	}
	return out
}

// stream is one kind of income of one person.
type stream struct{ kind, person string }

// streams sums the incomes, in the order in which they first come.
func (f *Facts) streams() (order []stream, sums map[stream]Ore) {
	sums = map[stream]Ore{}
	for _, i := range f.Incomes {
		s := stream{i.Kind, i.Person}
		if _, ok := sums[s]; !ok {
			order = append(order, s)
		}
		sums[s] += i.Amount
	}
	return order, sums
}
