package server

import (
	"errors"
	"io"
	"net/http"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/payment"
	"github.com/skalig/skalig/site"
)

// paymentsData is the page utbetalning.
type paymentsData struct {
	Board   string
	Payer   string // IBAN; empty: this municipality orders payments elsewhere
	Debts   []debtRow
	Total   int64 // of what can be paid now
	Ready   int
	Barred  bool // something was left out of Total: who asks has read in that it was rejected
	Batches []batchRow
}

type debtRow struct {
	flow.Debt
	Shares []shareRow
}

type shareRow struct {
	flow.Share
	Where string // the account as people write it; empty: not known
}

// payments shows what there is to pay, and the payment files.
func (s *service) payments(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	return s.showPayments(w, r, who, http.StatusOK, nil)
}

func (s *service) showPayments(w http.ResponseWriter, r *http.Request, who auth.Identity, code int, errs []site.FieldError) error {
	debts, batches, err := s.flow.Debts(r.Context(), who.Caller())
	if err != nil {
		return err
	}
	data := paymentsData{Board: s.board(who.Municipality, ""), Payer: s.towns[who.Municipality].Payment.IBAN}
	for _, d := range debts {
		row := debtRow{Debt: d}
		for _, share := range d.Shares {
			one := shareRow{Share: share}
			if share.To != nil {
				one.Where = share.To.String()
			}
			if d.Protected {
				one.Payee, one.Where = sealedPayee, sealedAccount
			}
			if share.To == nil {
				one.Where = ""
			}
			row.Shares = append(row.Shares, one)
		}
		data.Barred = data.Barred || d.Barred
		if sum := d.Payable(); sum > 0 {
			data.Ready++
			data.Total += sum
		}
		data.Debts = append(data.Debts, row)
	}
	for i := range batches {
		row, err := s.batchRow(r, who, &batches[i])
		if err != nil {
			return err
		}
		data.Batches = append(data.Batches, row)
	}
	s.render(w, r, code, "utbetalning", site.Page{Title: "Utbetalningar", Errors: errs, Data: data})
	return nil
}

// orderPayments prepares a file of everything that is due.
func (s *service) orderPayments(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	p := s.towns[who.Municipality].Payment
	if p.IBAN == "" {
		return s.showPayments(w, r, who, http.StatusUnprocessableEntity, []site.FieldError{{Text: "Kommunen har inget konto att betala från i tjänsten"}})
	}
	_, err := s.flow.Order(r.Context(), who.Caller(), payment.Payer{Name: p.Payer, Organisation: p.OrganisationNumber, IBAN: p.IBAN, BIC: p.BIC})
	if errors.Is(err, flow.ErrNothingDue) {
		return s.showPayments(w, r, who, http.StatusUnprocessableEntity, []site.FieldError{{Text: "Det finns inget att betala ut just nu"}})
	}
	return s.backToPayments(w, r, who, err)
}

// backToPayments goes to the page, or says what stood in the way.
func (s *service) backToPayments(w http.ResponseWriter, r *http.Request, who auth.Identity, err error) error {
	text := ""
	switch {
	case err == nil:
		http.Redirect(w, r, "/utbetalning", http.StatusSeeOther)
		return nil
	case errors.Is(err, flow.ErrSamePerson):
		text = "Den som har skapat filen släpper den inte. En annan attestant måste göra det"
	case errors.Is(err, flow.ErrDecider):
		text = "Du har fattat ett av besluten i filen. En annan attestant måste släppa den"
	case errors.Is(err, flow.ErrLoader):
		text = "Du har läst in att banken avvisade en betalning i filen. En annan attestant måste släppa den"
	case errors.Is(err, flow.ErrNoRejection):
		text = "Ingen avvisning i filen väntar på dig. Den som läste in den bekräftar den inte"
	case errors.Is(err, flow.ErrReplaced):
		text = "Ett beslut i filen har ersatts eller stoppats. Avbryt filen och skapa en ny"
	case errors.Is(err, payment.ErrForm):
		text = "Filen är inget svar från banken på en fil härifrån. Inget har ändrats"
	default:
		return err
	}
	return s.showPayments(w, r, who, http.StatusConflict, []site.FieldError{{Text: text}})
}

// freePayments releases a file: the second of two people.
func (s *service) freePayments(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	return s.backToPayments(w, r, who, s.flow.Free(r.Context(), who.Caller(), r.PathValue("batch")))
}

// cancelPayments gives a file up that nobody has released.
func (s *service) cancelPayments(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	return s.backToPayments(w, r, who, s.flow.Cancel(r.Context(), who.Caller(), r.PathValue("batch")))
}

// haltPayment stops a case's payments, or lets them go on.
func (s *service) haltPayment(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	stopped, reason, err := switchForm(r)
	if err != nil {
		return err
	}
	id, err := field(r, "case")
	if err != nil {
		return err
	}
	if reason == "" {
		return s.showPayments(w, r, who, http.StatusUnprocessableEntity, []site.FieldError{{Field: "stopp-" + id, Text: "Skriv varför"}})
	}
	return s.backToPayments(w, r, who, s.flow.Halt(r.Context(), who.Caller(), id, stopped, who.Name, reason))
}

// bankAnswer reads a status report.
func (s *service) bankAnswer(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	part, _, err := r.FormFile("svar")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return s.showPayments(w, r, who, http.StatusUnprocessableEntity, []site.FieldError{{Field: "svar", Text: "Välj bankens fil"}})
	}
	if err != nil {
		return errors.Join(errForm, err)
	}
	defer part.Close() //nolint:errcheck // it was only read
	file, err := io.ReadAll(io.LimitReader(part, payment.MaxBytes+1))
	if err != nil {
		return errors.Join(errForm, err)
	}
	return s.backToPayments(w, r, who, s.flow.Answer(r.Context(), who.Caller(), file))
}
