package server

import (
	"crypto/rand"
	"errors"
	"net/http"
	"time"

	"github.com/skalig/skalig/server/application"
	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// A place is an application that somebody fills in: the applicant's own under
// /ansok, or one that a caseworker enters for a person under /inmatning/{id}.
type place struct {
	Base    string // of its pages
	Desk    bool   // a caseworker's
	Mark    string // of the one who types, carried by its forms
	Form    store.Form
	Answers application.Answers
}

// Ends is the last day on which it is kept without a change.
func (p *place) Ends() string { return p.Form.Ends().In(flow.Stockholm).Format(time.DateOnly) }

// Awaiting and Declined say how far the co-applicant has come.
func (p *place) Awaiting() bool { return p.Form.State == store.FormAwaiting }
func (p *place) Declined() bool { return p.Form.State == store.FormDeclined }

// filling is a page of an application that is being filled in.
type filling func(w http.ResponseWriter, r *http.Request, who auth.Identity, p *place) error

// own gives the page the caller's own application. Who has none begins on /ansok,
// and one that was sent is a case.
func (s *service) own(next filling) person {
	return func(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
		p, err := s.ownPlace(r, who)
		switch {
		case errors.Is(err, store.ErrNotFound):
			http.Redirect(w, r, "/ansok", http.StatusSeeOther)
			return nil
		case err != nil:
			return err
		case p.Form.State == store.FormSent:
			http.Redirect(w, r, "/arende/"+p.Form.ID, http.StatusSeeOther)
			return nil
		}
		return next(w, r, who, p)
	}
}

func (s *service) ownPlace(r *http.Request, who auth.Identity) (*place, error) {
	form, err := s.store.OwnForm(r.Context(), who.Caller())
	if err != nil {
		return nil, err
	}
	return s.placed(form, who, "/ansok")
}

// entry gives the page an application that a caseworker of the municipality enters.
func (s *service) entry(next filling) person {
	return func(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
		form, err := s.store.Form(r.Context(), who.Caller(), r.PathValue("id"))
		if err != nil {
			return err
		}
		if form.State == store.FormSent {
			http.Redirect(w, r, "/handlaggare/"+form.ID, http.StatusSeeOther)
			return nil
		}
		p, err := s.placed(form, who, "/inmatning/"+form.ID)
		if err != nil {
			return err
		}
		p.Desk = true
		return next(w, r, who, p)
	}
}

func (s *service) placed(form store.Form, who auth.Identity, base string) (*place, error) {
	answers, err := application.Decode(form.Body)
	if err != nil {
		return nil, errors.New("couldn't read an application that is being filled in")
	}
	if form.State == store.FormOpen && who.Role == store.Applicant && form.Owner == who.Ref {
		answers.Number = who.Number // which may be another than when it was begun
	}
	return &place{Base: base, Mark: s.auth.Mark(who), Form: form, Answers: answers}, nil
}

// begin makes a new application of answers.
func (s *service) begin(r *http.Request, who auth.Identity, owner, municipality, channel string, a application.Answers) (store.Form, error) {
	id, err := s.flow.NewID()
	if err != nil {
		return store.Form{}, err
	}
	body, err := a.Encode()
	if err != nil {
		return store.Form{}, err
	}
	form := store.Form{ID: id, Owner: owner, Municipality: municipality, Channel: channel, State: store.FormOpen, Key: rand.Text(), Body: body}
	return form, s.store.AddForm(r.Context(), who.Caller(), form)
}

// save keeps changed answers. The form has a new key afterwards, and nobody's
// signature: what was signed was something else.
func (s *service) save(r *http.Request, who auth.Identity, p *place, a application.Answers) error {
	body, err := a.Encode()
	if err != nil {
		return err
	}
	f := p.Form
	f.Body, f.Key, f.State, f.Partner = body, rand.Text(), store.FormOpen, ""
	if n, ok := application.Number(a.Partner.Number); ok && a.Adults > 1 {
		f.Partner = s.auth.Reference(n)
	}
	if a.Municipality != "" && !p.Desk {
		f.Municipality = a.Municipality
	}
	if f, err = s.store.SaveForm(r.Context(), who.Caller(), f); err != nil {
		return err
	}
	p.Form, p.Answers = f, a
	return nil
}

// fill renders a page of an application.
func (s *service) fill(w http.ResponseWriter, r *http.Request, who auth.Identity, code int, name, title string, faults []application.Fault, data any) {
	var errs []site.FieldError
	for _, f := range faults {
		errs = append(errs, site.FieldError{Field: f.Field, Text: f.Text})
	}
	s.render(w, r, code, name, site.Page{Title: title, User: who.Name, Role: string(who.Role), Errors: errs, Data: data})
}
