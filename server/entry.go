package server

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/skalig/skalig/server/application"
	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// entryData is the page handlaggare-ny: applications that come in another way
// than by the web are entered here, by the same form.
type entryData struct {
	Entries               []entryRow
	Number, Name, Channel string
	Mark                  string
	faults                []site.FieldError
}

type entryRow struct {
	store.Form
	Began, Ends string
}

// Fault is what is wrong with a field.
func (d entryData) Fault(field string) string {
	for _, f := range d.faults {
		if f.Field == field {
			return f.Text
		}
	}
	return ""
}

// entries lists what is being entered in the municipality, and begins another.
func (s *service) entries(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	return s.showEntries(w, r, who, http.StatusOK, entryData{})
}

func (s *service) showEntries(w http.ResponseWriter, r *http.Request, who auth.Identity, code int, d entryData) error {
	forms, err := s.store.Entries(r.Context(), who.Caller())
	if err != nil {
		return err
	}
	for _, f := range forms {
		d.Entries = append(d.Entries, entryRow{f, day(f.CreatedAt), day(f.Ends().UnixMilli())})
	}
	d.Mark = s.auth.Mark(who)
	s.render(w, r, code, "handlaggare-ny", site.Page{Title: "Skriv in en ansökan", User: who.Name, Role: string(who.Role), Errors: d.faults, Data: d})
	return nil
}

// beginEntry begins an application for a person who is not signed in.
func (s *service) beginEntry(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	if err := parsed(r); err != nil {
		return err
	}
	d := entryData{Number: r.PostForm.Get("number"), Name: strings.Join(strings.Fields(r.PostForm.Get("name")), " "), Channel: r.PostForm.Get("channel")}
	wrong := func(field, text string) { d.faults = append(d.faults, site.FieldError{Field: field, Text: text}) }
	number, ok := application.Number(d.Number)
	switch {
	case !ok:
		wrong("number", "Skriv personnumret med tolv siffror")
	case !s.born(number):
		wrong("number", unborn)
	}
	if d.Name == "" || len(d.Name) > 200 {
		wrong("name", "Skriv personens namn")
	}
	if d.Channel == store.Web || !slices.Contains(store.Channels, d.Channel) {
		wrong("channel", "Välj hur ansökan kom in")
	}
	if d.faults != nil {
		return s.showEntries(w, r, who, http.StatusUnprocessableEntity, d)
	}
	a := application.Answers{Kind: application.New, Source: application.FromForm, Municipality: who.Municipality, Name: d.Name, Number: number}
	form, err := s.begin(r, who, s.auth.Reference(number), who.Municipality, d.Channel, a)
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/inmatning/"+form.ID, http.StatusSeeOther)
	return nil
}

// sendEntry makes an entered application a case. The caseworker attests what each
// adult has signed or said; how is recorded with the signature.
func (s *service) sendEntry(w http.ResponseWriter, r *http.Request, who auth.Identity, p *place) error {
	sent, err := appliedForm(r)
	if err != nil {
		return err
	}
	if sent.key != p.Form.Key {
		return s.showCheck(w, r, who, http.StatusConflict, p, checkData{Moved: true}, nil)
	}
	var errs []site.FieldError
	need := func(field, text string) {
		if r.PostForm.Get(field) != "ja" {
			errs = append(errs, site.FieldError{Field: field, Text: text})
		}
	}
	need("attest", "Intyga att uppgifterna är de som personen har lämnat")
	need("sign-p1", "Intyga att den sökande har skrivit under eller sagt ja")
	if p.Answers.Adults > 1 {
		need("sign-p2", "Intyga att medsökanden har skrivit under eller sagt ja")
	}
	if errs != nil {
		return s.showCheck(w, r, who, http.StatusUnprocessableEntity, p, checkData{HumanAsked: sent.human, AcuteNeed: sent.acute}, errs)
	}
	how := map[string]string{store.Paper: flow.SignedPaper, store.Phone: flow.SignedOrally, store.Assisted: flow.SignedPresent}[p.Form.Channel]
	today := day(s.c.Clock().UnixMilli())
	signatures := []flow.Signature{{Name: p.Answers.Name, How: how, At: today, Attested: who.Name}}
	if p.Answers.Adults > 1 {
		signatures = append(signatures, flow.Signature{Name: p.Answers.Partner.Name, How: how, At: today, Attested: who.Name})
	}
	p.Answers.Human, p.Answers.Acute = sent.human, sent.acute
	err = s.submit(w, r, who, p, flow.Objection{}, signatures...)
	if errors.Is(err, store.ErrForbidden) {
		return store.ErrNotFound
	}
	return err
}
