package register

import (
	"slices"
	"strings"
)

// A Declared income is what a person has stated.
type Declared struct {
	Kind   string
	Amount int64  // öre
	Month  string // 2026-10
}

// A Finding is what a comparison says of one kind of income.
type Finding struct {
	Kind     string
	Said     int64 // öre declared, of the kind
	Seen     int64 // öre that the agencies show as paid
	Verdict  Verdict
	Agencies []Agency // that show it; where none does, those that would have
}

// A Verdict is how the two sums stand to each other.
type Verdict string

// The verdicts.
const (
	Confirmed Verdict = "confirmed"
	More      Verdict = "more"
	Less      Verdict = "less"
)

// payers are the agencies that pay a kind of income: who of them has answered can
// be compared. A kind that nobody here pays, a wage, is no agency's to confirm.
var payers = map[string][]Agency{
	"unemploymentBenefit": {Akassorna},
	"activityGrant":       {Forsakringskassan},
	"sicknessBenefit":     {Forsakringskassan},
	"parentalBenefit":     {Forsakringskassan},
	"pension":             {Pensions},
	"childBenefit":        {Forsakringskassan},
	"housingBenefit":      {Forsakringskassan, Pensions},
	"studentAid":          {CSN},
}

// Compare holds declared incomes of a month against the rows paid in that month.
// Kinds come in the order in which they are first seen, the declared ones first.
func Compare(declared []Declared, answers []Answer, month string) []Finding {
	var found []Finding
	of := func(kind string) *Finding {
		for i := range found {
			if found[i].Kind == kind {
				return &found[i]
			}
		}
		found = append(found, Finding{Kind: kind})
		return &found[len(found)-1]
	}
	for _, d := range declared {
		if d.Month == month && payers[d.Kind] != nil {
			of(d.Kind).Said += d.Amount
		}
	}
	spoke := map[Agency]bool{}
	for _, a := range answers {
		spoke[a.Agency] = a.Silence == ""
		for _, r := range a.Rows {
			if r.Kind == "" || !strings.HasPrefix(r.Paid, month+"-") {
				continue
			}
			f := of(r.Kind)
			f.Seen += r.Amount
			if !slices.Contains(f.Agencies, a.Agency) {
				f.Agencies = append(f.Agencies, a.Agency)
			}
		}
	}
	out := found[:0]
	for _, f := range found {
		switch {
		case f.Seen > f.Said:
			f.Verdict = More
		case f.Seen == f.Said:
			f.Verdict = Confirmed
		case !all(payers[f.Kind], spoke):
			continue // somebody who pays this kind is silent: nothing can be said
		default:
			f.Verdict = Less
		}
		if f.Agencies == nil {
			f.Agencies = payers[f.Kind]
		}
		if f.Said > 0 || f.Seen > 0 {
			out = append(out, f)
		}
	}
	return out
}

func all(of []Agency, spoke map[Agency]bool) bool {
	for _, a := range of {
		if !spoke[a] {
			return false
		}
	}
	return true
}
