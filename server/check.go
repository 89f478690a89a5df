package server

import (
	"context"
	"errors"
	"net/http"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"github.com/skalig/skalig/engine/words"
	"github.com/skalig/skalig/server/application"
	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// checkData is the page ansok-kontrollera.
type checkData struct {
	*place
	Key         string
	Facts       household
	Explanation words.Explanation
	Name        string
	Attest      bool
	HumanAsked  bool
	AcuteNeed   bool
	Notes       []noteView
	Papers      []application.Paper
	Handed      []store.Handed
	Two         bool
	Account     *flow.AccountBody // nil: not known
	Registers   []registerView
	Dispute     string
	Moved       bool
}

// Changes are the sections that can be changed.
func (d checkData) Changes() []application.Section {
	var out []application.Section
	for _, sec := range application.Sections {
		if st := d.Answers.Status(sec.Name); st != application.NotNeeded && st != application.Waiting {
			sec.Title = lower(sec.Title)
			out = append(out, sec)
		}
	}
	return out
}

// How is what a person has done who applies in another way than by the web.
func (d checkData) How() string {
	return map[string]string{store.Paper: "skrivit under ansökan på papper", store.Phone: "sagt ja till ansökan i telefon",
		store.Assisted: "sagt ja till ansökan här hos mig"}[d.Form.Channel]
}

// lower writes the first letter small: a title inside a sentence.
func lower(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}

// A noteView is a note in words.
type noteView struct{ About, Text string }

// check shows the answers and the amount before the application is sent.
func (s *service) check(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	stands, err := s.imported(r, who, r.Method == http.MethodPost)
	if err != nil {
		return err
	}
	if stands {
		p, err := s.ownPlace(r, who)
		if err != nil {
			return err
		}
		s.fill(w, r, who, http.StatusOK, "ansok-tva", "Du har redan en ansökan", nil, p)
		return nil
	}
	p, err := s.ownPlace(r, who)
	switch {
	case errors.Is(err, store.ErrNotFound):
		s.render(w, r, http.StatusOK, "ansok-fel", site.Page{Title: "Du har ingen ansökan att skicka", User: who.Name, Role: string(who.Role)})
		return nil
	case err != nil:
		return err
	case p.Form.State == store.FormSent:
		http.Redirect(w, r, "/arende/"+p.Form.ID, http.StatusSeeOther)
		return nil
	}
	return s.checkPlace(w, r, who, p)
}

// choose answers which of two applications to keep: the calculator's or the saved.
func (s *service) choose(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	which, err := field(r, "behall")
	if err != nil {
		return err
	}
	switch which {
	case "nya":
		if _, err := s.imported(r, who, true); err != nil {
			return err
		}
	case "sparade":
		s.auth.Drop(r.Context())
	}
	http.Redirect(w, r, "/ansok/kontrollera", http.StatusSeeOther)
	return nil
}

func (s *service) checkPlace(w http.ResponseWriter, r *http.Request, who auth.Identity, p *place) error {
	if len(p.Answers.Left()) > 0 {
		return s.tasks(w, r, who, p)
	}
	return s.showCheck(w, r, who, http.StatusOK, p, checkData{HumanAsked: p.Answers.Human, AcuteNeed: p.Answers.Acute}, nil)
}

func (s *service) showCheck(w http.ResponseWriter, r *http.Request, who auth.Identity, code int, p *place, data checkData, errs []site.FieldError) error {
	facts, err := p.Answers.Facts()
	if err != nil {
		return err
	}
	estimate, err := s.flow.Check(facts)
	if invalid, ok := errors.AsType[*flow.Invalid](err); ok {
		var faults []application.Fault
		for _, f := range findings(invalid) {
			faults = append(faults, application.Fault{Text: f.Text})
		}
		tasks, err := s.taskData(r.Context(), who, p)
		if err != nil {
			return err
		}
		s.fill(w, r, who, http.StatusUnprocessableEntity, "ansok-delar", "Något behöver ändras", faults, tasks)
		return nil
	}
	if err != nil {
		return err
	}
	data.place, data.Key, data.Name, data.Two = p, p.Form.Key, p.Answers.Name, p.Answers.Adults > 1
	if err := errors.Join(json.Unmarshal(estimate.Facts, &data.Facts), json.Unmarshal(estimate.Explanation, &data.Explanation)); err != nil {
		return errors.New("couldn't read the engine's answer")
	}
	if data.Account, err = s.accountFor(r.Context(), who, p); err != nil {
		return err
	}
	data.Registers = s.registerViews(estimate, s.registersOf(r.Context(), who, estimate.FirstAdult(), estimate, showWithin), p.Answers.Disputed)
	data.Dispute = p.Answers.Dispute
	data.Notes, data.Papers = notesInWords(p.Answers.Notes()), p.Answers.Papers
	if data.Handed, err = s.store.Documents(r.Context(), who.Caller(), p.Form.ID); err != nil {
		return err
	}
	s.render(w, r, code, "ansok-kontrollera", site.Page{Title: "Kontrollera och skicka", User: who.Name, Role: string(who.Role), Errors: errs, Data: data})
	return nil
}

// notesInWords says what the amounts do not.
func notesInWords(notes []application.Note) []noteView {
	var out []noteView
	for _, n := range notes {
		about := aboutRow(n.About)
		switch n.Code {
		case "unknown":
			out = append(out, noteView{about, "Du vet inte beloppet. En handläggare frågar."})
		case "disputed":
			out = append(out, noteView{about, "Stämmer inte: " + n.Text})
		case application.Changed:
			out = append(out, noteView{about, "Ändrat sedan förra gången, då " + n.Text + " kr"})
		case application.Ended:
			out = append(out, noteView{about, "Har upphört. Förra gången " + n.Text + " kr"})
		case application.Added:
			out = append(out, noteView{about, "Nytt sedan förra gången"})
		case application.HandedIn:
			out = append(out, noteView{application.PaperLabel(n.About), "Redan inlämnat"})
		case application.Later:
			out = append(out, noteView{application.PaperLabel(n.About), "Kommer senare"})
		case application.Unavailable:
			out = append(out, noteView{application.PaperLabel(n.About), "Går inte att få"})
		}
	}
	return out
}

// aboutRow names what a note is about: "rent" or "p2-wage".
func aboutRow(about string) string {
	if len(about) > 3 && about[2] == '-' && (about[0] == 'p' || about[0] == 'c') {
		label := application.Label("income", about[3:])
		switch {
		case about[:2] == "p2":
			return label + " (medsökande)"
		case about[0] == 'c':
			return label + " (barn " + about[1:2] + ")"
		}
		return label
	}
	return application.Label("cost", about)
}

// change shows the calculator filled with the answers. Its form goes to apply,
// which puts the new answers in the old ones' place. What the calculator does not
// know, it cannot show: a form that is not its own is changed section by section.
func (s *service) change(w http.ResponseWriter, r *http.Request, who auth.Identity, p *place) error {
	if p.Answers.Source != application.FromCalculator {
		http.Redirect(w, r, "/ansok", http.StatusSeeOther)
		return nil
	}
	facts, err := p.Answers.Facts()
	if err != nil {
		return err
	}
	title, err := s.site.Title("sv", "rakna.change.title")
	if err != nil {
		return err
	}
	data := s.calculatorData()
	data.Facts = facts
	s.render(w, r, http.StatusOK, "rakna", site.Page{Title: title, User: who.Name, Role: string(who.Role), Data: data})
	return nil
}

// applied is what the form of the page to check sends.
type applied struct {
	key, attest  string
	human, acute bool
}

func appliedForm(r *http.Request) (a applied, err error) {
	var human, acute string
	err = fields(r, map[string]*string{"key": &a.key, "attest": &a.attest, "human": &human, "acute": &acute})
	a.human, a.acute = human == "ja", acute == "ja"
	return a, err
}

// send makes the application a case, or where two apply, signs it for the first
// of them and waits for the other.
func (s *service) send(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	sent, err := appliedForm(r)
	if err != nil {
		return err
	}
	form, err := s.store.FormByKey(r.Context(), who.Caller(), sent.key)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrForbidden) || err == nil && form.Owner != who.Ref {
		return s.sendChanged(w, r, who, sent)
	}
	if err != nil {
		return err
	}
	p, err := s.placed(form, who, "/ansok")
	if err != nil {
		return err
	}
	if len(p.Answers.Left()) > 0 {
		http.Redirect(w, r, "/ansok", http.StatusSeeOther)
		return nil
	}
	if p.Answers.Disputed, p.Answers.Dispute, err = disputeForm(r); err != nil {
		return err
	}
	if sent.attest != "ja" {
		return s.showCheck(w, r, who, http.StatusUnprocessableEntity, p, checkData{HumanAsked: sent.human, AcuteNeed: sent.acute},
			[]site.FieldError{{Field: "attest", Text: "Intyga att uppgifterna stämmer"}})
	}
	p.Answers.Human, p.Answers.Acute = sent.human, sent.acute
	if p.Answers.Adults > 1 && p.Form.State != store.FormSent {
		return s.await(w, r, who, p)
	}
	return s.submit(w, r, who, p, flow.Objection{})
}

