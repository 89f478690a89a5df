package flow

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/skalig/skalig/server/account"
	"github.com/skalig/skalig/server/payment"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
)

// A Debt is what a case is still to be paid: what its latest decision grants less
// what has been paid or ordered in the case before.
type Debt struct {
	store.Due
	Payee   string
	Account *AccountBody // the applicant's; nil: not known
	Partner *AccountBody // the co-applicant's, where there is one and it is known
	Amount  int64        // öre; not more than zero: nothing
	Granted int64
	Paid    int64   // or ordered
	Shares  []Share // who is to get Amount
	Barred  bool    // who asks has read in that the bank rejected a payment of the case, and so another orders
}

// A Share is what of a debt somebody is to get.
type Share struct {
	part   int
	Amount int64
	Payee  string
	To     *account.Number // nil: not known, and so not paid yet
	text   string
}

// The parts of a decision.
const (
	partPerson   = 1
	partLandlord = 2
	partPartner  = 3
)

// Debts is what there is to pay in the caller's municipality, with the batches.
func (s *Service) Debts(ctx context.Context, caller store.Caller) ([]Debt, []store.Batch, error) {
	due, batches, err := s.Store.Payments(ctx, caller)
	if err != nil {
		return nil, nil, err
	}
	var out []Debt
	for _, d := range due {
		debt, err := s.debt(ctx, d)
		if errors.Is(err, store.ErrErased) {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		debt.Barred = d.Loaded(caller.Ref)
		if debt.Amount > 0 {
			out = append(out, debt)
		}
	}
	return out, batches, nil
}

func (s *Service) debt(ctx context.Context, d store.Due) (Debt, error) {
	out := Debt{Due: d}
	file, err := s.Store.Read(ctx, store.Program, d.ID)
	if err != nil {
		return out, err
	}
	submitted, err := DecodeBody[SubmittedBody](file.Submitted)
	if err != nil {
		return out, err
	}
	body, err := DecodeBody[DecidedBody](file.Decided)
	if err != nil {
		return out, err
	}
	decision, err := record.ParseDecision([]byte(body.Record))
	if err != nil {
		return out, fmt.Errorf("couldn't read the record of case %s: %w", d.ID, err)
	}
	paid, err := s.paid(ctx, d.Transfers)
	if err != nil {
		return out, err
	}
	for _, ore := range paid {
		out.Paid += ore
	}
	out.Payee, out.Granted, out.Amount = submitted.Name, decision.Granted, decision.Granted-out.Paid
	if out.Account, err = s.AccountOf(ctx, store.Program, d.Person); err != nil {
		return out, err
	}
	partner := ""
	if d.Case.Partner != "" && submitted.Partner != nil {
		partner = submitted.Partner.Name
		if out.Partner, err = s.AccountOf(ctx, store.Program, d.Case.Partner); err != nil {
			return out, err
		}
	}
	out.share(partner, paid)
	return out, nil
}

// paid is what each part of a case has been paid or is on its way to be.
func (s *Service) paid(ctx context.Context, transfers []store.Transfer) (map[int]int64, error) {
	out := map[int]int64{}
	for i := range transfers {
		t := &transfers[i]
		if !t.Active() {
			continue
		}
		l, _, err := s.line(ctx, t)
		if err != nil {
			return nil, err
		}
		part, err := payment.PartOf(t.ID)
		if err != nil {
			return nil, err
		}
		out[part] += l.Amount
	}
	return out, nil
}

// share says who gets the debt. The landlord comes first, of the whole decision and
// not of each correction. What is left is the applicant's, or where two apply and
// either of them wants a half, each one's half, with an odd öre to the applicant. Of
// a share, what has been paid is not paid again; together the shares are the debt.
func (d *Debt) share(partner string, paid map[int]int64) {
	rest := d.Amount
	give := func(s Share, whole int64) {
		if s.Amount = min(max(whole-paid[s.part], 0), rest); s.Amount > 0 {
			rest -= s.Amount
			d.Shares = append(d.Shares, s)
		}
	}
	whole := d.Granted
	person := Share{part: partPerson, Payee: d.Payee, text: "Ekonomiskt bistånd " + d.Month}
	if a := d.Account; a != nil {
		person.Payee, person.To = a.Name, &a.To
		if l := a.Landlord; l != nil && l.Amount > 0 {
			landlord := min(int64(l.Amount), d.Granted)
			whole -= landlord
			give(Share{part: partLandlord, Payee: l.Name, To: &l.To, text: strings.TrimSpace("Hyra " + l.Reference)}, landlord)
		}
	}
	half := int64(0)
	if partner != "" && (d.Account != nil && d.Account.Half || d.Partner != nil && d.Partner.Half) {
		half = whole / 2
	}
	give(person, whole-half)
	other := Share{part: partPartner, Payee: partner, text: person.text}
	if a := d.Partner; a != nil {
		other.Payee, other.To = a.Name, &a.To
	}
	give(other, half)
}

// Payable is what of the debt who asked for it can order now: what somebody is to get
// whose account is known.
func (d *Debt) Payable() (sum int64) {
	if d.Halted || d.Barred {
		return 0
	}
	for _, s := range d.Shares {
		if s.To != nil {
			sum += s.Amount
		}
	}
	return sum
}

// lines are the transfers that pay a debt. left says whether something of it remains.
func (d *Debt) lines() (out []payment.Line, left bool) {
	for _, s := range d.Shares {
		if s.To == nil {
			left = true
			continue
		}
		out = append(out, payment.Line{ID: payment.ID(d.Municipality, d.Number, s.part, d.attempt(s.part)), Case: d.ID, Number: d.Number, Amount: s.Amount,
			Payee: s.Payee, To: *s.To, Text: s.text})
	}
	return out, left
}

// attempt is the next one to pay a part of the decision.
func (d *Debt) attempt(part int) int {
	n := 1
	for i := range d.Transfers {
		if p, err := payment.PartOf(d.Transfers[i].ID); err == nil && p == part && d.Transfers[i].Number == d.Number {
			n++
		}
	}
	return n
}
