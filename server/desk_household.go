package server

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/skalig/skalig/server/auth"
	home "github.com/skalig/skalig/server/household"
	"github.com/skalig/skalig/site"
)

// bound sets the household's bounds, or takes them away.
func (s *service) bound(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var f deskForm
	if err := f.read(r); err != nil {
		return err
	}
	act, err := field(r, "act")
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	if act == "remove" {
		return s.again(w, r, who, f, s.flow.Bound(r.Context(), who.Caller(), id, nil))
	}
	work, err := s.flow.Work(r.Context(), who.Caller(), id)
	if err != nil {
		return err
	}
	facts, err := home.Parse(work.Estimate.Facts)
	if err != nil {
		return err
	}
	rent, ok := typedAmount(f.MaxRent)
	if !ok {
		f.wrong("max-rent", "Skriv den högsta hyran, till exempel 7 000")
	}
	percent, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(f.Percent, "%")), 10, 64)
	if err != nil || percent < 0 || percent > 100 {
		f.wrong("percent", "Skriv procent som ett tal från 0 till 100")
	}
	f.text("why", f.Why, "Skriv varför du sätter gränserna", 2000)
	b := home.Bounds{From: f.From, Until: f.Until, Adults: facts.Adults(), Children: facts.Children(), MaxRent: home.Ore(rent), Percent: percent, Reason: f.Why, Name: who.Name}
	if err := b.Valid(); err != nil && f.errs == nil {
		f.wrong("from", "Skriv första och sista månaden som 2026-12, högst tolv månader")
	}
	if f.errs == nil {
		err = s.flow.Bound(r.Context(), who.Caller(), id, &b)
	}
	return s.again(w, r, who, f, err)
}

// protect says that the household has protected identity, or no longer.
func (s *service) protect(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var f deskForm
	stopped, reason, err := f.stop(r, "reason-skydd")
	if err != nil || f.errs != nil {
		return s.again(w, r, who, f, err)
	}
	id := r.PathValue("id")
	if err := s.flow.Protect(r.Context(), who.Caller(), id, stopped, who.Name, reason); err != nil {
		return err
	}
	if stopped && !who.Protected {
		http.Redirect(w, r, "/handlaggare", http.StatusSeeOther) // the case is no longer this caseworker's to see
		return nil
	}
	return s.again(w, r, who, f, nil)
}

// unseal opens a case of a person with protected identity, for a reason.
func (s *service) unseal(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	reason, err := field(r, "reason")
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	if reason = strings.TrimSpace(reason); reason == "" || len(reason) > 4000 {
		return s.showDesk(w, r, who, id, deskForm{code: http.StatusUnprocessableEntity, errs: []site.FieldError{{Field: "reason", Text: "Skriv varför du öppnar ärendet"}}})
	}
	if err := s.flow.Open(r.Context(), who.Caller(), id, who.Name, reason); err != nil {
		return err
	}
	http.Redirect(w, r, "/handlaggare/"+id, http.StatusSeeOther)
	return nil
}
