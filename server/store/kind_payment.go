package store

import (
	"fmt"
	"slices"

	"github.com/hashicorp/go-memdb"
)

// The kinds of a payment's life. Amounts, names and account numbers stand in the
// bodies; a batch has a key of its own.
const (
	KindAccount   Kind = "account"           // where a person wants money sent
	KindOrdered   Kind = "payment-ordered"   // a batch of transfers, prepared by one approver
	KindCancelled Kind = "payment-cancelled" // a batch that was not released
	KindFreed     Kind = "payment-released"  // a batch that another approver has released
	KindPaid      Kind = "payment-status"    // what the bank says of transfers
	KindRejection Kind = "payment-rejection" // what a second approver says of a rejection that one does not make good alone
	KindHalted    Kind = "payment-stopped"   // a case that nothing is paid in, or again may be
)

// The states of a transfer and of a batch.
const (
	TransferOrdered  = "ordered"
	TransferReleased = "released"
	TransferAccepted = "accepted"
	TransferSettled  = "settled"

	TransferUnconfirmed = "unconfirmed" // rejected, which a second approver has not confirmed yet
	TransferRejected    = "rejected"    // refused or returned by the bank: not paid
)

// Account is the head of a person's account.
type Account struct {
	Person string `json:"person"`
}

// Kind implements Head.
func (Account) Kind() Kind { return KindAccount }

func (h Account) may(c Caller, _ *View, _ Draft) bool {
	return c.Role == Applicant && c.Ref != "" && h.Person == c.Ref
}

func (h Account) apply(txn *memdb.Txn, e *Event) error {
	v := &View{txn}
	old, err := v.account(h.Person)
	if err != nil {
		return err
	}
	a := &accountRow{Person: v.root(h.Person), Case: e.Case, Seq: e.Seq}
	if old != nil {
		a.Older = old.Older
	}
	return txn.Insert("accounts", a)
}

type accountRow struct {
	Person, Case string
	Seq          uint64
	Older        []string // keys of the accounts that the person had under another number
}

func (v *View) account(person string) (*accountRow, error) {
	found, err := v.txn.First("accounts", "id", v.root(person))
	a, _ := found.(*accountRow)
	return a, err
}

// A Part names a transfer: one part of one decision.
type Part struct {
	ID     string `json:"id"`
	Case   string `json:"case"`
	Number uint64 `json:"number"`        // of the decision
	Left   bool   `json:"left,omitzero"` // something of the decision was not ordered: somebody's account was not known
}

// Ordered is the head of a batch of transfers.
type Ordered struct {
	Batch        string `json:"batch"`
	Municipality string `json:"municipality"`
	Parts        []Part `json:"parts"`
	By           string `json:"by"`
}

// Kind implements Head.
func (Ordered) Kind() Kind { return KindOrdered }

// Only a decision with a receipt is paid, only the latest of its case, and only once;
// and by another than who has read in that the bank rejected a transfer of the case.
func (h Ordered) may(c Caller, v *View, _ Draft) bool {
	if !c.staff(Approver, h.Municipality) || h.By != c.Ref || len(h.Parts) == 0 {
		return false
	}
	for _, p := range h.Parts {
		k, err := v.Case(p.Case)
		if err != nil || k.Municipality != h.Municipality || !payable(&k, p.Number) || v.halted(k.ID) || v.loader(k.ID, h.By) {
			return false
		}
		if t, err := v.transfer(p.ID); err != nil || t != nil {
			return false
		}
	}
	return true
}

// payable holds for a case whose latest decision is this one, grants something and
// has its receipt.
func payable(k *Case, number uint64) bool {
	return k.State == StatePublished && k.Number == number && (k.Outcome == "granted" || k.Outcome == "partly")
}

func (h Ordered) apply(txn *memdb.Txn, e *Event) error {
	if old, err := txn.First("batches", "id", h.Batch); err != nil || old != nil {
		return fmt.Errorf("%w: row %d repeats a batch: %w", errApply, e.Seq, err)
	}
	for _, p := range h.Parts {
		if err := txn.Insert("transfers", &Transfer{Part: p, ID: p.ID, Case: p.Case, Batch: h.Batch, Municipality: h.Municipality, State: TransferOrdered, At: e.At}); err != nil {
			return err
		}
	}
	return txn.Insert("batches", &Batch{ID: h.Batch, Municipality: h.Municipality, Parts: h.Parts, State: TransferOrdered, By: h.By, OrderedAt: e.At, Seq: e.Seq})
}

// A Batch is one payment file.
type Batch struct {
	ID           string
	Municipality string
	Parts        []Part
	State        string // TransferOrdered or TransferReleased
	By           string // who prepared it
	Second       string // who released it
	OrderedAt    int64
	ReleasedAt   int64
	Seq          uint64
}

