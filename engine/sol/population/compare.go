package population

import (
	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
)

// Rules are a month's law and the guidelines by municipality code; a
// municipality that is missing has none.
type Rules struct {
	Month      engine.Month
	Guidelines map[string]*sol.Guideline
	Draft      *sol.Norm // of the riksnorm, instead of the one in force; may be nil
}

func (r *Rules) assess(h *Household, code string) sol.Result {
	f := h.At(r.Month)
	if r.Draft != nil {
		return sol.AssessDraft(f, r.Guidelines[code], nil, r.Draft)
	}
	return sol.Assess(f, r.Guidelines[code], nil)
}

// A Tally is what changes for a group of households from rules A to rules B, in
// one month. An amount that a person must confirm counts as computed.
type Tally struct {
	Households int
	More       int        // households whose support rises
	Less       int        // households whose support falls
	Unknown    int        // households that one of the rules gives no amount
	A, B       engine.Ore // support in all
	Gain, Loss engine.Ore // of those with more, of those with less; both ≥ 0; B − A = Gain − Loss
	HumanA     int        // households for whom a person must judge
	HumanB     int
}

// A Table is the tallies of a population.
type Table struct {
	Kinds          [len(Kinds)]Tally
	Municipalities []Tally // in the population's order
}

// Compare assesses the households from one number to below another under both
// rules. Tables of parts add up to that of the whole.
func (p *Population) Compare(from, to int, a, b Rules) *Table {
	t := &Table{Municipalities: make([]Tally, len(p.Municipalities))}
	var h Household
	for i := from; i < to; i++ {
		p.Fill(i, &h)
		code := p.Municipalities[h.Municipality]
		x := a.assess(&h, code)
		y := b.assess(&h, code)
		one := tally(&x, &y)
		t.Kinds[h.Kind].Add(&one)
		t.Municipalities[h.Municipality].Add(&one)
	}
	return t
}

func tally(a, b *sol.Result) Tally {
	t := Tally{Households: 1}
	if a.Outcome == sol.Human {
		t.HumanA = 1
	}
	if b.Outcome == sol.Human {
		t.HumanB = 1
	}
	if !a.Computed() || !b.Computed() {
		t.Unknown = 1
		return t
	}
	t.A, t.B = a.Support, b.Support
	switch {
	case t.B > t.A:
		t.More, t.Gain = 1, t.B-t.A
	case t.B < t.A:
		t.Less, t.Loss = 1, t.A-t.B
	}
	return t
}

// Add adds another tally.
func (t *Tally) Add(o *Tally) {
	t.Households += o.Households
	t.More += o.More
	t.Less += o.Less
	t.Unknown += o.Unknown
	t.A += o.A
	t.B += o.B
	t.Gain += o.Gain
	t.Loss += o.Loss
	t.HumanA += o.HumanA
	t.HumanB += o.HumanB
}

// Add adds the table of another part of the same population.
func (t *Table) Add(o *Table) {
	for i := range t.Kinds {
		t.Kinds[i].Add(&o.Kinds[i])
	}
	for i := range t.Municipalities {
		t.Municipalities[i].Add(&o.Municipalities[i])
	}
}

// Sum is the tally of all households.
func (t *Table) Sum() Tally {
	var sum Tally
	for i := range t.Kinds {
		sum.Add(&t.Kinds[i])
	}
	return sum
}
