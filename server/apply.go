package server

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/skalig/skalig/server/application"
	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// calculated are facts from the calculator that wait in the session over sign-in.
type calculated struct {
	Facts jsontext.Value `json:"facts"`
}

// apply takes the facts from the calculator. They stay on the server.
func (s *service) apply(w http.ResponseWriter, r *http.Request) error {
	facts, err := field(r, "facts")
	if err != nil {
		return err
	}
	estimate, err := s.flow.Check([]byte(facts))
	if invalid, ok := errors.AsType[*flow.Invalid](err); ok {
		s.render(w, r, http.StatusUnprocessableEntity, "ansok-fel", site.Page{Title: "Ansökan går inte att skicka", Errors: findings(invalid)})
		return nil
	}
	if err != nil {
		return err
	}
	text, err := json.Marshal(calculated{Facts: estimate.Facts})
	if err != nil {
		return err
	}
	s.auth.Keep(r.Context(), text)
	http.Redirect(w, r, "/ansok/kontrollera", http.StatusSeeOther)
	return nil
}

// findings are the engine's errors as an error summary. The calculator has the
// fields; here there is nothing to link to.
func findings(e *flow.Invalid) []site.FieldError {
	var out []site.FieldError
	seen := map[string]bool{}
	for _, f := range e.Findings {
		text := f.Text
		if text == "" {
			text = "En uppgift är fel: " + f.Code + "."
		}
		if !seen[text] {
			seen[text] = true
			out = append(out, site.FieldError{Text: text})
		}
	}
	return out
}

// imported makes the application that the calculator's facts begin or replace,
// and tells whether one that was filled in otherwise stands in the way.
func (s *service) imported(r *http.Request, who auth.Identity, replace bool) (stands bool, err error) {
	text := s.auth.Draft(r.Context())
	if text == nil {
		return false, nil
	}
	var c calculated
	if json.Unmarshal(text, &c) != nil {
		s.auth.Drop(r.Context())
		return false, nil
	}
	a, err := application.From(c.Facts)
	if err != nil {
		return false, err
	}
	a.Kind, a.Source, a.Name, a.Number = application.New, application.FromCalculator, who.Name, who.Number
	a.SetAges()
	p, err := s.ownPlace(r, who)
	switch {
	case errors.Is(err, store.ErrNotFound) || err == nil && p.Form.State == store.FormSent:
		if _, err := s.begin(r, who, who.Ref, a.Municipality, store.Web, a); err != nil {
			return false, err
		}
	case err != nil:
		return false, err
	case p.Answers.Source != application.FromCalculator && !replace:
		return true, nil
	default: // what the calculator does not ask for stays
		a.Partner, a.Contact, a.Papers = p.Answers.Partner, p.Answers.Contact, p.Answers.Papers
		for _, name := range []string{"medsokande", "kontakt", "underlag"} {
			if p.Answers.Status(name) == application.Completed {
				a.Done = append(a.Done, name)
			}
		}
		if err := s.save(r, who, p, a); err != nil {
			return false, err
		}
	}
	s.auth.Drop(r.Context())
	return false, nil
}

// startData is the page ansok: how to begin, for who has nothing under way.
type startData struct {
	Last    *store.Case // the latest decision, which a renewal carries on from
	Waiting bool        // facts from the calculator wait for an answer
	Mark    string
	Boards  bool
}

// tasksData is the page ansok-delar.
type tasksData struct {
	*place
	Tasks   []task
	Ready   bool
	Left    []application.Section
	Account *flow.AccountBody // nil: not known
}

type task struct {
	application.Section
	Status application.Status
}

