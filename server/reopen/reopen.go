// Package reopen finds the decisions that a wrong rule has touched, and what each
// would have been by the corrected one.
//
// A [Correction] is a corrected guideline of one municipality, or a corrected
// riksnorm of one year. A decision comes into question when the corrected rule
// would have been the one in force for it: a guideline for its municipality and a
// month not before its first; a norm for a month of its year. Its facts are then
// computed twice, by the guideline in its record and by the corrected rule, and the
// two traces compared step by step: what the step is about, the branch taken, its
// value and the values that went into it. A decision is touched when any step
// differs, also where the amount comes out the same, and the steps that differ are
// named. What only says where a figure comes from and how sure it is is not
// compared.
//
// The amounts are what the engine computes. A person may have decided another one,
// and decides again. The native engine is used, which is that of the current
// release: a decision whose recorded result it does not give is listed as made by
// other rules than these, and must be looked at whatever the difference is.
package reopen

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"slices"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
	"github.com/skalig/skalig/server/record"
)

// A Correction is the rule as it should have been: one of Guideline and Norm is
// set.
type Correction struct {
	Guideline *sol.Guideline
	Wrong     []byte // the guideline's file that was wrong; nil: whichever was in force
	Norm      *sol.Norm
}

// A Row is one decision that the wrong rule touched.
type Row struct {
	Municipality string
	Number       uint64
	Day          string
	Month        string
	Mode         string
	Granted      engine.Ore // what was decided
	Before       engine.Ore // what the engine says by the rules of the record
	After        engine.Ore // and by the corrected ones
	Outcome      string     // by the corrected ones
	Touched      []string   // the rules whose steps differ
	Other        bool       // the record was made by an engine that answers otherwise than this one
	Replaced     bool       // a later decision has taken its place
}

// Difference is what the correction changes, in öre.
func (r Row) Difference() engine.Ore { return r.After - r.Before }

// ErrFacts says that a record's facts or guideline cannot be computed any more.
var ErrFacts = errors.New("the record's facts or guideline can't be computed")

// Check gives the row of a decision, false where the rule did not touch it.
func (c *Correction) Check(d *record.Decision) (Row, bool, error) {
	facts, guideline, err := read(d)
	if err != nil {
		return Row{}, false, err
	}
	switch {
	case c.Guideline != nil && (d.Municipality != c.Guideline.Municipality || facts.Month < c.Guideline.From || c.Wrong != nil && !bytes.Equal(c.Wrong, d.Guideline)):
		return Row{}, false, nil
	case c.Norm != nil && facts.Month.Year() != c.Norm.Year:
		return Row{}, false, nil
	}
	before, after := &engine.Trace{}, &engine.Trace{}
	was := sol.Assess(facts, guideline, before)
	var is sol.Result
	if c.Norm != nil {
		is = sol.AssessDraft(facts, guideline, after, c.Norm)
	} else {
		is = sol.Assess(facts, c.Guideline, after)
	}
	touched := differs(before, after)
	if len(touched) == 0 && was.Outcome == is.Outcome {
		return Row{}, false, nil
	}
	var w engine.Writer
	was.Write(&w, before)
	return Row{Municipality: d.Municipality, Number: d.Number, Day: d.Day, Month: d.Month, Mode: d.Mode, Granted: engine.Ore(d.Granted),
		Before: was.Support, After: is.Support, Outcome: string(is.Outcome), Touched: touched, Other: sha256.Sum256(w.Bytes()) != d.Result}, true, nil
}

func read(d *record.Decision) (*sol.Facts, *sol.Guideline, error) {
	r := engine.NewReader(d.Facts, "facts")
	facts := sol.ReadFacts(r)
	r.Done()
	g := engine.NewReader(d.Guideline, "guideline")
	guideline := sol.ReadGuideline(g)
	g.Done()
	if len(r.Problems())+len(g.Problems()) > 0 || facts == nil || guideline == nil || len(facts.Fit(guideline)) > 0 {
		return nil, nil, ErrFacts
	}
	return facts, guideline, nil
}

// differs names the rules of which a step in one trace has no equal in the other.
func differs(before, after *engine.Trace) []string {
	var rules []string
	count := func(t *engine.Trace) map[string][]*engine.Step {
		steps := map[string][]*engine.Step{}
		for i := range t.Steps {
			s := &t.Steps[i]
			steps[s.Rule+"\x00"+s.Subject] = append(steps[s.Rule+"\x00"+s.Subject], s)
		}
		return steps
	}
	a, b := count(before), count(after)
	note := func(s *engine.Step) {
		if s.Op != engine.OpSum && !slices.Contains(rules, s.Rule) { // a sum differs because of what is below it
			rules = append(rules, s.Rule)
		}
	}
	for key, steps := range a {
		if !slices.EqualFunc(steps, b[key], same) {
			note(steps[0])
		}
	}
	for key, steps := range b {
		if a[key] == nil {
			note(steps[0])
		}
	}
	slices.Sort(rules)
	return rules
}

// same compares what two steps say but where their figures come from.
func same(a, b *engine.Step) bool {
	return a.Branch == b.Branch && a.Op == b.Op && a.Sign == b.Sign && a.Value == b.Value &&
		slices.EqualFunc(a.Inputs, b.Inputs, func(x, y engine.Input) bool {
			return x.Name == y.Name && x.Unit == y.Unit && x.N == y.N && x.Text == y.Text
		})
}
