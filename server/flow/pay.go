package flow

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/skalig/skalig/server/account"
	"github.com/skalig/skalig/server/household"
	"github.com/skalig/skalig/server/payment"
	"github.com/skalig/skalig/server/store"
)

// The errors of payments.
var (
	ErrSamePerson = errors.New("whoever prepared a payment file does not release it")
	ErrDecider    = errors.New("whoever decided a case does not release its payment")
	ErrLoader     = errors.New("whoever read in that the bank rejected a payment does not release what is paid instead")
	ErrReplaced   = errors.New("a decision in the payment file has been replaced, or its payment stopped, since the file was prepared")
	ErrNothingDue = errors.New("there is nothing to pay")
)

// AccountBody is where a person wants money sent.
type AccountBody struct {
	Name     string         `json:"name"` // of the account's holder
	To       account.Number `json:"to"`
	Landlord *Landlord      `json:"landlord,omitzero"` // nil: everything to the person
	Half     bool           `json:"half,omitzero"`     // of what two who apply together get, half to this account
}

// A Landlord gets the rent, or a part of it, straight from the municipality.
type Landlord struct {
	Name      string         `json:"name"`
	To        account.Number `json:"to"` // a bankgiro
	Reference string         `json:"reference"`
	Amount    household.Ore  `json:"amount"`
}

// SetAccount says where the caller wants money sent.
func (s *Service) SetAccount(ctx context.Context, caller store.Caller, a AccountBody) error {
	text, err := encodeBody(a)
	if err != nil {
		return err
	}
	id, err := s.NewID()
	if err != nil {
		return err
	}
	_, err = s.Store.Update(ctx, caller, func(v *store.View) (store.Draft, error) {
		ref, err := v.AccountRef(caller.Ref)
		if err != nil {
			return store.Draft{}, err
		}
		return store.Draft{Case: cmp.Or(ref, "account-"+id), Head: store.Account{Person: caller.Ref}, Body: text}, nil
	})
	return err
}

// AccountOf is a person's account, nil where none is known.
func (s *Service) AccountOf(ctx context.Context, caller store.Caller, person string) (*AccountBody, error) {
	text, err := s.Store.Account(ctx, caller, person)
	if err != nil || text == nil {
		return nil, err
	}
	a, err := DecodeBody[AccountBody](text)
	return &a, err
}

// Order prepares a payment file of everything that is due and can be paid. Another
// approver releases it.
func (s *Service) Order(ctx context.Context, caller store.Caller, payer payment.Payer) (id string, err error) {
	debts, _, err := s.Debts(ctx, caller)
	if err != nil {
		return "", err
	}
	now := s.today()
	b := payment.Batch{Day: payment.Payday(now), Made: now.Format(time.RFC3339), Payer: payer}
	var parts []store.Part
	for i := range debts {
		d := &debts[i]
		if d.Halted || d.Barred {
			continue
		}
		lines, left := d.lines()
		for _, l := range lines {
			b.Lines = append(b.Lines, l)
			parts = append(parts, store.Part{ID: l.ID, Case: l.Case, Number: l.Number, Left: left})
		}
	}
	if len(b.Lines) == 0 {
		return "", ErrNothingDue
	}
	b.ID = caller.Municipality + "-" + now.Format("20060102") + strings.TrimPrefix(parts[0].ID, caller.Municipality)
	if _, err := payment.Order(&b); err != nil { // a file that cannot be made is not ordered
		return "", err
	}
	text, err := encodeBody(b)
	if err != nil {
		return "", err
	}
	_, err = s.Store.Update(ctx, caller, func(*store.View) (store.Draft, error) {
		return store.Draft{Case: b.ID, Body: text, Head: store.Ordered{Batch: b.ID, Municipality: caller.Municipality, Parts: parts, By: caller.Ref}}, nil
	})
	if err == nil {
		s.Observer.Transferred(caller.Municipality, store.TransferOrdered, len(b.Lines), b.Total())
	}
	return b.ID, err
}

