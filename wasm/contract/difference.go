package contract

import (
	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
	"github.com/skalig/skalig/engine/words"
)

// Difference assesses twice and says what made the difference.
func Difference(in []byte) []byte {
	r := open(in)
	if r == nil {
		return refuse([]engine.Problem{{Code: "too-large"}}, nil)
	}
	var w *words.Words
	calls := [2]call{{guideline: &sol.Guideline{}}, {guideline: &sol.Guideline{}}}
	names := []string{"before", "after", "words"}
	present := r.Object(names, func(i int) {
		if i == 2 {
			w = words.Read(r)
			return
		}
		r.Object(fields[:2], func(k int) { calls[i].part(r, fields[k]) })
	})
	r.Done()
	for i := range names {
		if len(r.Problems()) == 0 && present&(1<<uint(i)) == 0 {
			r.FailAt(names[i], "required", "")
		}
	}
	calls[0].check(r, "before.")
	calls[1].check(r, "after.")
	if len(r.Problems()) > 0 {
		return refuse(r.Problems(), w)
	}
	return difference(calls[0], calls[1], w)
}

func difference(before, after call, in *words.Words) []byte {
	var w engine.Writer
	w.Open('{')
	first, firstTrace := before.assess()
	second, secondTrace := after.assess()
	w.Key("before")
	first.Write(&w, firstTrace)
	w.Key("after")
	second.Write(&w, secondTrace)
	w.Key("changes")
	w.Open('[')
	if first.Computed() && second.Computed() {
		for _, c := range in.Difference(before.facts, after.facts, sol.Difference(firstTrace, secondTrace)) {
			c.Write(&w)
		}
	}
	w.Close(']')
	if first.Computed() && second.Computed() {
		w.Int("ore", int64(second.Support-second.Surplus-first.Support+first.Surplus))
	}
	w.Close('}')
	return w.Bytes()
}

// Curve computes what a household has for each net wage of a person.
func Curve(in []byte) []byte {
	r := open(in)
	if r == nil {
		return refuse([]engine.Problem{{Code: "too-large"}}, nil)
	}
	c := call{guideline: &sol.Guideline{}}
	var person string
	var to, step engine.Ore
	names := []string{"facts", "guideline", "person", "to", "step"}
	present := r.Object(names, func(i int) {
		switch names[i] {
		case "person":
			person = r.Text(64)
		case "to":
			to = r.Amount()
		case "step":
			step = r.Amount()
		default:
			c.part(r, names[i])
		}
	})
	r.Done()
	c.check(r, "")
	for i := 2; i < len(names); i++ {
		if len(r.Problems()) == 0 && present&(1<<uint(i)) == 0 {
			r.FailAt(names[i], "required", "")
		}
	}
	if len(r.Problems()) == 0 {
		switch {
		case !c.facts.HasAdult(person):
			r.FailAt("person", "unknown-person", "")
		case step <= 0 || to/step >= sol.MaxPoints:
			r.FailAt("step", "curve-step", "")
		}
	}
	if len(r.Problems()) > 0 {
		return refuse(r.Problems(), nil)
	}
	var w engine.Writer
	w.Open('{')
	w.Key("points")
	w.Open('[')
	for _, p := range sol.Curve(c.facts, c.guideline, person, to, step) {
		writePoint(&w, p)
	}
	w.Close(']')
	w.Close('}')
	return w.Bytes()
}

func writePoint(w *engine.Writer, p sol.Point) {
	w.Open('{')
	w.Kronor("wage", p.Wage)
	w.Kronor("support", p.Support)
	w.Kronor("disposable", p.Disposable)
	w.Key("plain")
	w.Open('{')
	w.Kronor("support", p.Plain.Support)
	w.Kronor("disposable", p.Plain.Disposable)
	w.Close('}')
	w.Int("marginal", int64(p.Marginal))
	w.Close('}')
}
