package store

import (
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/go-memdb"
)

// KindSubmitted is an application that was sent.
const KindSubmitted Kind = "submitted"

// The kinds of application.
const (
	FirstTime  = "new"        // the household has no earlier decision here
	Renewal    = "renewal"    // last month's answers, each confirmed
	Supplement = "supplement" // more for a month that is already applied for
)

// The channels that an application comes in by. Whatever the channel, the case is
// the same.
const (
	Web      = "web"
	Paper    = "paper"    // a signed form that a caseworker enters
	Phone    = "phone"    // told by phone to a caseworker
	Assisted = "assisted" // entered together with a caseworker
)

// Channels are all of them.
var Channels = []string{Web, Paper, Phone, Assisted}

// Submitted is the head of an application.
type Submitted struct {
	Person       string `json:"person"`           // the applicant's reference
	Partner      string `json:"partner,omitzero"` // the co-applicant's, where two adults apply together
	Municipality string `json:"municipality"`
	Month        string `json:"month"`
	Form         string `json:"form,omitzero"`    // kind of application; empty: not said
	Channel      string `json:"channel,omitzero"` // empty: web
	By           string `json:"by,omitzero"`      // the caseworker who entered it, for every channel but the web
	Key          string `json:"key"`              // reference of the form's key, under which a retry finds this case
	Digest       string `json:"digest"`           // keyed digest of everything applied for
	HumanAsked   bool   `json:"humanAsked"`
	AcuteNeed    bool   `json:"acuteNeed"`
	Unknown      bool   `json:"unknown,omitzero"` // an amount was answered with "I don't know"
}

// Kind implements Head.
func (Submitted) Kind() Kind { return KindSubmitted }

// may: an applicant sends the own application, and where two apply together each
// of them has signed this very content. A caseworker enters what came in another
// way than by the web, for the own municipality. Documents that were handed in
// under the case's id belong to it only if they are the same people's.
func (h Submitted) may(c Caller, v *View, d Draft) bool {
	if v.root(h.Partner) == v.root(h.Person) || !v.documentsFit(d.Case, h) {
		return false
	}
	switch c.Role {
	case Applicant:
		if c.Ref == "" || c.Ref != h.Person && c.Ref != h.Partner || h.By != "" || h.Channel != "" && h.Channel != Web || !c.within(h.Municipality) {
			return false
		}
		return h.Partner == "" || v.signed(d.Case, h.Person, h.Digest) && v.signed(d.Case, h.Partner, h.Digest)
	case Caseworker:
		return c.Ref != "" && h.By == c.Ref && h.Person != "" && h.Channel != Web && slices.Contains(Channels, h.Channel) &&
			c.Municipality != "" && h.Municipality == c.Municipality
	}
	return false
}

func (h Submitted) apply(txn *memdb.Txn, e *Event) error {
	if old, err := txn.First("cases", "id", e.Case); err != nil || old != nil {
		return errors.Join(err, fmt.Errorf("%w: row %d submits a case that exists", errApply, e.Seq))
	}
	channel := h.Channel
	if channel == "" {
		channel = Web
	}
	v := &View{txn}
	person, partner := v.root(h.Person), v.root(h.Partner)
	sheltered, err := v.protected((&Case{Person: person, Partner: partner}).Adults())
	if err != nil {
		return err
	}
	return txn.Insert("cases", &Case{ID: e.Case, Person: person, Partner: partner, Municipality: h.Municipality, Month: h.Month,
		Form: h.Form, Channel: channel, State: StateSubmitted, Version: 1, Key: h.Key, Digest: h.Digest,
		HumanAsked: h.HumanAsked, AcuteNeed: h.AcuteNeed, Unknown: h.Unknown, Protected: sheltered, SubmittedAt: e.At, History: []Step{e.step()}})
}
