package server

import (
	"errors"
	"net/http"

	"github.com/go-json-experiment/json"

	"github.com/skalig/skalig/engine/words"
	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// partnerData is the page medsokande. Facts and Explanation are the joint facts, and
// Registers what agencies say about the co-applicant alone; there is nothing else on it.
type partnerData struct {
	ID          string
	Key         string
	Mark        string
	Applicant   string // name
	Name        string // the co-applicant's own
	Opened      bool
	Facts       household
	Explanation words.Explanation
	Registers   []registerView
	Dispute     string
	Human       bool
	Acute       bool
	Changed     bool // since it was opened
}

// invitation asks the co-applicant first whether they live with the applicant at
// all. Until then it shows a name and nothing more: the number may be mistyped.
func (s *service) invitation(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	p, err := s.invited(r, who)
	if err != nil {
		return err
	}
	if p.Form.State == store.FormSent {
		http.Redirect(w, r, "/arende/"+p.Form.ID, http.StatusSeeOther)
		return nil
	}
	s.showInvitation(w, r, who, http.StatusOK, p, partnerData{}, nil)
	return nil
}

func (s *service) invited(r *http.Request, who auth.Identity) (*place, error) {
	form, err := s.store.Form(r.Context(), who.Caller(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	if form.Partner != who.Ref {
		return nil, store.ErrNotFound
	}
	return s.placed(form, who, "/medsokande")
}

func (s *service) showInvitation(w http.ResponseWriter, r *http.Request, who auth.Identity, code int, p *place, d partnerData, errs []site.FieldError) {
	d.ID, d.Key, d.Mark, d.Applicant, d.Name = p.Form.ID, p.Form.Key, p.Mark, p.Answers.Name, who.Name
	s.render(w, r, code, "medsokande", site.Page{Title: "Ansökan tillsammans", User: who.Name, Role: string(who.Role), Errors: errs, Data: d})
}

// opened shows the joint facts and what they give.
func (s *service) opened(w http.ResponseWriter, r *http.Request, who auth.Identity, code int, p *place, changed bool, errs []site.FieldError) error {
	facts, err := p.Answers.Facts()
	if err != nil {
		return err
	}
	estimate, err := s.flow.Check(facts)
	if err != nil {
		return err
	}
	d := partnerData{Opened: true, Changed: changed, Human: p.Answers.Human, Acute: p.Answers.Acute}
	if err := errors.Join(json.Unmarshal(estimate.Facts, &d.Facts), json.Unmarshal(estimate.Explanation, &d.Explanation)); err != nil {
		return errors.New("couldn't read the engine's answer")
	}
	rows, why, err := disputeForm(r)
	if err != nil {
		return err
	}
	d.Dispute = why
	d.Registers = s.registerViews(estimate, s.registersOf(r.Context(), who, secondAdult, estimate, showWithin), rows)
	s.showInvitation(w, r, who, code, p, d, errs)
	return nil
}

// answerInvitation opens, signs or declines. The last signature submits.
func (s *service) answerInvitation(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var act, key, attest string
	if err := fields(r, map[string]*string{"act": &act, "key": &key, "attest": &attest}); err != nil {
		return err
	}
	p, err := s.invited(r, who)
	if err != nil {
		return err
	}
	if p.Form.State == store.FormSent {
		http.Redirect(w, r, "/arende/"+p.Form.ID, http.StatusSeeOther)
		return nil
	}
	switch act {
	case "oppna":
		return s.opened(w, r, who, http.StatusOK, p, false, nil)
	case "avboj":
		f := p.Form
		f.State = store.FormDeclined
		if _, err := s.store.SaveForm(r.Context(), who.Caller(), f); err != nil {
			return err
		}
		http.Redirect(w, r, "/mina", http.StatusSeeOther)
		return nil
	case "skriv":
	default:
		return errForm
	}
	if key != p.Form.Key { // what was shown is not what stands there now
		return s.opened(w, r, who, http.StatusConflict, p, true, nil)
	}
	if attest != "ja" {
		return s.opened(w, r, who, http.StatusUnprocessableEntity, p, false, []site.FieldError{{Field: "attest", Text: "Intyga att uppgifterna stämmer"}})
	}
	app, err := s.application(p)
	if err != nil {
		return err
	}
	if err := s.flow.Sign(r.Context(), who.Caller(), app); err != nil {
		return err
	}
	var theirs flow.Objection
	if theirs.Rows, theirs.Why, err = disputeForm(r); err != nil {
		return err
	}
	today := day(s.c.Clock().UnixMilli())
	err = s.submit(w, r, who, p, theirs, flow.Signature{Name: p.Answers.Name, How: flow.SignedElectronic, At: today},
		flow.Signature{Name: who.Name, How: flow.SignedElectronic, At: today})
	if errors.Is(err, flow.ErrUnsigned) {
		return s.opened(w, r, who, http.StatusConflict, p, true, nil)
	}
	return err
}

// waits tells the applicant that the co-applicant's signature is missing.
func (s *service) waits(w http.ResponseWriter, r *http.Request, who auth.Identity, p *place) error {
	if !p.Awaiting() && !p.Declined() {
		http.Redirect(w, r, "/ansok", http.StatusSeeOther)
		return nil
	}
	s.fill(w, r, who, http.StatusOK, "ansok-vantar", "Väntar på underskrift", nil, p)
	return nil
}
