package sol

import "github.com/skalig/skalig/engine"

// A Point is one wage on a curve and what the household then has.
type Point struct {
	Wage       engine.Ore // net wage a month of the person
	Support    engine.Ore
	Disposable engine.Ore // all incomes and the support
	Plain      Means      // the same without jobbstimulans
	Marginal   int        // of the last krona earned, how much is lost: per mille, to the point before; 0 at the first
}

// Means are support and disposable income.
type Means struct{ Support, Disposable engine.Ore }

// MaxPoints bounds a curve.
const MaxPoints = 501

// Curve returns what the household has for each net wage of a person from 0 to
// a wage, in steps. It replaces what the person earns. Points end where the
// household cannot be computed.
func Curve(f *Facts, g *Guideline, person string, to, step engine.Ore) []Point {
	facts := *f
	facts.Incomes = nil
	var other engine.Ore
	for _, in := range f.Incomes {
		if in.Kind == "wage" && in.Person == person {
			continue
		}
		facts.Incomes = append(facts.Incomes, in)
		other += in.Amount
	}
	last := len(facts.Incomes)
	facts.Incomes = append(facts.Incomes, Income{ID: "wage", Kind: "wage", Person: person, Month: f.Month - 1, Source: Sources[0]})
	var points []Point
	for wage := engine.Ore(0); wage <= to && len(points) < MaxPoints; wage += step {
		facts.Incomes[last].Amount = wage
		r, plain := Assess(&facts, g, nil), assess(&facts, g, nil, normOf(f.Month), true)
		if !r.Computed() {
			break
		}
		p := Point{Wage: wage, Support: r.Support, Disposable: other + wage + r.Support,
			Plain: Means{plain.Support, other + wage + plain.Support}}
		if n := len(points); n > 0 {
			p.Marginal = 1000 - int(1000*(p.Disposable-points[n-1].Disposable)/step)
		}
		points = append(points, p)
	}
	return points
}
