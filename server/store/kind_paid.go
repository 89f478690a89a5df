package store

import (
	"fmt"
	"slices"

	"github.com/hashicorp/go-memdb"
)

// Paid is the head of a bank's answer. What it says is only as sure as who reads it
// in: a rejection of what has been paid, or by who prepared the file, waits for a
// second approver (TransferUnconfirmed).
type Paid struct {
	Batch    string       `json:"batch"`
	Statuses []PartStatus `json:"statuses"`
	By       string       `json:"by"`
}

// A PartStatus is what the bank says of one transfer.
type PartStatus struct {
	ID    string `json:"id"`
	State string `json:"state"`
}

// Kind implements Head.
func (Paid) Kind() Kind { return KindPaid }

func (h Paid) may(c Caller, v *View, _ Draft) bool {
	b, err := v.batch(h.Batch)
	if err != nil || b == nil || !c.staff(Approver, b.Municipality) || h.By != c.Ref || b.State != TransferReleased || len(h.Statuses) == 0 {
		return false
	}
	for _, s := range h.Statuses {
		t, err := v.transfer(s.ID)
		if err != nil || t == nil || t.Batch != h.Batch || !t.Takes(s.State, b, h.By) {
			return false
		}
	}
	return true
}

// Takes says whether an answer that somebody reads in brings the transfer to a state.
// What is paid does not become accepted again, nor does what was rejected.
func (t *Transfer) Takes(state string, b *Batch, by string) bool {
	switch state {
	case TransferAccepted:
		return t.State == TransferReleased
	case TransferSettled:
		return slices.Contains([]string{TransferReleased, TransferAccepted, TransferUnconfirmed}, t.State)
	case TransferUnconfirmed, TransferRejected:
		return state == t.Refused(b, by) && slices.Contains([]string{TransferReleased, TransferAccepted, TransferSettled}, t.State)
	}
	return false
}

// Refused is the state to which an answer that rejects the transfer brings it.
func (t *Transfer) Refused(b *Batch, by string) string {
	if t.State == TransferSettled || by == b.By {
		return TransferUnconfirmed
	}
	return TransferRejected
}

// An answer of before there were unconfirmed rejections made every one of them good.
func (h Paid) apply(txn *memdb.Txn, e *Event) error {
	v := &View{txn}
	for _, s := range h.Statuses {
		err := v.move(txn, s.ID, s.State, e.At, func(t *Transfer) {
			if s.State != TransferRejected && s.State != TransferUnconfirmed {
				t.Before, t.Loader = "", ""
				return
			}
			t.Before, t.Loader = t.State, h.By
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Rejection is the head of what a second approver says of rejections that wait for
// one: that they stand, and the amount is due again, or not.
type Rejection struct {
	Batch     string   `json:"batch"`
	Transfers []string `json:"transfers"`
	Stands    bool     `json:"stands"`
	By        string   `json:"by"`
}

// Kind implements Head.
func (Rejection) Kind() Kind { return KindRejection }

func (h Rejection) may(c Caller, v *View, _ Draft) bool {
	b, err := v.batch(h.Batch)
	if err != nil || b == nil || !c.staff(Approver, b.Municipality) || h.By != c.Ref || len(h.Transfers) == 0 {
		return false
	}
	for _, id := range h.Transfers {
		t, err := v.transfer(id)
		if err != nil || t == nil || t.Batch != h.Batch || t.State != TransferUnconfirmed || t.Loader == h.By {
			return false
		}
	}
	return true
}

func (h Rejection) apply(txn *memdb.Txn, e *Event) error {
	v := &View{txn}
	for _, id := range h.Transfers {
		t, err := v.transfer(id)
		if err != nil || t == nil || t.State != TransferUnconfirmed {
			return fmt.Errorf("%w: row %d is about a rejection that does not wait: %w", errApply, e.Seq, err)
		}
		if h.Stands {
			err = v.move(txn, id, TransferRejected, e.At, func(*Transfer) {})
		} else {
			err = v.move(txn, id, t.Before, e.At, func(t *Transfer) { t.Before, t.Loader = "", "" })
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// loader holds for who has read in that a transfer of a case was rejected.
func (v *View) loader(id, ref string) bool {
	d, err := v.due(Case{ID: id})
	return err != nil || d.Loaded(ref)
}

// Loaded holds for who has read in that a transfer of the case was rejected. They
// neither order nor release what is paid in it instead.
func (d *Due) Loaded(ref string) bool {
	return slices.ContainsFunc(d.Transfers, func(t Transfer) bool { return t.State == TransferRejected && t.Loader == ref })
}

// loaderOf holds for who has read in a rejection in any case of a batch.
func (v *View) loaderOf(b *Batch, ref string) bool {
	return slices.ContainsFunc(b.Parts, func(p Part) bool { return v.loader(p.Case, ref) })
}

// move brings a transfer to a state. first changes the copy that is kept.
func (v *View) move(txn *memdb.Txn, id, state string, at int64, first func(*Transfer)) error {
	old, err := v.transfer(id)
	if err != nil || old == nil {
		return fmt.Errorf("%w: there is no transfer %s: %w", errApply, id, err)
	}
	t := *old
	first(&t)
	t.State, t.At = state, at
	return txn.Insert("transfers", &t)
}
