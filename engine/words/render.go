package words

import (
	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
)

// Render explains a result and the trace it was computed with.
func (w *Words) Render(f *sol.Facts, g *sol.Guideline, r *sol.Result, t *engine.Trace) Explanation {
	v := renderer{w: w, f: f, g: g, r: r, t: t}
	e := Explanation{Headline: v.headline(), Summary: v.summary(), Lines: v.lines()}
	if r.Computed() {
		e.Amount = w.Money(r.Support)
	}
	for _, reason := range r.Reasons {
		p, _ := sol.Provision(reason.Cite)
		e.Reasons = append(e.Reasons, Reason{string(reason.Code), reason.Path, w.first("reason." + string(reason.Code)), p.Text(), p.Link()})
	}
	for _, q := range r.Questions {
		e.Questions = append(e.Questions, Question{string(q.Code), q.Path, v.question(q)})
	}
	for _, d := range sol.Near(f, g, r, t) {
		e.Distances = append(e.Distances, v.distance(d))
	}
	for _, c := range r.Checks {
		e.Checks = append(e.Checks, fill(w.first("check."+string(c.Code)), func(name string) string {
			if name == "stated" {
				return w.Money(c.Stated)
			}
			return w.Money(c.Expected)
		}))
	}
	return e
}

// distance says what would have to be otherwise for another answer.
func (v *renderer) distance(d sol.Distance) string {
	return fill(v.w.first("distance."+string(d.Code)), func(name string) string {
		switch name {
		case "amount": // in whole kronor: so much is enough
			return v.w.Money((d.Ore + 99) / 100 * 100)
		case "days":
			return v.w.count("days", d.Count)
		case "months":
			return number(d.Count)
		case "what":
			return v.w.first("label.income."+d.Branch, "label.cost."+d.Subject)
		case "who":
			return v.who(d.Subject)
		}
		return v.value(name)
	})
}

type renderer struct {
	w *Words
	f *sol.Facts
	g *sol.Guideline
	r *sol.Result
	t *engine.Trace
}

func (v *renderer) headline() string {
	key := "headline." + string(v.r.Outcome)
	if v.r.Computed() && v.r.Support+v.r.Surplus == 0 {
		key = "headline.even"
	}
	if v.r.Outcome == sol.Human && v.r.Computed() {
		switch key = "headline.human.even"; {
		case v.r.Support > 0:
			key = "headline.human.support"
		case v.r.Surplus > 0:
			key = "headline.human.surplus"
		}
	}
	return fill(v.w.first(key), v.value)
}

func (v *renderer) value(name string) string {
	switch name {
	case "support":
		return v.w.Money(v.r.Support)
	case "surplus":
		return v.w.Money(v.r.Surplus)
	case "month":
		return v.w.Month(v.r.Month)
	case "income-month":
		return v.w.Month(v.g.MonthOfIncomes(v.f.Month))
	case "municipality":
		return v.g.Name
	case "source":
		return v.g.Source
	}
	return ""
}

// summary names what settles the outcome: the main rows, each line that took
// another branch than most households', and how sure the figures are.
func (v *renderer) summary() []string {
	var out []string
	if v.r.Computed() {
		for _, i := range sol.Decisive(v.t) {
			s := &v.t.Steps[i]
			key := "summary." + s.Rule
			out = append(out, fill(v.w.first(key+"."+s.Branch, key), func(name string) string {
				if name == "what" {
					return v.w.first("label."+s.Rule+"."+s.Subject, "label."+s.Rule)
				}
				return v.input(s, name)
			}))
		}
	}
	if v.g.Status != sol.Signed {
		key := "summary.guideline." + string(v.g.Status)
		if v.g.Status == "" {
			key = "summary.guideline.none"
		}
		out = append(out, fill(v.w.first(key), v.value))
	}
	return out
}

// lines are the parts of the result in reading order, and the result last where
// there is one.
func (v *renderer) lines() []Line {
	if len(v.t.Steps) == 0 {
		return nil
	}
	lines := make([]Line, 0, len(v.t.Steps))
	nth := make([]int, 0, 8) // the place among the steps at each depth
	for i := 1; i < len(v.t.Steps); i++ {
		depth := v.t.Steps[i].Depth - 1
		for len(nth) <= depth {
			nth = append(nth, -1)
		}
		nth = nth[:depth+1]
		nth[depth]++
		id := make([]byte, 0, 8)
		for k, n := range nth {
			if k > 0 {
				id = append(id, '.')
			}
			id = engine.AppendInt(id, int64(n))
		}
		lines = append(lines, v.line(&v.t.Steps[i], string(id), depth))
	}
	if v.r.Computed() {
		lines = append(lines, v.line(&v.t.Steps[0], "=", 0))
	}
	return lines
}

