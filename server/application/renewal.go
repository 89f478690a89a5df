package application

import "github.com/skalig/skalig/server/household"

// Last is the last decision: what was applied for, and what came of it.
type Last struct {
	Case      string
	Facts     []byte
	Born      []Birth
	Supported bool // something is granted for its month
}

// Carry begins a renewal or a supplement from the last decision, for a later month or
// the same. Each row of a renewal has last month's amount beside
// it and waits to be confirmed; a supplement keeps them and adds.
func Carry(kind string, last Last, month string) (Answers, error) {
	a, err := From(last.Facts)
	if err != nil {
		return Answers{}, err
	}
	a.Kind, a.Source, a.Last, a.LastMonth = kind, FromForm, last.Case, a.Month
	for _, b := range last.Born {
		if p := a.Person(b.Child); p != nil && !p.Adult() {
			p.Born = b.Month
		}
	}
	for i := range a.Rows {
		a.Rows[i].Last = a.Rows[i].Amount
		if kind == Supplement {
			a.Rows[i].Mark = Same
		}
	}
	if kind == Supplement {
		return a, nil
	}
	a.Month = month
	a.Surplus, a.SurplusMonth, a.Assets = "", "", ""
	if last.Supported {
		if err := a.begun(last.Facts); err != nil {
			return Answers{}, err
		}
	}
	for i := range a.Persons {
		a.Persons[i].carry(follows(a.LastMonth, month), last.Supported)
	}
	a.SetAges()
	a.Done = []string{"grund"}
	return a, nil
}

// begun notes jobbstimulans that began with the last decision: nobody need remember it.
func (a *Answers) begun(facts []byte) error {
	f, err := household.Parse(facts)
	if err != nil {
		return err
	}
	adult := 0
	for i := range a.Persons {
		p := &a.Persons[i]
		if !p.Adult() {
			continue
		}
		if f.Run(adult).Begins() {
			p.StimulusFrom = a.LastMonth
		}
		adult++
	}
	return nil
}

// carry takes a person one month on: support in the month before is one month more,
// a month without breaks the run, and after a gap nobody knows without asking.
func (p *Person) carry(next, supported bool) {
	p.Earned = ""
	switch {
	case !p.Adult():
	case !next:
		p.Before, p.Months = "", ""
	case !supported:
		p.Before, p.Months = "no", ""
	case p.Before == "no":
		p.Before, p.Months = "yes", "1"
	case p.Before == "yes":
		if n := count(p.Months); n != nil {
			*n++
			p.Months = number(n)
		}
	}
}

// follows says whether month is the one after last.
func follows(last, month string) bool {
	if !isMonth(last) || !isMonth(month) {
		return false
	}
	index := func(m string) int64 { return *count(m[:4])*12 + *count(m[5:]) }
	return index(month) == index(last)+1
}

// Carried are the rows that come from last month.
func (a *Answers) Carried() []Row {
	var out []Row
	for _, r := range a.Rows {
		if r.Last != "" {
			out = append(out, r)
		}
	}
	return out
}

// readCarried reads of each row whether it is the same, changed or ended, and
// whether household and housing are as they were.
func (a *Answers) readCarried(r *reader) {
	for i := range a.Rows {
		row := &a.Rows[i]
		if row.Last == "" {
			continue
		}
		row.Mark = r.one(row.ID, "Svara på "+row.Label(), Same, Changed, Ended)
		typed := r.money(row.ID + "-amount")
		switch row.Mark {
		case Same:
			row.Amount = row.Last
		case Ended:
			row.Amount = ""
		case Changed:
			if row.Amount = typed; typed == "" {
				r.fail(row.ID+"-amount", "Skriv det nya beloppet för "+row.Label())
			}
		}
	}
	a.Unchanged = r.one("unchanged", "Svara på om hushållet och bostaden är som förra månaden", "yes", "no")
	if r.faults != nil {
		return
	}
	a.done("kostnader")
	a.done("inkomster")
	if a.Unchanged == "yes" {
		a.done("hushall")
		a.done("bostad")
		if !a.asksOfChildren() {
			a.done("barn")
		}
	}
}

// Swap makes the second adult the first: the one who applies now was last month's
// co-applicant.
func (a *Answers) Swap() {
	other := map[string]string{"p1": "p2", "p2": "p1"}
	for i := range a.Persons {
		if id, ok := other[a.Persons[i].ID]; ok && a.Adults > 1 {
			a.Persons[i].ID = id
		}
	}
	rows := a.Rows
	a.Rows = nil
	for _, r := range rows {
		if id, ok := other[r.Person]; ok && a.Adults > 1 {
			r.Person = id
		}
		a.add(r)
	}
	for i := range a.Persons {
		if j := i + 1; j < len(a.Persons) && a.Persons[i].ID == "p2" && a.Persons[j].ID == "p1" {
			a.Persons[i], a.Persons[j] = a.Persons[j], a.Persons[i]
		}
	}
}
