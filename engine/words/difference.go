package words

import (
	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
)

// Difference renders the causes of the difference between two results of the
// facts before and after.
func (w *Words) Difference(before, after *sol.Facts, changes []sol.Change) []Change {
	v := renderer{w: w, f: after, g: &sol.Guideline{}, r: &sol.Result{}}
	old := renderer{w: w, f: before, g: v.g, r: v.r}
	var out []Change
	for _, c := range changes {
		label := "label." + c.Rule
		line := Change{Ore: int64(c.Effect()), Effect: w.signed(c.Effect()),
			Label: w.first(label+"."+c.Branch, label+"."+c.Subject, label)}
		who := v.who(c.Subject)
		if who == "" {
			who = old.who(c.Subject)
		}
		if who != "" && len(before.Persons)+len(after.Persons) > 2 {
			line.Label += " (" + who + ")"
		}
		if c.Before != 0 {
			line.Before = w.signed(c.Before)
		}
		if c.After != 0 {
			line.After = w.signed(c.After)
		}
		out = append(out, line)
	}
	return out
}

// signed writes an amount with its sign, a plus too.
func (w *Words) signed(o engine.Ore) string {
	if o > 0 {
		return "+" + w.Money(o)
	}
	return w.Money(o)
}