func (v *renderer) line(s *engine.Step, id string, depth int) Line {
	w := v.w
	value := func(name string) string { return v.input(s, name) }
	label, detail := "label."+s.Rule, "detail."+s.Rule
	if s == &v.t.Steps[0] && s.Value < 0 {
		label, detail = label+".surplus", detail+".surplus"
	}
	l := Line{ID: id, Depth: depth, Ore: int64(s.Value), Amount: w.Money(s.Value),
		Label:  fill(w.first(label+"."+s.Branch, label+"."+s.Subject, label), value),
		Detail: fill(w.first(v.detail(s, detail)...), value)}
	if who := v.who(s.Subject); who != "" && len(v.f.Persons) > 1 {
		l.Label += " (" + who + ")"
	}
	switch {
	case id == "=":
		l.Sign = "="
		if s.Value < 0 {
			l.Amount = w.Money(-s.Value)
		}
	case s.Sign > 0:
		l.Sign = "+"
	case s.Sign < 0:
		l.Sign = "-"
	}
	if p, ok := sol.Provision(s.Cite); ok {
		l.Provision, l.Link = p.Text(), p.Link()
	}
	for i := range s.Inputs {
		in := &s.Inputs[i]
		l.Inputs = append(l.Inputs, Input{w.first("input." + in.Name), v.format(in), w.first("source." + in.Source)})
		if rank(in.Status) > rank(l.Status) {
			l.Status = in.Status
		}
	}
	if s.Rounding != engine.Exact {
		l.Inputs = append(l.Inputs, Input{w.first("input.rounding"), w.first("rounding." + string(s.Rounding)), w.first("source.computed")})
	}
	if rank(l.Status) == 0 {
		l.Status = ""
	} else {
		l.Note = w.first("status." + l.Status)
	}
	return l
}

// detail returns the keys of a line's detail: a part of an amount may have its
// own.
func (v *renderer) detail(s *engine.Step, key string) []string {
	if s.Op == engine.OpShare {
		return []string{key + ".share", key + "." + s.Branch, key}
	}
	return []string{key + "." + s.Branch, key}
}

// rank orders statuses from sure to unsure.
func rank(status string) int {
	switch status {
	case "", "S", string(sol.Signed):
		return 0
	case "S2":
		return 1
	case string(sol.Example):
		return 2
	case "D":
		return 3
	}
	return 4
}

func (v *renderer) input(s *engine.Step, name string) string {
	switch name {
	case "value":
		return v.w.Money(s.Value)
	case "who":
		return v.who(s.Subject)
	}
	for i := range s.Inputs {
		if s.Inputs[i].Name == name {
			return v.format(&s.Inputs[i])
		}
	}
	return v.value(name)
}

func (v *renderer) format(in *engine.Input) string {
	switch in.Unit {
	case engine.UnitOre:
		return v.w.Money(engine.Ore(in.N))
	case engine.UnitMonth:
		return v.w.Month(engine.Month(in.N))
	case engine.UnitLabel:
		return in.Text
	case engine.UnitText:
		return v.w.first("value." + in.Name + "." + in.Text)
	case engine.UnitYears:
		return v.w.count("years", int(in.N))
	case engine.UnitDays:
		return v.w.count("days", int(in.N))
	}
	return number(int(in.N))
}

// who names a person of the household: the applicant is the first adult.
func (v *renderer) who(id string) string {
	adults, children := 0, 0
	for i := range v.f.Persons {
		p := &v.f.Persons[i]
		if p.Adult {
			adults++
		} else {
			children++
		}
		if p.ID != id {
			continue
		}
		switch {
		case p.Adult && adults == 1:
			return v.w.first("who.applicant")
		case p.Adult:
			return v.w.first("who.partner")
		}
		return fill(v.w.first("who.child"), func(name string) string {
			if name == "n" {
				return number(children)
			}
			return v.w.count("years", p.Age)
		})
	}
	return ""
}

// question asks about the person that its path names, where it names one.
func (v *renderer) question(q sol.Question) string {
	return fill(v.w.first("question."+string(q.Code)), func(name string) string {
		if name == "who" {
			return v.who(v.personAt(q.Path))
		}
		return v.value(name)
	})
}

func (v *renderer) personAt(path string) string {
	const prefix = "persons["
	if len(path) <= len(prefix) || path[:len(prefix)] != prefix {
		return ""
	}
	n := 0
	for _, c := range path[len(prefix):] {
		if c < '0' || c > '9' {
			break
		}
		n = n*10 + int(c-'0')
	}
	if n >= len(v.f.Persons) {
		return ""
	}
	return v.f.Persons[n].ID
}