// start shows the task list of the application under way, or how to begin one.
func (s *service) start(w http.ResponseWriter, r *http.Request) error {
	who, ok := s.auth.Who(r.Context())
	if !ok {
		s.render(w, r, http.StatusOK, "ansok", site.Page{Title: "Ansök om ekonomiskt bistånd", Data: startData{}})
		return nil
	}
	if who.Role != store.Applicant {
		return errRole
	}
	p, err := s.ownPlace(r, who)
	if err == nil && p.Form.State != store.FormSent {
		return s.tasks(w, r, who, p)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return s.showStart(w, r, who, http.StatusOK)
}

func (s *service) showStart(w http.ResponseWriter, r *http.Request, who auth.Identity, code int) error {
	data := startData{Mark: s.auth.Mark(who)}
	last, _, err := s.latest(r.Context(), who)
	if err != nil {
		return err
	}
	if last.ID != "" {
		data.Last = &last
	}
	s.render(w, r, code, "ansok", site.Page{Title: "Ansök om ekonomiskt bistånd", User: who.Name, Role: string(who.Role), Data: data})
	return nil
}

// latest is the person's latest published decision, the zero Case where there is none,
// and whether anything is granted for its month.
func (s *service) latest(ctx context.Context, who auth.Identity) (last store.Case, supported bool, err error) {
	cases, err := s.store.Own(ctx, who.Caller())
	cases = slices.DeleteFunc(cases, func(c store.Case) bool { return c.State != store.StatePublished })
	for _, c := range cases {
		if last.ID == "" || c.Month > last.Month || c.Month == last.Month && c.DecidedAt > last.DecidedAt {
			last = c
		}
	}
	supported = slices.ContainsFunc(cases, func(c store.Case) bool { return c.Month == last.Month && c.Outcome != record.Refused })
	return last, supported, err
}

// tasks shows the task list.
func (s *service) tasks(w http.ResponseWriter, r *http.Request, who auth.Identity, p *place) error {
	data, err := s.taskData(r.Context(), who, p)
	if err != nil {
		return err
	}
	s.fill(w, r, who, http.StatusOK, "ansok-delar", "Din ansökan", nil, data)
	return nil
}

func (s *service) taskData(ctx context.Context, who auth.Identity, p *place) (data tasksData, err error) {
	data = tasksData{place: p, Left: p.Answers.Left()}
	if data.Account, err = s.accountFor(ctx, who, p); err != nil {
		return data, err
	}
	for _, sec := range application.Sections {
		if st := p.Answers.Status(sec.Name); st != application.NotNeeded && (!p.Desk || sec.Name != "forra") {
			data.Tasks = append(data.Tasks, task{sec, st})
		}
	}
	data.Ready = len(data.Left) == 0
	return data, nil
}

// accountFor is where the money goes that an application gives, as far as its
// applicant has said and fills it in.
func (s *service) accountFor(ctx context.Context, who auth.Identity, p *place) (*flow.AccountBody, error) {
	if p.Desk {
		return nil, nil
	}
	return s.flow.AccountOf(ctx, who.Caller(), who.Ref)
}

// beginOwn begins an application: new, a renewal of the last decision or a
// supplement to it. Who has one under way is led there.
func (s *service) beginOwn(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	kind, err := field(r, "kind")
	if err != nil {
		return err
	}
	if p, err := s.ownPlace(r, who); err == nil && p.Form.State != store.FormSent {
		http.Redirect(w, r, "/ansok", http.StatusSeeOther)
		return nil
	} else if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	a := application.Answers{Kind: application.New, Source: application.FromForm}
	if kind == application.Renewal || kind == application.Supplement {
		if a, err = s.carry(r.Context(), who, kind); err != nil {
			return err
		}
	} else if kind != application.New {
		return s.showStart(w, r, who, http.StatusUnprocessableEntity)
	}
	a.Name, a.Number = who.Name, who.Number
	a.SetAges()
	if codes := s.townsFor(who); a.Municipality == "" && len(codes) == 1 {
		a.Municipality = codes[0].Code
	}
	if _, err := s.begin(r, who, who.Ref, a.Municipality, store.Web, a); err != nil {
		return err
	}
	to := a.Next("")
	if kind == application.Supplement {
		to = "kostnader"
	}
	http.Redirect(w, r, "/ansok/"+to, http.StatusSeeOther)
	return nil
}

// carry takes the answers of the person's last decision into a new month.
func (s *service) carry(ctx context.Context, who auth.Identity, kind string) (application.Answers, error) {
	last, supported, err := s.latest(ctx, who)
	if err != nil {
		return application.Answers{}, err
	}
	if last.ID == "" {
		return application.Answers{}, store.ErrNotFound
	}
	file, err := s.store.Read(ctx, who.Caller(), last.ID)
	if err != nil {
		return application.Answers{}, err
	}
	submitted, err := flow.DecodeBody[flow.SubmittedBody](file.Submitted)
	if err != nil {
		return application.Answers{}, err
	}
	month := s.flow.OpenMonths()[0]
	if last.Month >= month {
		month = s.flow.OpenMonths()[1]
	}
	from := application.Last{Case: last.ID, Facts: submitted.Facts, Supported: supported}
	for _, b := range submitted.Born {
		from.Born = append(from.Born, application.Birth(b))
	}
	a, err := application.Carry(kind, from, month)
	if err != nil {
		return a, err
	}
	if submitted.Partner != nil && s.auth.Reference(submitted.Number) == who.Ref { // the co-applicant of last month
		a.Partner = application.Partner{Number: submitted.Partner.Number, Name: submitted.Partner.Name}
	} else if submitted.Partner != nil { // last month the other one was the applicant
		a.Partner = application.Partner{Name: submitted.Name} // whose number only they have given
		a.Swap()
	}
	return a, nil
}

// A town is a municipality that can be applied to.
type town struct{ Code, Name string }

// townsFor are those that who may apply to: who was signed in by one municipality's
// own provider applies to that one.
func (s *service) townsFor(who auth.Identity) []town {
	var out []town
	for _, m := range s.c.Municipalities {
		if who.Municipality == "" || who.Municipality == m.Code {
			out = append(out, town{m.Code, m.Name})
		}
	}
	return out
}

// askRemove and remove destroy an application that was not sent.
func (s *service) askRemove(w http.ResponseWriter, r *http.Request, who auth.Identity, p *place) error {
	s.fill(w, r, who, http.StatusOK, "ansok-ta-bort", "Ta bort ansökan", nil, p)
	return nil
}

func (s *service) remove(w http.ResponseWriter, r *http.Request, who auth.Identity, p *place) error {
	if err := s.store.RemoveForm(r.Context(), who.Caller(), p.Form.ID); err != nil {
		return err
	}
	to := "/mina"
	if p.Desk {
		to = "/handlaggare/ny"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// mineData is the page mina.
type mineData struct {
	Cases       []store.Case
	Draft       bool // facts from the calculator, or an application under way
	Ends        string
	Awaiting    bool
	Invitations []invitationRow
	Account     *flow.AccountBody // nil: not known
	Missing     bool              // and some of the cases cannot be paid without
}

// An invitationRow is an application that waits for the person's signature.
type invitationRow struct{ ID, Until string }

// mine lists a person's cases, the application under way and those that wait for
// the person's signature.
func (s *service) mine(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	cases, err := s.store.Own(r.Context(), who.Caller())
	if err != nil {
		return err
	}
	data := mineData{Cases: cases, Draft: s.auth.Draft(r.Context()) != nil}
	if data.Account, err = s.flow.AccountOf(r.Context(), who.Caller(), who.Ref); err != nil {
		return err
	}
	for i := 0; i < len(cases) && data.Account == nil && !data.Missing; i++ {
		payout, err := s.flow.Payout(r.Context(), who.Ref, &cases[i])
		if err != nil {
			return err
		}
		data.Missing = payout.Missing()
	}
	waiting, err := s.store.Invitations(r.Context(), who.Caller())
	if err != nil {
		return err
	}
	for _, f := range waiting {
		data.Invitations = append(data.Invitations, invitationRow{f.ID, day(f.Ends().UnixMilli())})
	}
	if p, err := s.ownPlace(r, who); err == nil && p.Form.State != store.FormSent {
		data.Draft, data.Ends, data.Awaiting = true, p.Ends(), p.Awaiting()
	} else if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	s.render(w, r, http.StatusOK, "mina", site.Page{Title: "Mina ärenden", User: who.Name, Role: string(who.Role), Data: data})
	return nil
}