// sendChanged answers a page whose application has changed since it was opened: with
// the one that there is now, and what was ticked.
func (s *service) sendChanged(w http.ResponseWriter, r *http.Request, who auth.Identity, sent applied) error {
	p, err := s.ownPlace(r, who)
	switch {
	case errors.Is(err, store.ErrNotFound):
		s.render(w, r, http.StatusConflict, "ansok-fel", site.Page{Title: "Du har ingen ansökan att skicka", User: who.Name, Role: string(who.Role)})
		return nil
	case err != nil:
		return err
	case p.Form.State == store.FormSent:
		s.render(w, r, http.StatusConflict, "ansok-fel", site.Page{Title: "Ansökan är redan skickad", User: who.Name, Role: string(who.Role), Data: p})
		return nil
	case len(p.Answers.Left()) > 0:
		tasks, err := s.taskData(r.Context(), who, p)
		if err != nil {
			return err
		}
		s.fill(w, r, who, http.StatusConflict, "ansok-delar", "Din ansökan", []application.Fault{{Text: "Ansökan har ändrats sedan du öppnade sidan. Inget har skickats."}}, tasks)
		return nil
	}
	if p.Answers.Disputed, p.Answers.Dispute, err = disputeForm(r); err != nil {
		return err
	}
	return s.showCheck(w, r, who, http.StatusConflict, p, checkData{HumanAsked: sent.human, AcuteNeed: sent.acute, Moved: true}, nil)
}