// Free releases a payment file: by another person than who prepared it, who decided
// any case in it and who read in that the bank rejected a payment of any of them, and
// only if every decision in it still is the one to pay.
func (s *Service) Free(ctx context.Context, caller store.Caller, id string) error {
	b, text, stale, err := s.Store.Handled(ctx, caller, id)
	switch {
	case err != nil:
		return err
	case b.By == caller.Ref:
		return ErrSamePerson
	case stale != "":
		return ErrReplaced
	case b.Municipality == caller.Municipality && s.Store.Decider(caller, &b):
		return ErrDecider
	case b.Municipality == caller.Municipality && s.Store.Loader(caller, &b):
		return ErrLoader
	}
	_, err = s.Store.Update(ctx, caller, func(*store.View) (store.Draft, error) {
		return store.Draft{Case: id, Head: store.Freed{Batch: id, By: caller.Ref}}, nil
	})
	if err != nil {
		return err
	}
	if content, err := DecodeBody[payment.Batch](text); err == nil {
		s.Observer.Transferred(b.Municipality, store.TransferReleased, len(content.Lines), content.Total())
	}
	return nil
}

// Cancel gives a payment file up before it is released; what was in it is due again.
func (s *Service) Cancel(ctx context.Context, caller store.Caller, id string) error {
	b, content, err := s.handled(ctx, caller, id)
	if err != nil {
		return err
	}
	_, err = s.Store.Update(ctx, caller, func(*store.View) (store.Draft, error) {
		return store.Draft{Case: id, Head: store.Cancelled{Batch: id, By: caller.Ref}}, nil
	})
	if err == nil {
		s.Observer.Transferred(b.Municipality, Cancelled, len(content.Lines), content.Total())
	}
	return err
}

// handled gives a payment file's content for what the caller does about it without
// being shown any of it.
func (s *Service) handled(ctx context.Context, caller store.Caller, id string) (store.Batch, payment.Batch, error) {
	b, text, _, err := s.Store.Handled(ctx, caller, id)
	if err != nil {
		return b, payment.Batch{}, err
	}
	content, err := DecodeBody[payment.Batch](text)
	return b, content, err
}

// Batch gives a payment file's content, which is a read of every case in it.
func (s *Service) Batch(ctx context.Context, caller store.Caller, id string) (store.Batch, payment.Batch, error) {
	b, text, _, err := s.Store.Batch(ctx, caller, id)
	if err != nil {
		return b, payment.Batch{}, err
	}
	content, err := DecodeBody[payment.Batch](text)
	return b, content, err
}

// Halt stops the payments of a case, or lets them go on.
func (s *Service) Halt(ctx context.Context, caller store.Caller, id string, stopped bool, name, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return errNoReason
	}
	text, err := encodeBody(StoppedBody{Name: name, Reason: reason})
	if err != nil {
		return err
	}
	_, err = s.Store.Update(ctx, caller, func(*store.View) (store.Draft, error) {
		return store.Draft{Case: id, Head: store.Halted{Case: id, Stopped: stopped, By: caller.Ref}, Body: text}, nil
	})
	return err
}

// A Paid is one transfer of a case as the applicant sees it.
type Paid struct {
	Amount int64
	Day    string // of payment
	State  string
	Payee  string
}

// Payments are the transfers of a case, for whoever may read the case.
func (s *Service) Payments(ctx context.Context, caller store.Caller, id string) ([]Paid, error) {
	transfers, err := s.Store.Transfers(ctx, caller, id)
	if err != nil {
		return nil, err
	}
	var out []Paid
	for i := range transfers {
		l, day, err := s.line(ctx, &transfers[i])
		if err != nil {
			return nil, err
		}
		out = append(out, Paid{l.Amount, day, transfers[i].State, l.Payee})
	}
	return out, nil
}
