package server

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// correctionData is the page handlaggare-rattelse: a decision is changed without an
// appeal.
type correctionData struct {
	decisionData
	Form    correctionForm
	Grounds []flow.Ground
	Moved   bool
	Paid    int64             // or ordered
	Effect  *correctionEffect // shown before anything is decided
}

// correctionEffect is what a new decision would change.
type correctionEffect struct {
	Before, After int64
	Due           int64 // to be paid
	TooMuch       int64 // paid beyond the new decision: a question to the board
}

// By is what differs.
func (e correctionEffect) By() int64 { return e.After - e.Before }

type correctionForm struct {
	renewedForm
	Ground string
	Heard  string // the person has been asked first, where it is for the worse
	Shown  string // the amount whose effect was shown
}

// correction shows the form that changes a decision.
func (s *service) correction(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	return s.showCorrection(w, r, who, http.StatusOK, correctionData{}, nil)
}

func (s *service) showCorrection(w http.ResponseWriter, r *http.Request, who auth.Identity, code int, data correctionData, errs []site.FieldError) error {
	file, err := s.store.Read(r.Context(), who.Caller(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if data.decisionData, err = s.show(file); err != nil {
		return err
	}
	if data.Decision == nil {
		return store.ErrNotFound
	}
	if data.Paid, err = s.flow.Paid(r.Context(), who.Caller(), file.ID); err != nil {
		return err
	}
	for _, g := range flow.Grounds {
		if !g.Appeal {
			data.Grounds = append(data.Grounds, g)
		}
	}
	data.Form.Version = strconv.FormatUint(file.Version, 10)
	s.render(w, r, code, "handlaggare-rattelse", site.Page{Title: "Ändra beslutet", Errors: errs, Data: data})
	return nil
}

// correct shows what a change does, and makes it once that has been shown.
func (s *service) correct(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var f correctionForm
	for name, to := range map[string]*string{"version": &f.Version, "outcome": &f.Outcome, "amount": &f.Amount, "motivation": &f.Motivation,
		"ground": &f.Ground, "heard": &f.Heard, "shown": &f.Shown} {
		var err error
		if *to, err = field(r, name); err != nil {
			return err
		}
	}
	id := r.PathValue("id")
	file, err := s.store.Read(r.Context(), who.Caller(), id)
	if err != nil {
		return err
	}
	stands, err := s.show(file)
	if err != nil {
		return err
	}
	if stands.Decision == nil {
		return store.ErrNotFound
	}
	before := stands.Decision.Granted
	ruling, errs := f.correction(who.Name, before)
	data := correctionData{Form: f}
	switch {
	case errs != nil:
		return s.showCorrection(w, r, who, http.StatusUnprocessableEntity, data, errs)
	case ruling.Version != file.Version:
		data.Moved = true
		return s.showCorrection(w, r, who, http.StatusConflict, data, nil)
	case f.Shown != strconv.FormatInt(ruling.Granted, 10):
		paid, err := s.flow.Paid(r.Context(), who.Caller(), id)
		if err != nil {
			return err
		}
		data.Effect = &correctionEffect{Before: before, After: ruling.Granted, Due: max(ruling.Granted-paid, 0), TooMuch: max(paid-ruling.Granted, 0)}
		return s.showCorrection(w, r, who, http.StatusOK, data, nil)
	}
	err = s.flow.Reconsider(r.Context(), who.Caller(), id, ruling)
	if errors.Is(err, flow.ErrVersion) {
		data.Moved = true
		return s.showCorrection(w, r, who, http.StatusConflict, data, nil)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/handlaggare/"+id, http.StatusSeeOther)
	return nil
}

// correction reads the form. Each error says what to do.
func (f correctionForm) correction(name string, before int64) (flow.Ruling, []site.FieldError) {
	var errs []site.FieldError
	wrong := func(field, text string) { errs = append(errs, site.FieldError{Field: field, Text: text}) }
	version, err := strconv.ParseUint(f.Version, 10, 64)
	if err != nil {
		wrong("outcome", "Öppna beslutet på nytt")
	}
	r := flow.Ruling{Version: version, Outcome: f.Outcome, Ground: f.Ground, Motivation: strings.TrimSpace(strings.ReplaceAll(f.Motivation, "\r\n", "\n")), Name: name}
	switch f.Outcome {
	case record.Granted, record.Partly:
		var ok bool
		if r.Granted, ok = typedAmount(f.Amount); !ok || r.Granted == 0 {
			wrong("amount", "Skriv hela månadens belopp, till exempel 6 720")
		}
	case record.Refused:
	default:
		wrong("outcome", "Välj beslut")
	}
	ground, ok := flow.GroundOf(f.Ground)
	switch worse := r.Granted < before; {
	case !ok || ground.Appeal:
		wrong("ground", "Välj varför beslutet får ändras")
	case errs == nil && worse && !ground.Worse:
		wrong("ground", "Det nya beslutet är sämre för den sökande. Det kräver en av de andra grunderna")
	case errs == nil && worse && f.Heard != "ja":
		wrong("heard", "Låt den sökande yttra sig innan beslutet ändras till det sämre")
	}
	if n := utf8.RuneCountInString(r.Motivation); n == 0 || n > 10_000 || strings.ContainsRune(r.Motivation, 0) {
		wrong("motivation", "Skriv en motivering som den sökande förstår, högst 10 000 tecken")
	}
	return r, errs
}

// claimData is the page handlaggare-aterkrav.
type claimData struct {
	decisionData
	*flow.Claim
	How, Note, Version string
	Moved              bool
	Pages              []flow.ClaimBody // what has been done, oldest first
	Payments           []flow.Paid
}

// claim shows money that was paid beyond the decision that now holds.
func (s *service) claim(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	return s.showClaim(w, r, who, http.StatusOK, claimData{}, nil)
}

func (s *service) showClaim(w http.ResponseWriter, r *http.Request, who auth.Identity, code int, data claimData, errs []site.FieldError) error {
	id := r.PathValue("id")
	var err error
	if data.Claim, err = s.flow.ClaimOf(r.Context(), who.Caller(), id); err != nil {
		return err
	}
	if data.Claim == nil {
		return store.ErrNotFound
	}
	file, err := s.store.Read(r.Context(), who.Caller(), id)
	if err != nil {
		return err
	}
	if data.decisionData, err = s.show(file); err != nil {
		return err
	}
	if data.Payments, err = s.flow.Payments(r.Context(), who.Caller(), id); err != nil {
		return err
	}
	pages, err := s.store.Pages(r.Context(), who.Caller(), id, store.KindClaim)
	if err != nil {
		return err
	}
	for _, p := range pages {
		b, err := flow.DecodeBody[flow.ClaimBody](p.Body)
		if err != nil {
			return err
		}
		data.Pages = append(data.Pages, b)
	}
	data.Version = strconv.FormatUint(file.Version, 10)
	s.render(w, r, code, "handlaggare-aterkrav", site.Page{Title: "För mycket utbetalt", Errors: errs, Data: data})
	return nil
}

// settleClaim records what the board did. Nothing is taken back by it.
func (s *service) settleClaim(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var data claimData
	var typed string
	for name, to := range map[string]*string{"how": &data.How, "note": &data.Note, "version": &typed} {
		v, err := field(r, name)
		if err != nil {
			return err
		}
		*to = strings.TrimSpace(v)
	}
	var errs []site.FieldError
	if data.How != store.ClaimHanded && data.How != store.ClaimMade && data.How != store.ClaimDropped {
		errs = append(errs, site.FieldError{Field: "how", Text: "Välj vad som är gjort"})
	}
	if n := utf8.RuneCountInString(data.Note); n == 0 || n > 4000 || strings.ContainsRune(data.Note, 0) {
		errs = append(errs, site.FieldError{Field: "note", Text: "Skriv vilket beslut eller ärende det gäller, högst 4 000 tecken"})
	}
	if errs != nil {
		return s.showClaim(w, r, who, http.StatusUnprocessableEntity, data, errs)
	}
	version, _ := strconv.ParseUint(typed, 10, 64) // none is no case's
	err := s.flow.SettleClaim(r.Context(), who.Caller(), r.PathValue("id"), version, data.How, flow.ClaimBody{Name: who.Name, Note: data.Note})
	if errors.Is(err, flow.ErrVersion) {
		data.Moved = true
		return s.showClaim(w, r, who, http.StatusConflict, data, nil)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/handlaggare/"+r.PathValue("id")+"/aterkrav", http.StatusSeeOther)
	return nil
}

// claimRow is money paid beyond a decision, in the queue.
type claimRow struct {
	ID, Month, Day string
	Amount         int64
	Handed, Sealed bool
}

// claimRows are the open questions of money that was paid beyond a decision.
func (s *service) claimRows(ctx context.Context, who auth.Identity) ([]claimRow, error) {
	claims, err := s.flow.Claims(ctx, who.Caller())
	var out []claimRow
	for _, c := range claims {
		out = append(out, claimRow{ID: c.ID, Month: c.Month, Day: day(c.DecidedAt), Amount: c.Amount(), Handed: c.Case.Claim() == store.ClaimHanded, Sealed: c.Protected})
	}
	return out, err
}
