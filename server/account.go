package server

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/skalig/skalig/server/account"
	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	home "github.com/skalig/skalig/server/household"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// accountData is the page mina-konto.
type accountData struct {
	Saved     bool
	Landlords bool // a municipality here pays rent straight to landlords
	Draft     bool // an application under way, to go back to
	Two       bool // the person applies, or has applied, together with somebody
	Form      accountForm
}

type accountForm struct {
	Kind, Clearing, Number, Holder                  string
	Landlord, LandlordNumber, Reference, RentAmount string
	Half                                            bool
}

// account shows where the person wants money sent.
func (s *service) account(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	a, err := s.flow.AccountOf(r.Context(), who.Caller(), who.Ref)
	if err != nil {
		return err
	}
	form := accountForm{Kind: account.Bank, Holder: who.Name}
	if a != nil {
		form = accountForm{Kind: a.To.Kind, Clearing: a.To.Clearing, Number: a.To.Digits, Holder: a.Name, Half: a.Half}
		if l := a.Landlord; l != nil {
			form.Landlord, form.LandlordNumber, form.Reference, form.RentAmount = l.Name, l.To.String(), l.Reference, s.kronor(int64(l.Amount))
		}
	}
	if typed, ok := s.auth.Unstash(r.Context(), r.URL.Path, who); ok {
		form = typedAccount(typed.Get)
	}
	return s.showAccount(w, r, who, http.StatusOK, form, a != nil, nil)
}

// typedAccount is the form as it was typed.
func typedAccount(get func(string) string) accountForm {
	text := func(name string) string { return strings.TrimSpace(get(name)) }
	return accountForm{Kind: text("kind"), Clearing: text("clearing"), Number: text("number"), Holder: text("holder"), Half: text("share") == "half",
		Landlord: text("landlord"), LandlordNumber: text("landlord-number"), Reference: text("reference"), RentAmount: text("rent")}
}

func (s *service) showAccount(w http.ResponseWriter, r *http.Request, who auth.Identity, code int, form accountForm, saved bool, errs []site.FieldError) error {
	cases, err := s.store.Own(r.Context(), who.Caller())
	if err != nil {
		return err
	}
	data := accountData{Saved: saved, Form: form, Two: slices.ContainsFunc(cases, func(c store.Case) bool { return c.Partner != "" })}
	switch p, err := s.ownPlace(r, who); {
	case err == nil:
		data.Draft = p.Form.State != store.FormSent
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	for _, m := range s.towns {
		data.Landlords = data.Landlords || m.Payment.Landlords
	}
	s.render(w, r, code, "mina-konto", site.Page{Title: "Ditt konto", Errors: errs, Data: data})
	return nil
}

// setAccount says where the person wants money sent.
func (s *service) setAccount(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	if err := parsed(r); err != nil {
		return err
	}
	f := typedAccount(r.PostForm.Get)
	var errs []site.FieldError
	wrong := func(field, text string) { errs = append(errs, site.FieldError{Field: field, Text: text}) }
	clearing := f.Clearing
	if f.Kind != account.Bank {
		clearing = ""
	}
	to, err := account.Parse(f.Kind, clearing, f.Number)
	switch {
	case err == nil:
	case f.Kind == account.Bank:
		wrong("number", "Kontrollera clearingnumret och kontonumret. Någon siffra stämmer inte")
	default:
		wrong("number", "Kontrollera numret. Någon siffra stämmer inte")
	}
	if f.Holder == "" || len(f.Holder) > 200 {
		wrong("holder", "Skriv vem som har kontot")
	}
	body := flow.AccountBody{Name: f.Holder, To: to, Half: f.Half}
	if f.Landlord != "" || f.LandlordNumber != "" || f.RentAmount != "" {
		number, err := account.Parse(account.Bankgiro, "", f.LandlordNumber)
		if err != nil {
			wrong("landlord-number", "Kontrollera hyresvärdens bankgiro. Någon siffra stämmer inte")
		}
		rent, ok := typedAmount(f.RentAmount)
		if !ok || rent <= 0 {
			wrong("rent", "Skriv hur mycket som ska gå till hyresvärden, till exempel 6 500")
		}
		if f.Landlord == "" || len(f.Landlord) > 200 || len(f.Reference) > 100 {
			wrong("landlord", "Skriv hyresvärdens namn")
		}
		body.Landlord = &flow.Landlord{Name: f.Landlord, To: number, Reference: f.Reference, Amount: home.Ore(rent)}
	}
	if errs != nil {
		return s.showAccount(w, r, who, http.StatusUnprocessableEntity, f, false, errs)
	}
	old, err := s.flow.AccountOf(r.Context(), who.Caller(), who.Ref)
	if err != nil {
		return err
	}
	if old != nil { // money that is on its way to one account is not led to another by whoever finds the device
		if err := s.proven(r, who, r.URL.Path); err != nil {
			return err
		}
	}
	if err := s.flow.SetAccount(r.Context(), who.Caller(), body); err != nil {
		return errors.Join(errors.New("couldn't save an account"), err)
	}
	http.Redirect(w, r, "/mina/konto", http.StatusSeeOther)
	return nil
}
