package store

import "slices"

// The states of an appeal.
const (
	AppealOpen         = "open"         // it waits for the board
	AppealReconsidered = "reconsidered" // the board made a new decision that gives what was asked
	AppealForwarded    = "forwarded"    // the board sent it to the court
	AppealDismissed    = "dismissed"    // the board dismissed it, because it came too late
	AppealJudged       = "judged"       // the court has decided
)

// What a court can do with the decision that was appealed.
const (
	CourtUpheld   = "upheld"   // it stands, or the court did not try it
	CourtChanged  = "changed"  // it is to be made as the court says
	CourtRemitted = "remitted" // the board is to decide anew
)

// An Appeal is one adult's: each has a right of their own to appeal, and learns of
// their own what became of it.
type Appeal struct {
	Seq     uint64 // number of its event
	Person  string
	Index   uint64 // of the decision that it is of
	Against uint64 // number of the event that dismissed an earlier one, where it is of that; else 0
	At      int64  // when it came here, or was entered
	Came    string // the day it came, where a caseworker entered it
	Late    bool   // it came after the last day, counted from when the decision was published
	InTime  bool   // the board has found that it came in time all the same
	State   string // AppealOpen, …
	Closed  uint64 // number of the event that closed it; 0: open
	Covers  uint64 // index of the decision that held when it was closed
	Result  string // of the court: CourtUpheld, …
}

// Waits holds for one that the board has to answer.
func (a *Appeal) Waits() bool { return a.State == AppealOpen }

// Doubtful holds for one that may be too late: the board must try that first.
func (a *Appeal) Doubtful() bool { return a.Late && !a.InTime }

// AppealOf is a person's latest appeal in the case, nil where there is none.
func (c *Case) AppealOf(person string) *Appeal {
	for i := len(c.Appeals) - 1; i >= 0; i-- {
		if c.Appeals[i].Person == person {
			return &c.Appeals[i]
		}
	}
	return nil
}

// OpenAppeals are those that the board has to answer, the oldest first.
func (c *Case) OpenAppeals() []Appeal {
	return slices.DeleteFunc(slices.Clone(c.Appeals), func(a Appeal) bool { return !a.Waits() })
}

// InCourt says whether a court has an appeal of the case's decision. What is only of a
// dismissed appeal leaves the decision with the board.
func (c *Case) InCourt() bool {
	return slices.ContainsFunc(c.Appeals, func(a Appeal) bool { return a.State == AppealForwarded && a.Against == 0 })
}

// ToExecute says whether a court has said that the decision that holds is to be another.
func (c *Case) ToExecute() bool {
	return slices.ContainsFunc(c.Appeals, func(a Appeal) bool {
		return a.State == AppealJudged && a.Against == 0 && a.Covers == c.Index && a.Result != CourtUpheld
	})
}

// Awaits says whether the board has something to do because of an appeal.
func (c *Case) Awaits() bool { return len(c.OpenAppeals()) > 0 || c.ToExecute() }

// MayAppeal says whether there is something in the case that a person may appeal, and
// what: the decision, or the dismissal of an earlier appeal, whose event is against.
func (c *Case) MayAppeal(person string) (against uint64, ok bool) {
	last := c.AppealOf(person)
	switch {
	case c.State != StatePublished || c.HasOpen(person):
		return 0, false
	case last == nil || last.State == AppealReconsidered || last.Covers != c.Index:
		return 0, true
	case last.State == AppealDismissed:
		return last.Closed, true
	}
	return 0, false
}

// HasOpen says whether the board has an appeal of a person's to answer.
func (c *Case) HasOpen(person string) bool {
	return slices.ContainsFunc(c.Appeals, func(a Appeal) bool { return a.Person == person && a.Waits() })
}

// alter changes a copy of one appeal: that of an event, or the only open one, as an
// event says it that is older than appeals of each adult.
func (c *Case) alter(seq uint64, fn func(*Appeal)) bool {
	i := slices.IndexFunc(c.Appeals, func(a Appeal) bool { return a.Seq == seq || seq == 0 && a.Waits() })
	if i < 0 {
		return false
	}
	c.Appeals = slices.Clone(c.Appeals)
	fn(&c.Appeals[i])
	return true
}

// appeal finds one by its event.
func (c *Case) appeal(seq uint64) *Appeal {
	for i := range c.Appeals {
		if c.Appeals[i].Seq == seq {
			return &c.Appeals[i]
		}
	}
	return nil
}

// reopen opens the appeal that an event dismissed: it is to be tried.
func (c *Case) reopen(dismissal uint64) {
	for _, a := range c.Appeals {
		if a.Closed == dismissal && a.State == AppealDismissed {
			c.alter(a.Seq, func(a *Appeal) { a.State, a.Closed, a.InTime = AppealOpen, 0, true })
			return
		}
	}
}
