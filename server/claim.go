package server

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

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
	var data claimData
	if again, ok := s.waiting(r, who); ok {
		data.How, data.Note = again.PostForm.Get("how"), again.PostForm.Get("note")
	}
	return s.showClaim(w, r, who, http.StatusOK, data, nil)
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
	if err := fields(r, map[string]*string{"how": &data.How, "note": &data.Note, "version": &typed}); err != nil {
		return err
	}
	data.Note = strings.TrimSpace(data.Note)
	var errs []site.FieldError
	if !slices.Contains([]string{store.ClaimHanded, store.ClaimMade, store.ClaimDropped, store.ClaimRepaid}, data.How) {
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
