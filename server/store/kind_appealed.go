package store

import (
	"github.com/hashicorp/go-memdb"
)

// An appeal of a decision, and what the board did with it.
const (
	KindAppealed     Kind = "appealed"
	KindAppealClosed Kind = "appeal-closed"
)

// The states of a case's latest appeal.
const (
	AppealNone         = ""
	AppealOpen         = "open"         // it waits for the board
	AppealReconsidered = "reconsidered" // the board made a new decision
	AppealForwarded    = "forwarded"    // the board sent it to the court
)

// Appealed is the head of an appeal of the decision whose leaf is Index. Whether
// it came in time is for the board to say: Late only notes what the calendar says.
type Appealed struct {
	Person string `json:"person"` // who appeals
	Index  uint64 `json:"index"`
	Late   bool   `json:"late,omitzero"`
}

// Kind implements Head.
func (Appealed) Kind() Kind { return KindAppealed }

func (h Appealed) may(c Caller, v *View, d Draft) bool {
	k, err := v.Case(d.Case)
	return err == nil && c.Role == Applicant && c.sees(&k) && h.Person == c.Ref && k.State == StatePublished && k.Index == h.Index && k.Appeal != AppealOpen
}

func (h Appealed) seenBy(c Caller) bool { return c.Role != Applicant || c.Ref == h.Person }

func (h *Appealed) rename(root func(string) string) { h.Person = root(h.Person) }

func (h Appealed) apply(txn *memdb.Txn, e *Event) error {
	return change(txn, e, func(c *Case) bool {
		ok := c.State == StatePublished && c.Index == h.Index && c.Appeal != AppealOpen
		c.Appeal, c.Appealed, c.AppealedAt, c.AppealLate = AppealOpen, h.Index, e.At, h.Late
		return ok
	})
}

// AppealClosed is the head of what became of an appeal.
type AppealClosed struct {
	By  string `json:"by"`
	How string `json:"how"` // AppealReconsidered or AppealForwarded
}

// Kind implements Head.
func (AppealClosed) Kind() Kind { return KindAppealClosed }

// may: a board that reconsidered has made a new decision, or is about to keep the
// appealed one and forward.
func (h AppealClosed) may(c Caller, v *View, d Draft) bool {
	k, err := v.Case(d.Case)
	if err != nil || c.Role != Caseworker || !c.sees(&k) || h.By != c.Ref || k.Appeal != AppealOpen {
		return false
	}
	return h.How == AppealForwarded || h.How == AppealReconsidered && k.Index != k.Appealed
}

func (h AppealClosed) apply(txn *memdb.Txn, e *Event) error {
	return change(txn, e, func(c *Case) bool {
		ok := c.Appeal == AppealOpen
		c.Appeal = h.How
		return ok
	})
}