// await signs for the applicant, and lets the application wait for the other one.
func (s *service) await(w http.ResponseWriter, r *http.Request, who auth.Identity, p *place) error {
	app, err := s.application(p)
	if err != nil {
		return err
	}
	body, err := p.Answers.Encode()
	if err != nil {
		return err
	}
	f := p.Form
	f.State, f.Body = store.FormAwaiting, body // under the same key: this is what is signed
	if f, err = s.store.SaveForm(r.Context(), who.Caller(), f); err != nil && !errors.Is(err, store.ErrFormMoved) {
		return err
	}
	if err := s.flow.Sign(r.Context(), who.Caller(), app); err != nil {
		return err
	}
	http.Redirect(w, r, "/ansok/vantar", http.StatusSeeOther)
	return nil
}

// application is what the answers apply for.
func (s *service) application(p *place) (flow.Application, error) {
	a := &p.Answers
	facts, err := a.Facts()
	if err != nil {
		return flow.Application{}, err
	}
	app := flow.Application{ID: p.Form.ID, Key: p.Form.Key, Person: p.Form.Owner, Number: a.Number, Name: a.Name, Facts: facts, Kind: a.Kind,
		Channel: p.Form.Channel, HumanAsked: a.Human, AcuteNeed: a.Acute, Dispute: a.Dispute,
		Contact: &flow.Contact{Phone: a.Contact.Phone, Language: a.Contact.Language, Notice: a.Contact.Notice, Planning: a.Contact.Planning}}
	if a.Adults > 1 {
		app.Partner, app.Adult = p.Form.Partner, &flow.Adult{Number: a.Partner.Number, Name: a.Partner.Name}
	}
	if len(a.Disputed) > 0 { // none and nothing kept are the same to who signs
		app.Disputed = a.Disputed
	}
	for _, b := range a.Births() {
		app.Born = append(app.Born, flow.Birth(b))
	}
	for _, n := range a.Notes() {
		app.Notes = append(app.Notes, flow.Note{Code: n.Code, About: n.About, Text: n.Text})
	}
	return app, nil
}

// submit makes a case of an application that everybody has signed.
func (s *service) submit(w http.ResponseWriter, r *http.Request, who auth.Identity, p *place, theirs flow.Objection, signatures ...flow.Signature) error {
	app, err := s.application(p)
	if err != nil {
		return err
	}
	app.Theirs = theirs
	if app.Signatures = signatures; signatures == nil {
		app.Signatures = []flow.Signature{{Name: who.Name, How: flow.SignedElectronic, At: day(s.c.Clock().UnixMilli())}}
	}
	estimate, err := s.flow.Check(app.Facts)
	if err != nil {
		return err
	}
	app.Registers = s.registersOfAll(r.Context(), who, p, estimate)
	id, err := s.flow.Submit(r.Context(), who.Caller(), app)
	if err != nil {
		return err
	}
	f := p.Form
	f.State = store.FormSent
	if body, err := p.Answers.Encode(); err == nil {
		f.Body = body
	}
	if _, err := s.store.SaveForm(r.Context(), store.Program, f); err != nil && !errors.Is(err, store.ErrFormMoved) {
		s.c.Log.Warn("couldn't mark a form as sent", "case", id, "error", err) // its case says so too
	}
	// A decision is shown when its receipt is there, as a rule at once.
	wait, cancel := context.WithTimeout(r.Context(), 3*time.Second)
	defer cancel()
	if err := s.store.Await(wait, id); err != nil && wait.Err() == nil {
		return err
	}
	to := "/arende/" + id
	if p.Desk {
		to = "/handlaggare/" + id
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}
