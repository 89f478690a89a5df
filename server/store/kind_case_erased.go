package store

import "github.com/hashicorp/go-memdb"

// KindCaseErased is a case whose key is to be destroyed, or is.
const KindCaseErased Kind = "case-erased"

// CaseErased is the head of an erasure. The event comes first and the key is destroyed
// after it, so that no key is ever missing without an event that says so. The log names
// its decisions later, with those of others ([Erasures]).
type CaseErased struct {
	Erases  string   `json:"erases"`        // the case
	Also    []string `json:"also,omitzero"` // wishes to talk and accounts that go with it, whose keys are their own
	Reason  string   `json:"reason"`        // one of package record's
	Numbers []uint64 `json:"numbers"`       // of its decisions, rising; none where it had none
}

// Kind implements Head.
func (CaseErased) Kind() Kind { return KindCaseErased }

func (h CaseErased) may(c Caller, v *View, d Draft) bool {
	_, err := v.Case(h.Erases)
	return err == nil && c.Role == System && d.Case == ""
}

func (h CaseErased) apply(txn *memdb.Txn, e *Event) error {
	if err := eraseCase(txn, e, h.Erases, h.Also); err != nil {
		return err
	}
	c, err := (&View{txn}).Case(h.Erases)
	if err != nil || len(h.Numbers) == 0 {
		return err
	}
	return txn.Insert("untold", &Untold{Case: h.Erases, Adults: c.Adults(), Municipality: c.Municipality, Reason: h.Reason, Numbers: h.Numbers, Seq: e.Seq})
}
