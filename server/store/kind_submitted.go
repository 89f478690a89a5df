package store

import (
	"errors"
	"fmt"

	"github.com/hashicorp/go-memdb"
)

// KindSubmitted is an application that was sent.
const KindSubmitted Kind = "submitted"

// Submitted is the head of an application.
type Submitted struct {
	Person       string `json:"person"` // the applicant's reference
	Municipality string `json:"municipality"`
	Month        string `json:"month"`
	Key          string `json:"key"`    // reference of the form's key, under which a retry finds this case
	Digest       string `json:"digest"` // keyed digest of everything applied for
	HumanAsked   bool   `json:"humanAsked"`
	AcuteNeed    bool   `json:"acuteNeed"`
}

// Kind implements Head.
func (Submitted) Kind() Kind { return KindSubmitted }

func (h Submitted) may(c Caller, _ *View, _ Draft) bool {
	return c.Role == Applicant && c.Ref != "" && h.Person == c.Ref
}

func (h Submitted) apply(txn *memdb.Txn, e *Event) error {
	if old, err := txn.First("cases", "id", e.Case); err != nil || old != nil {
		return errors.Join(err, fmt.Errorf("%w: row %d submits a case that exists", errApply, e.Seq))
	}
	return txn.Insert("cases", &Case{ID: e.Case, Person: h.Person, Municipality: h.Municipality, Month: h.Month,
		State: StateSubmitted, Version: 1, Key: h.Key, Digest: h.Digest, HumanAsked: h.HumanAsked, AcuteNeed: h.AcuteNeed,
		SubmittedAt: e.At, History: []Step{e.step()}})
}
