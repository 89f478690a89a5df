package server

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// correctionData is the page handlaggare-rattelse: a decision is changed without an
// appeal.
type correctionData struct {
	decisionData
	Form    renewedForm
	Grounds []flow.Ground
	Moved   bool
	Paid    int64          // or ordered
	Effect  *renewedEffect // shown before anything is decided
}

// correction shows the form that changes a decision.
func (s *service) correction(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var data correctionData
	if again, ok := s.waiting(r, who); ok && data.Form.read(again) != nil {
		data.Form = renewedForm{}
	}
	return s.showCorrection(w, r, who, http.StatusOK, data, nil)
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
	data.Grounds = flow.GroundsFor(&file.Case)
	data.Form.Version = strconv.FormatUint(file.Version, 10)
	s.render(w, r, code, "handlaggare-rattelse", site.Page{Title: "Ändra beslutet", Errors: errs, Data: data})
	return nil
}

// correct shows what a change does, and makes it once that has been shown.
func (s *service) correct(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var f renewedForm
	if err := f.read(r); err != nil {
		return err
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
	ruling, errs := f.corrected(who.Name, s.today(), before)
	data := correctionData{Form: f}
	switch {
	case errs != nil:
		return s.showCorrection(w, r, who, http.StatusUnprocessableEntity, data, errs)
	case ruling.Version != file.Version:
		data.Moved = true
		return s.showCorrection(w, r, who, http.StatusConflict, data, nil)
	}
	if data.Effect, err = s.effect(r.Context(), who, id, &f, ruling); err == nil && data.Effect == nil {
		err = s.flow.Reconsider(r.Context(), who.Caller(), id, ruling)
	}
	if errors.Is(err, flow.ErrVersion) {
		data.Moved = true
		return s.showCorrection(w, r, who, http.StatusConflict, data, nil)
	}
	if errs := refusedRuling(err); errs != nil {
		return s.showCorrection(w, r, who, http.StatusUnprocessableEntity, data, errs)
	}
	if err != nil {
		return err
	}
	if data.Effect != nil {
		return s.showCorrection(w, r, who, http.StatusOK, data, nil)
	}
	http.Redirect(w, r, "/handlaggare/"+id, http.StatusSeeOther)
	return nil
}
