package sol

import "github.com/skalig/skalig/engine"

// A Version is what was stated about a household from one day, to hold from one
// month on.
type Version struct {
	From      engine.Month // first month it is true of
	Known     string       // the day it became known, YYYY-MM-DD
	Facts     *Facts       // their month is set to each month assessed
	Guideline *Guideline
}

// A Span is a part of a period in which no rule and no fact changes.
type Span struct {
	From, To engine.Month
	Version  int // place in the versions; −1 where nothing was known
	Result   Result
	Trace    *engine.Trace
	Problems []engine.Problem // why the months cannot be assessed, instead of a result
}

// Period assesses each month from one to another with what was known on a day,
// and joins months in which neither the rules nor the version change. Of the
// versions known by then that are true of a month, the one known last holds; of
// those known the same day, the one that begins last. So "what would we have
// decided then, with what we knew then" is the day of the decision, and "with
// what we know now" is today.
//
// The figures and sections are those of the month; this engine does not know on
// which day a figure was published.
func Period(versions []Version, from, to engine.Month, known string) []Span {
	var spans []Span
	for m := from; m <= to; m++ {
		s := Span{From: m, To: m, Version: versionAt(versions, m, known)}
		if s.Version >= 0 {
			s.assess(&versions[s.Version])
		}
		if n := len(spans); n > 0 && spans[n-1].joins(&s) {
			spans[n-1].To = m
			continue
		}
		spans = append(spans, s)
	}
	return spans
}

func versionAt(versions []Version, m engine.Month, known string) int {
	best := -1
	for i := range versions {
		v := &versions[i]
		if v.From > m || v.Known > known {
			continue
		}
		if best < 0 || v.Known > versions[best].Known || v.Known == versions[best].Known && v.From >= versions[best].From {
			best = i
		}
	}
	return best
}

// assess assesses the span's month with a copy of the version's facts.
func (s *Span) assess(v *Version) {
	f := *v.Facts
	f.Month = s.From
	f.Incomes = append([]Income(nil), v.Facts.Incomes...)
	for i := range f.Incomes {
		f.Incomes[i].Month = 0
	}
	g := v.Guideline
	if g == nil {
		g = &Guideline{}
	}
	if s.Problems = append(f.Validate(), f.Fit(g)...); len(s.Problems) == 0 {
		s.Trace = &engine.Trace{}
		s.Result = Assess(&f, g, s.Trace)
	}
}

// joins says whether the next month is of the same span.
func (s *Span) joins(next *Span) bool {
	return s.Version == next.Version && s.Result.Rule == next.Result.Rule && s.Result.Outcome == next.Result.Outcome &&
		s.Result.Support == next.Result.Support && s.Result.Surplus == next.Result.Surplus && equal(s.Problems, next.Problems)
}

func equal(a, b []engine.Problem) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
