package server

import (
	"cmp"
	"net/http"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/payment"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// What stands on a page of a payment to someone with protected identity.
const (
	sealedPayee   = "Skyddade uppgifter"
	sealedAccount = "kontot står i filen"
)

// batchRow is a payment file among others. Nobody is named in it.
type batchRow struct {
	store.Batch
	Day    string
	Total  int64
	Mine   bool // whoever asks has prepared it
	States map[string]int
	Again  int // cases in which the bank has rejected a payment before
}

func (s *service) batchRow(r *http.Request, who auth.Identity, b *store.Batch) (batchRow, error) {
	_, content, err := s.flow.Batch(r.Context(), store.Program, b.ID)
	if err != nil {
		return batchRow{}, err
	}
	row := batchRow{Batch: *b, Day: content.Day, Total: content.Total(), Mine: b.By == who.Ref, States: map[string]int{}}
	transfers, err := s.store.BatchTransfers(b)
	if err != nil {
		return row, err
	}
	for _, t := range transfers {
		row.States[t.State]++
	}
	earlier, err := s.store.Earlier(b)
	for _, rejected := range earlier {
		if len(rejected) > 0 {
			row.Again++
		}
	}
	return row, err
}

// batchData is the page utbetalning-fil.
type batchData struct {
	store.Batch
	Day   string
	Total int64
	Lines []lineRow
	Waits int // rejections that who asks may confirm
}

type lineRow struct {
	payment.Line
	State  string
	Where  string
	Loader string // who read in that the bank rejected it
	Paid   bool   // before it was rejected
	Before []earlierRow
}

// earlierRow is a payment that the bank rejected, and that this one is made instead of.
type earlierRow struct {
	Paid   bool // the bank had said so
	Loader string
}

// paymentBatch shows what is in a file.
func (s *service) paymentBatch(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	b, content, err := s.flow.Batch(r.Context(), who.Caller(), r.PathValue("batch"))
	if err != nil {
		return err
	}
	transfers, err := s.store.BatchTransfers(&b)
	if err != nil {
		return err
	}
	earlier, err := s.store.Earlier(&b)
	if err != nil {
		return err
	}
	states := map[string]store.Transfer{}
	data := batchData{Batch: b, Day: content.Day, Total: content.Total()}
	for _, t := range transfers {
		states[t.ID] = t
		if t.State == store.TransferUnconfirmed && t.Loader != who.Ref {
			data.Waits++
		}
	}
	for _, l := range content.Lines {
		row, err := s.lineRow(r, who, l, states[l.ID], earlier[l.Case])
		if err != nil {
			return err
		}
		data.Lines = append(data.Lines, row)
	}
	s.render(w, r, http.StatusOK, "utbetalning-fil", site.Page{Title: "Betalfil", Data: data})
	return nil
}

func (s *service) lineRow(r *http.Request, who auth.Identity, l payment.Line, t store.Transfer, earlier []store.Transfer) (row lineRow, err error) {
	row = lineRow{Line: l, State: t.State, Where: l.To.String(), Paid: t.Before == store.TransferSettled}
	k, err := s.store.Look(l.Case)
	if err != nil {
		return row, err
	}
	if k.Protected {
		row.Payee, row.Where = sealedPayee, sealedAccount
	}
	if row.Loader, err = s.loader(r, who, &t); err != nil {
		return row, err
	}
	for i := range earlier {
		one := earlierRow{Paid: earlier[i].Before == store.TransferSettled}
		if one.Loader, err = s.loader(r, who, &earlier[i]); err != nil {
			return row, err
		}
		row.Before = append(row.Before, one)
	}
	return row, nil
}

// loader names who read in that the bank rejected a transfer; empty where nobody has.
func (s *service) loader(r *http.Request, who auth.Identity, t *store.Transfer) (string, error) {
	if t.Loader == "" {
		return "", nil
	}
	name, err := s.store.Colleague(r.Context(), who.Caller(), t.Loader)
	if name == "" {
		name = "en attestant"
	}
	return name, err
}

// confirmRejection is the word of a second approver on what another has read in.
func (s *service) confirmRejection(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	act, err := field(r, "act")
	if err != nil {
		return err
	}
	if act != "stands" && act != "wrong" {
		_, _, err := s.flow.Batch(r.Context(), who.Caller(), r.PathValue("batch")) // who may not see the file learns no more
		return cmp.Or(err, errForm)
	}
	return s.backToPayments(w, r, who, s.flow.Confirm(r.Context(), who.Caller(), r.PathValue("batch"), act == "stands"))
}

// paymentFile gives the file for the bank, once two people have approved it.
func (s *service) paymentFile(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	b, content, err := s.flow.Batch(r.Context(), who.Caller(), r.PathValue("batch"))
	if err != nil {
		return err
	}
	if b.State != store.TransferReleased {
		return store.ErrNotFound
	}
	file, err := payment.Order(&content)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Set("Content-Disposition", `attachment; filename="`+b.ID+`.xml"`)
	_, _ = w.Write(file)
	return nil
}
