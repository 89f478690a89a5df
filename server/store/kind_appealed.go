package store

import (
	"slices"
	"time"

	"github.com/hashicorp/go-memdb"
)

// An appeal of a decision, and what the board and the court did with it.
const (
	KindAppealed     Kind = "appealed"
	KindAppealInTime Kind = "appeal-in-time"
	KindAppealClosed Kind = "appeal-closed"
	KindAppealJudged Kind = "appeal-judged"
)

// Appealed is the head of an appeal of the decision whose leaf is Index. Whether
// it came in time is for the board to say: Late only notes what the calendar says.
type Appealed struct {
	Person  string `json:"person"` // who appeals
	Index   uint64 `json:"index"`
	Late    bool   `json:"late,omitzero"`
	Against uint64 `json:"against,omitzero"` // the event that dismissed an earlier appeal, where it is of that
	By      string `json:"by,omitzero"`      // the caseworker who entered one that came on paper
	Came    string `json:"came,omitzero"`    // and the day it came
}

// Kind implements Head.
func (Appealed) Kind() Kind { return KindAppealed }

func (h Appealed) may(c Caller, v *View, d Draft) bool {
	k, err := v.Case(d.Case)
	if err != nil || !c.sees(&k) || k.Index != h.Index {
		return false
	}
	if against, ok := k.MayAppeal(h.Person); !ok || against != h.Against {
		return false
	}
	if c.Role == Applicant {
		return h.Person == c.Ref && h.By == "" && h.Came == ""
	}
	_, wrong := time.Parse(time.DateOnly, h.Came)
	return c.Role == Caseworker && h.By == c.Ref && wrong == nil && slices.Contains(k.Adults(), h.Person)
}

func (h Appealed) seenBy(c Caller) bool { return c.Role != Applicant || c.Ref == h.Person }

func (h *Appealed) rename(root func(string) string) { h.Person = root(h.Person) }

func (h Appealed) apply(txn *memdb.Txn, e *Event) error {
	person := (&View{txn}).root(h.Person)
	return change(txn, e, func(c *Case) bool {
		ok := c.State == StatePublished && c.Index == h.Index && !c.HasOpen(person)
		c.Appeals = append(slices.Clone(c.Appeals), Appeal{Seq: e.Seq, Person: person, Index: h.Index, Against: h.Against, At: e.At, Came: h.Came, Late: h.Late, State: AppealOpen})
		return ok
	})
}

// answers is the right to say something about an appeal that a court does not have.
func answers(c Caller, v *View, d Draft, by string, appeal uint64) (*Case, *Appeal) {
	k, err := v.Case(d.Case)
	if err != nil || c.Role != Caseworker || !c.sees(&k) || by != c.Ref {
		return nil, nil
	}
	return &k, k.appeal(appeal)
}

// AppealInTime is the head of the board's finding that an appeal which seemed late came
// in time, counted from when the person had the decision.
type AppealInTime struct {
	By     string `json:"by"`
	Person string `json:"person"` // whose it is
	Appeal uint64 `json:"appeal"` // its event
}

// Kind implements Head.
func (AppealInTime) Kind() Kind { return KindAppealInTime }

func (h AppealInTime) may(c Caller, v *View, d Draft) bool {
	_, a := answers(c, v, d, h.By, h.Appeal)
	return a != nil && a.Waits() && a.Doubtful() && a.Person == h.Person
}

func (h AppealInTime) seenBy(c Caller) bool { return c.Role != Applicant || c.Ref == h.Person }

func (h *AppealInTime) rename(root func(string) string) { h.Person = root(h.Person) }

func (h AppealInTime) apply(txn *memdb.Txn, e *Event) error {
	return change(txn, e, func(c *Case) bool { return c.alter(h.Appeal, func(a *Appeal) { a.InTime = true }) })
}

// AppealClosed is the head of what became of an appeal.
type AppealClosed struct {
	By     string `json:"by"`
	How    string `json:"how"`             // AppealReconsidered, AppealForwarded or AppealDismissed
	Person string `json:"person,omitzero"` // whose it is
	Appeal uint64 `json:"appeal,omitzero"` // its event; 0 in an event from before each adult had one: the only open one
}

// Kind implements Head.
func (AppealClosed) Kind() Kind { return KindAppealClosed }

// may: one that came too late is dismissed, and nothing else until it is found to be in
// time. A board that reconsidered has made a new decision; of an appeal of a dismissal it
// takes back the dismissal.
func (h AppealClosed) may(c Caller, v *View, d Draft) bool {
	k, a := answers(c, v, d, h.By, h.Appeal)
	if a == nil || !a.Waits() || a.Person != h.Person {
		return false
	}
	switch h.How {
	case AppealDismissed:
		return a.Doubtful()
	case AppealForwarded:
		return !a.Doubtful()
	case AppealReconsidered:
		return !a.Doubtful() && (a.Against != 0 || k.Index != a.Index)
	}
	return false
}

func (h AppealClosed) seenBy(c Caller) bool {
	return c.Role != Applicant || h.Person == "" || c.Ref == h.Person
}

func (h *AppealClosed) rename(root func(string) string) {
	if h.Person != "" {
		h.Person = root(h.Person)
	}
}

func (h AppealClosed) apply(txn *memdb.Txn, e *Event) error {
	return change(txn, e, func(c *Case) bool {
		var against uint64
		ok := c.alter(h.Appeal, func(a *Appeal) {
			a.State, a.Closed, a.Covers, against = h.How, e.Seq, c.Index, a.Against
		})
		if h.How == AppealReconsidered && against != 0 {
			c.reopen(against)
		}
		return ok
	})
}

// Judged is the head of what the court decided about an appeal that it had.
type Judged struct {
	By     string `json:"by"`
	Result string `json:"result"` // CourtUpheld, …
	Person string `json:"person"` // whose appeal it is
	Appeal uint64 `json:"appeal"` // its event
}

// Kind implements Head.
func (Judged) Kind() Kind { return KindAppealJudged }

func (h Judged) may(c Caller, v *View, d Draft) bool {
	_, a := answers(c, v, d, h.By, h.Appeal)
	return a != nil && a.State == AppealForwarded && a.Person == h.Person && slices.Contains([]string{CourtUpheld, CourtChanged, CourtRemitted}, h.Result)
}

func (h Judged) seenBy(c Caller) bool { return c.Role != Applicant || c.Ref == h.Person }

func (h *Judged) rename(root func(string) string) { h.Person = root(h.Person) }

// apply: where the court sets a dismissal aside, the appeal that was dismissed is to be
// tried. Covers is the decision that holds: a slip of the pen may have been put right
// while the court had the case.
func (h Judged) apply(txn *memdb.Txn, e *Event) error {
	return change(txn, e, func(c *Case) bool {
		var against uint64
		ok := c.alter(h.Appeal, func(a *Appeal) {
			a.State, a.Result, a.Covers, against = AppealJudged, h.Result, c.Index, a.Against
		})
		if against != 0 && h.Result != CourtUpheld {
			c.reopen(against)
		}
		return ok
	})
}
