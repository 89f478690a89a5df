// Package releasediff says what one released engine does that another does not:
// the national figures that differ, and what invented households (package
// population) get more or less in a month. It asks the artefacts themselves, not
// what anyone says of them.
package releasediff

import (
	"context"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol/population"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/wasm/contract"
)

// Households is how many are invented: enough for the direction and the order of
// size, few enough to be computed while somebody waits.
const Households = 2000

// An Engine is an artefact that can be called: wasm/host runs it.
type Engine interface {
	Call(ctx context.Context, name string, in []byte) ([]byte, error)
}

// A Figure is a national figure that differs. One that only one engine has is
// empty in the other.
type Figure struct {
	Name, Unit, From string
	Before, After    string
}

// A Group is a kind of household.
type Group struct {
	Name string
	population.Tally
}

// A Difference is what the second engine does that the first does not.
type Difference struct {
	Month      string
	Households int
	Figures    []Figure
	Groups     []Group
	Sum        population.Tally
}

// Between compares two engines in a month by one guideline.
func Between(ctx context.Context, before, after Engine, month engine.Month, municipality string, guideline []byte) (*Difference, error) {
	d := &Difference{Month: month.String(), Households: Households}
	var err error
	if d.Figures, err = figures(ctx, before, after); err != nil {
		return nil, err
	}
	for _, k := range population.Kinds {
		d.Groups = append(d.Groups, Group{Name: k.Name})
	}
	people := population.Population{Seed: 1, Households: Households, Municipalities: []string{municipality}}
	var h population.Household
	for i := range Households {
		people.Fill(i, &h)
		var w engine.Writer
		h.At(month).Write(&w)
		in := contract.Input(w.Bytes(), guideline, nil)
		a, err := assess(ctx, before, in)
		if err != nil {
			return nil, err
		}
		b, err := assess(ctx, after, in)
		if err != nil {
			return nil, err
		}
		one := tally(a, b)
		d.Groups[h.Kind].Add(&one)
		d.Sum.Add(&one)
	}
	return d, nil
}

type answer struct {
	Errors jsontext.Value `json:"errors"`
	Result struct {
		Outcome string         `json:"outcome"`
		Support jsontext.Value `json:"support"`
	} `json:"result"`
}

func assess(ctx context.Context, e Engine, in []byte) (answer, error) {
	var a answer
	out, err := e.Call(ctx, "assess", in)
	if err == nil {
		err = json.Unmarshal(out, &a)
	}
	if err != nil {
		return a, fmt.Errorf("couldn't ask an engine about an invented household: %w", err)
	}
	return a, nil
}

// support is the computed amount, false where there is none.
func (a answer) support() (engine.Ore, bool) {
	ore, ok := record.ParseKronor(string(a.Result.Support))
	return engine.Ore(ore), ok && a.Errors == nil
}

func tally(a, b answer) population.Tally {
	t := population.Tally{Households: 1}
	if a.Result.Outcome == "human" {
		t.HumanA = 1
	}
	if b.Result.Outcome == "human" {
		t.HumanB = 1
	}
	x, ok1 := a.support()
	y, ok2 := b.support()
	if !ok1 || !ok2 {
		t.Unknown = 1
		return t
	}
	t.A, t.B = x, y
	switch {
	case y > x:
		t.More, t.Gain = 1, y-x
	case y < x:
		t.Less, t.Loss = 1, x-y
	}
	return t
}

type parameter struct {
	Name   string         `json:"name"`
	Value  jsontext.Value `json:"value"`
	Unit   string         `json:"unit"`
	From   string         `json:"from"`
	Source string         `json:"source"`
	Status string         `json:"status"`
}

func figures(ctx context.Context, before, after Engine) ([]Figure, error) {
	old, err := parameters(ctx, before)
	if err != nil {
		return nil, err
	}
	now, err := parameters(ctx, after)
	if err != nil {
		return nil, err
	}
	type key struct{ name, from string }
	values := map[key]string{}
	for _, p := range now {
		values[key{p.Name, p.From}] = string(p.Value)
	}
	var out []Figure
	seen := map[key]bool{}
	for _, p := range old {
		k := key{p.Name, p.From}
		seen[k] = true
		if v := values[k]; v != string(p.Value) {
			out = append(out, Figure{p.Name, p.Unit, p.From, string(p.Value), v})
		}
	}
	for _, p := range now {
		if !seen[key{p.Name, p.From}] {
			out = append(out, Figure{p.Name, p.Unit, p.From, "", string(p.Value)})
		}
	}
	return out, nil
}

func parameters(ctx context.Context, e Engine) ([]parameter, error) {
	var p struct {
		Schema string      `json:"schema"`
		Rows   []parameter `json:"rows"`
	}
	out, err := e.Call(ctx, "parameters", nil)
	if err == nil {
		err = json.Unmarshal(out, &p)
	}
	if err != nil {
		return nil, fmt.Errorf("couldn't ask an engine for its figures: %w", err)
	}
	return p.Rows, nil
}
