package server

import (
	"errors"

	"github.com/skalig/skalig/server/flow"
	home "github.com/skalig/skalig/server/household"
	"github.com/skalig/skalig/server/register"
)

// side is one row of the comparison, applied beside register, computed and decided.
type side struct {
	Label, Who                               string
	Applied, Register, Computed, Now, Before *int64 // öre; nil where there is none
}

// sides puts applied, register, computed and decided beside each other, row by row.
func (s *service) sides(w *flow.Work) ([]side, error) {
	type key struct {
		group, kind, person string
	}
	var order []key
	rows := map[key]*side{}
	row := func(k key) *side {
		if rows[k] == nil {
			order = append(order, k)
			rows[k] = &side{Label: s.label(k.group, k.kind), Who: k.person}
		}
		return rows[k]
	}
	add := func(to **int64, ore int64) {
		if *to == nil {
			*to = new(int64)
		}
		**to += ore
	}
	applied, err := home.Parse(w.Applied.Facts)
	if err != nil {
		return nil, err
	}
	for _, c := range applied.Costs {
		add(&row(key{"cost", c.Kind, ""}).Applied, int64(c.Amount))
	}
	for _, i := range applied.Incomes {
		add(&row(key{"income", i.Kind, i.Person}).Applied, int64(i.Amount))
	}
	for person, all := range w.Applied.Findings(w.Registers) {
		for _, f := range all {
			if f.Verdict == register.Confirmed || f.Seen > 0 {
				add(&row(key{"income", f.Kind, person}).Register, f.Seen)
			}
		}
	}
	computed := func(e *flow.Estimate, pick func(*side) **int64) error {
		if e == nil {
			return nil
		}
		lines, err := home.Lines(e.Result)
		for _, l := range lines {
			k := key{"income", l.Kind, l.Person}
			if l.Cost {
				k = key{"cost", l.Kind, ""}
			}
			add(pick(row(k)), int64(l.Value))
		}
		return err
	}
	err = errors.Join(computed(w.Applied, func(r *side) **int64 { return &r.Computed }),
		computed(w.Estimate, func(r *side) **int64 { return &r.Now }), computed(w.Earlier, func(r *side) **int64 { return &r.Before }))
	out := make([]side, len(order))
	for i, k := range order {
		out[i] = *rows[k]
	}
	return out, err
}
