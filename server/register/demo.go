package register

import (
	"context"
	"time"
)

// A Demo is the connector that asks nobody: it knows what it was made with about
// invented people, by their identity numbers, and of anybody else nothing. The
// simulator of the agencies' composite service answers from one, so that what a
// demonstration's agencies know takes the same way as in earnest.
type Demo map[string][]Answer

// NewDemo gives the registers of the demonstration's persons, told apart by their
// test identity numbers: of one the agencies know nothing, of another one of them
// is silent, and a third was paid sickness benefit in the calendar month before
// today. Of those in slow one agency answers too late.
func NewDemo(today time.Time, plain, silent, paid string, slow ...string) Demo {
	first := time.Date(today.Year(), today.Month(), 1, 12, 0, 0, 0, time.UTC).AddDate(0, -1, 0)
	on := func(day int) string { return first.AddDate(0, 0, day-1).Format(time.DateOnly) }
	last := first.AddDate(0, 1, -1).Format(time.DateOnly)
	d := Demo{
		plain:  complete(nil, ""),
		silent: complete([]Answer{{Agency: Akassorna, Silence: Down}}, ""),
		paid: complete([]Answer{
			{Agency: Forsakringskassan, Rows: []Row{{Kind: "sicknessBenefit", Amount: 4_000_00, From: on(1), To: last, Paid: on(25), Text: "Sjukpenning"}}},
			{Agency: Arbetsformedlingen, Notes: []Note{"Inte inskriven som arbetssökande"}},
		}, ""),
	}
	for _, number := range slow {
		d[number] = complete([]Answer{{Agency: CSN, Silence: Late}}, "")
	}
	return d
}

// Ask implements Connector.
func (d Demo) Ask(_ context.Context, q Query) []Answer {
	known, ok := d[q.Number]
	if !ok {
		return complete(nil, "")
	}
	out := make([]Answer, len(known))
	for i, a := range known {
		out[i] = Answer{Agency: a.Agency, Silence: a.Silence, Notes: a.Notes}
		for _, r := range a.Rows {
			if r.Paid >= q.From && r.Paid <= q.To {
				out[i].Rows = append(out[i].Rows, r)
			}
		}
	}
	return out
}
