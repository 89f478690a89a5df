package household

// A Run is what facts state of one adult's months with support before their month. The
// zero Run states nothing.
type Run struct {
	Month        string
	InRow        *int   // nil: not known
	StimulusFrom string // the first month with jobbstimulans, never, or empty: not known
	Earned       bool   // there is a wage
}

const (
	qualifying = 6  // months in a row before jobbstimulans
	stimulus   = 24 // months that it lasts
	never      = "never"
)

// Run is that of the adult with a place among the adults, the zero Run where there is
// no such adult.
func (f *Facts) Run(adult int) Run {
	for _, p := range f.Persons {
		if p.Role != "adult" {
			continue
		}
		if adult == 0 {
			return Run{f.Month, p.MonthsInRow, p.StimulusFrom, f.earns(p.ID)}
		}
		adult--
	}
	return Run{}
}

func (f *Facts) earns(person string) bool {
	for _, in := range f.Incomes {
		if in.Kind == "wage" && in.Person == person && in.Amount > 0 {
			return true
		}
	}
	return false
}

// Begins says whether jobbstimulans begins with the month, should there be support: it
// has never begun or has ended, six months in a row have come since, and there is a wage.
func (r Run) Begins() bool {
	if !r.Earned || r.InRow == nil || r.StimulusFrom == "" {
		return false
	}
	row := *r.InRow
	if r.begun() {
		row = min(row, apart(r.StimulusFrom, r.Month)-stimulus)
	}
	return row >= qualifying
}

// after is the run once its month is decided.
func (r Run) after(decided map[string]bool) Run {
	if decided[r.Month] && r.Begins() {
		r.StimulusFrom = r.Month
	}
	return r
}

// Agrees says whether what is stated now goes with what was stated when the person's
// last decision was made, and with the months that are decided: true for each with
// support.
func (r Run) Agrees(then Run, decided map[string]bool) bool {
	if apart(then.Month, r.Month) > 0 {
		then = then.after(decided)
	}
	return r.countAgrees(then, decided) && r.startAgrees(then, decided)
}

// countAgrees: no decided month in the run was without support, the month before it was
// not one with support, and a run that reaches back past the last decision is as long
// before that as was stated then.
func (r Run) countAgrees(then Run, decided map[string]bool) bool {
	if r.InRow == nil {
		return true
	}
	for month, supported := range decided {
		switch ago := apart(month, r.Month); {
		case ago <= 0:
		case ago <= *r.InRow && !supported, ago == *r.InRow+1 && supported:
			return false
		}
	}
	ago := apart(then.Month, r.Month)
	return then.InRow == nil || ago <= 0 || *r.InRow < ago || *r.InRow-ago == *then.InRow
}

func (r Run) begun() bool { return r.StimulusFrom != "" && r.StimulusFrom != never }

// startAgrees: jobbstimulans begins after six months in a row. It keeps its first month
// until new ones can have earned another, and begins with the last decision or later
// where it had not begun then.
func (r Run) startAgrees(then Run, decided map[string]bool) bool {
	switch {
	case !r.begun():
		return !then.begun()
	case !then.begun():
		if r.StimulusFrom < then.Month {
			return false
		}
	case r.StimulusFrom != then.StimulusFrom && apart(then.StimulusFrom, r.StimulusFrom) < stimulus+qualifying:
		return false
	}
	for month, supported := range decided {
		if ago := apart(month, r.StimulusFrom); ago > 0 && ago <= qualifying && !supported {
			return false
		}
	}
	ago := apart(r.StimulusFrom, r.Month)
	return ago < 0 || r.InRow == nil || *r.InRow < ago || *r.InRow-ago >= qualifying
}