// A Transfer is one part of a decision on its way to be paid.
type Transfer struct {
	Part
	ID           string // repeated for the indexes, which see no embedded fields
	Case         string
	Batch        string
	Municipality string
	State        string
	At           int64  // of the state
	Before       string // the state that a rejection found it in
	Loader       string // who read in that it was rejected
}

// Active holds for a transfer that is paid or may yet be.
func (t *Transfer) Active() bool { return t.State != TransferRejected }

// Cancelled is the head of a batch that is given up before it is released.
type Cancelled struct {
	Batch string `json:"batch"`
	By    string `json:"by"`
}

// Kind implements Head.
func (Cancelled) Kind() Kind { return KindCancelled }

func (h Cancelled) may(c Caller, v *View, _ Draft) bool {
	b, err := v.batch(h.Batch)
	return err == nil && b != nil && c.staff(Approver, b.Municipality) && h.By == c.Ref && b.State == TransferOrdered
}

func (h Cancelled) apply(txn *memdb.Txn, e *Event) error {
	v := &View{txn}
	b, err := v.batch(h.Batch)
	if err != nil || b == nil {
		return fmt.Errorf("%w: row %d cancels no batch: %w", errApply, e.Seq, err)
	}
	for _, p := range b.Parts {
		if err := txn.Delete("transfers", &Transfer{ID: p.ID}); err != nil {
			return err
		}
	}
	return txn.Delete("batches", b)
}

// Freed is the head of a release: by another person than who prepared the batch, who
// decided any case in it, and who read in that a transfer of any of them was rejected.
type Freed struct {
	Batch string `json:"batch"`
	By    string `json:"by"`
}

// Kind implements Head.
func (Freed) Kind() Kind { return KindFreed }

// A batch is not released when one of its decisions has been replaced since, or a
// payment stopped.
func (h Freed) may(c Caller, v *View, _ Draft) bool {
	b, err := v.batch(h.Batch)
	if err != nil || b == nil || !c.staff(Approver, b.Municipality) || h.By != c.Ref || h.By == b.By || b.State != TransferOrdered {
		return false
	}
	return v.stale(b) == "" && !v.decider(b, h.By) && !v.loaderOf(b, h.By)
}

// decider holds for who has made one of the decisions that a batch pays.
func (v *View) decider(b *Batch, ref string) bool {
	return slices.ContainsFunc(b.Parts, func(p Part) bool {
		k, err := v.Case(p.Case)
		return err != nil || k.DecidedBy == ref
	})
}

// stale names the first case of a batch whose decision is no longer the one to pay.
func (v *View) stale(b *Batch) string {
	for _, p := range b.Parts {
		if k, err := v.Case(p.Case); err != nil || !payable(&k, p.Number) || v.halted(p.Case) {
			return p.Case
		}
	}
	return ""
}

func (h Freed) apply(txn *memdb.Txn, e *Event) error {
	v := &View{txn}
	old, err := v.batch(h.Batch)
	if err != nil || old == nil || old.State != TransferOrdered {
		return fmt.Errorf("%w: row %d releases no batch: %w", errApply, e.Seq, err)
	}
	b := *old
	b.State, b.Second, b.ReleasedAt = TransferReleased, h.By, e.At
	for _, p := range b.Parts {
		if err := v.move(txn, p.ID, TransferReleased, e.At, func(*Transfer) {}); err != nil {
			return err
		}
	}
	return txn.Insert("batches", &b)
}

// Halted is the head of a stop of a case's payments, or of its end.
type Halted struct {
	Case    string `json:"case"`
	Stopped bool   `json:"stopped"`
	By      string `json:"by"`
}

// Kind implements Head.
func (Halted) Kind() Kind { return KindHalted }

func (h Halted) may(c Caller, v *View, d Draft) bool {
	k, err := v.Case(h.Case)
	return err == nil && h.Case == d.Case && h.By == c.Ref && (c.staff(Approver, k.Municipality) || c.staff(Caseworker, k.Municipality))
}

func (h Halted) apply(txn *memdb.Txn, _ *Event) error {
	return txn.Insert("halted", &halt{Case: h.Case, Stopped: h.Stopped})
}

type halt struct {
	Case    string
	Stopped bool
}

func (v *View) halted(id string) bool {
	found, err := v.txn.First("halted", "id", id)
	h, _ := found.(*halt)
	return err != nil || h != nil && h.Stopped
}

func (v *View) batch(id string) (*Batch, error) {
	found, err := v.txn.First("batches", "id", id)
	b, _ := found.(*Batch)
	return b, err
}

func (v *View) transfer(id string) (*Transfer, error) {
	found, err := v.txn.First("transfers", "id", id)
	t, _ := found.(*Transfer)
	return t, err
}
