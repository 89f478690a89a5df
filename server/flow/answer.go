package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/skalig/skalig/server/payment"
	"github.com/skalig/skalig/server/store"
)

// ErrNoRejection says that no rejection in a payment file waits for the caller's word.
var ErrNoRejection = errors.New("no rejection waits for a word of the caller's")

// StatusBody is why the bank refused transfers, by id.
type StatusBody struct {
	Why map[string]string `json:"why"`
}

// Answer takes the bank's answer about a released file. What the bank refused or
// sent back is due again: at once, or where it had been paid, or where who reads the
// answer in has prepared the file, when another approver has confirmed it.
func (s *Service) Answer(ctx context.Context, caller store.Caller, file []byte) error {
	report, err := payment.ParseStatus(file)
	if err != nil {
		return err
	}
	b, content, err := s.handled(ctx, caller, report.Batch)
	if err != nil {
		return err
	}
	transfers, err := s.Store.BatchTransfers(&b)
	if err != nil {
		return err
	}
	for _, l := range report.Lines {
		if !slices.ContainsFunc(transfers, func(t store.Transfer) bool { return t.ID == l.ID }) {
			return fmt.Errorf("%w: it names a transfer that is not the file's", payment.ErrForm)
		}
	}
	head := store.Paid{Batch: b.ID, By: caller.Ref}
	body := StatusBody{Why: map[string]string{}}
	moved := map[string][]string{} // ids of transfers, by what is counted
	for i := range transfers {
		t := &transfers[i]
		l, ok := report.Of(t.ID)
		if !ok || l.Status == payment.Waiting {
			continue
		}
		state := string(l.Status)
		if l.Status == payment.Rejected {
			state = t.Refused(&b, caller.Ref)
		}
		if b.State == store.TransferReleased && !t.Takes(state, &b, caller.Ref) {
			continue // nothing that was not known
		}
		head.Statuses = append(head.Statuses, store.PartStatus{ID: t.ID, State: state})
		counted := moving(t.State, state)
		moved[counted] = append(moved[counted], t.ID)
		if l.Status == payment.Rejected {
			body.Why[t.ID] = l.Why
		}
	}
	if len(head.Statuses) == 0 {
		return nil
	}
	text, err := encodeBody(body)
	if err != nil {
		return err
	}
	return s.answered(ctx, caller, store.Draft{Case: b.ID, Head: head, Body: text}, &content, moved)
}

// Confirm is the word of a second approver on every rejection in a file that another
// has read in and that waits for one: it stands, and the amount is due again, or it
// does not, and the transfer is what it was.
func (s *Service) Confirm(ctx context.Context, caller store.Caller, id string, stands bool) error {
	b, content, err := s.handled(ctx, caller, id)
	if err != nil {
		return err
	}
	transfers, err := s.Store.BatchTransfers(&b)
	if err != nil {
		return err
	}
	head := store.Rejection{Batch: b.ID, Stands: stands, By: caller.Ref}
	moved := map[string][]string{}
	for _, t := range transfers {
		if t.State != store.TransferUnconfirmed || t.Loader == caller.Ref {
			continue
		}
		head.Transfers = append(head.Transfers, t.ID)
		counted := t.Before
		if stands {
			counted = moving(t.Before, store.TransferRejected)
		}
		moved[counted] = append(moved[counted], t.ID)
	}
	if len(head.Transfers) == 0 {
		return ErrNoRejection
	}
	return s.answered(ctx, caller, store.Draft{Case: b.ID, Head: head}, &content, moved)
}

// answered writes what has become of transfers, and counts it.
func (s *Service) answered(ctx context.Context, caller store.Caller, d store.Draft, content *payment.Batch, moved map[string][]string) error {
	if _, err := s.Store.Update(ctx, caller, func(*store.View) (store.Draft, error) { return d, nil }); err != nil {
		return err
	}
	for state, ids := range moved {
		s.Observer.Transferred(caller.Municipality, state, len(ids), total(content, ids))
	}
	return nil
}
