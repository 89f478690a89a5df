package server

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/gate"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// queueData is the page handlaggare.
type queueData struct {
	Board string
	On    bool // automatic decisions
	Rows  []queueRow
}

type queueRow struct {
	store.Case
	Submitted string
	Days      int
	Reasons   []gate.Reason
}

// queue lists the cases that wait, acute needs first and then by age.
func (s *service) queue(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	return s.showQueue(w, r, who, http.StatusOK, nil)
}

func (s *service) showQueue(w http.ResponseWriter, r *http.Request, who auth.Identity, code int, errs []site.FieldError) error {
	cases, err := s.store.Queue(r.Context(), who.Caller())
	if err != nil {
		return err
	}
	on, err := s.store.Automation(who.Municipality)
	if err != nil {
		return err
	}
	data := queueData{Board: s.board(who.Municipality, ""), On: on}
	now := s.c.Clock()
	for _, c := range cases {
		days := int(now.UnixMilli()-c.SubmittedAt) / (24 * 3600 * 1000)
		data.Rows = append(data.Rows, queueRow{Case: c, Submitted: day(c.SubmittedAt), Days: days, Reasons: reasons(c.Reasons)})
	}
	s.render(w, r, code, "handlaggare", site.Page{Title: "Ärenden som väntar", User: who.Name, Role: string(who.Role), Errors: errs, Data: data})
	return nil
}

// deskData is the page handlaggare-arende.
type deskData struct {
	decisionData
	Facts   household
	Support kronor // what the engine proposed
	Form    rulingForm
	Moved   bool // someone else was first
}

type rulingForm struct{ Version, Outcome, Amount, Motivation string }

// desk shows a case to a caseworker.
func (s *service) desk(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	file, err := s.store.Read(r.Context(), who.Caller(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return s.showDesk(w, r, who, http.StatusOK, file, nil, false, nil)
}

// showDesk shows a case, with what was typed where a form comes back.
func (s *service) showDesk(w http.ResponseWriter, r *http.Request, who auth.Identity, code int, file store.File, typed *rulingForm, moved bool, errs []site.FieldError) error {
	shown, err := s.show(file)
	if err != nil {
		return err
	}
	submitted, err := flow.DecodeBody[flow.SubmittedBody](file.Submitted)
	if err != nil {
		return err
	}
	data := deskData{decisionData: shown, Moved: moved}
	if err := json.Unmarshal(submitted.Facts, &data.Facts); err != nil {
		return errors.New("couldn't read an application's facts")
	}
	if file.Queued != nil {
		queued, err := flow.DecodeBody[flow.QueuedBody](file.Queued)
		if err != nil {
			return err
		}
		var result struct {
			Support kronor `json:"support"`
		}
		if err := json.Unmarshal(queued.Result, &result); err != nil {
			return errors.New("couldn't read what the engine said")
		}
		data.Support = result.Support
	}
	data.Form = rulingForm{Version: strconv.FormatUint(file.Version, 10)}
	if typed != nil {
		typed.Version, data.Form = data.Form.Version, *typed
	}
	s.render(w, r, code, "handlaggare-arende", site.Page{Title: "Ärende", User: who.Name, Role: string(who.Role), Errors: errs, Data: data})
	return nil
}

// rule takes a caseworker's decision.
func (s *service) rule(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var f rulingForm
	var err error
	for _, to := range []struct {
		name string
		to   *string
	}{{"version", &f.Version}, {"outcome", &f.Outcome}, {"amount", &f.Amount}, {"motivation", &f.Motivation}} {
		if *to.to, err = field(r, to.name); err != nil {
			return err
		}
	}
	id := r.PathValue("id")
	ruling, errs := f.ruling(who.Name)
	if errs == nil {
		err = s.flow.Decide(r.Context(), who.Caller(), id, ruling)
		if err == nil {
			http.Redirect(w, r, "/handlaggare/"+id, http.StatusSeeOther)
			return nil
		}
		if !errors.Is(err, flow.ErrVersion) {
			return err
		}
	}
	file, err := s.store.Read(r.Context(), who.Caller(), id)
	if err != nil {
		return err
	}
	if errs == nil {
		return s.showDesk(w, r, who, http.StatusConflict, file, &f, true, nil)
	}
	return s.showDesk(w, r, who, http.StatusUnprocessableEntity, file, &f, false, errs)
}

// maxMotivation bounds what a caseworker writes.
const maxMotivation = 10_000

// ruling reads the form. Each error says what to do.
func (f rulingForm) ruling(name string) (flow.Ruling, []site.FieldError) {
	var errs []site.FieldError
	wrong := func(field, text string) { errs = append(errs, site.FieldError{Field: field, Text: text}) }
	version, err := strconv.ParseUint(f.Version, 10, 64)
	if err != nil {
		wrong("outcome", "Öppna ärendet på nytt")
	}
	r := flow.Ruling{Version: version, Outcome: f.Outcome, Motivation: strings.TrimSpace(strings.ReplaceAll(f.Motivation, "\r\n", "\n")), Name: name}
	switch f.Outcome {
	case record.Granted, record.Partly:
		ore, ok := typedAmount(f.Amount)
		if !ok || ore == 0 {
			wrong("amount", "Skriv beloppet som ska betalas ut, till exempel 6 720")
		}
		r.Granted = ore
	case record.Refused, record.Dismissed:
		if strings.TrimSpace(f.Amount) != "" && strings.TrimSpace(f.Amount) != "0" {
			wrong("amount", "Lämna beloppet tomt när du avslår eller avvisar")
		}
	default:
		wrong("outcome", "Välj beslut")
	}
	switch n := utf8.RuneCountInString(r.Motivation); {
	case n == 0:
		wrong("motivation", "Skriv en motivering som den sökande förstår")
	case n > maxMotivation || strings.ContainsRune(r.Motivation, 0):
		wrong("motivation", "Skriv en motivering på högst 10 000 tecken")
	}
	return r, errs
}

// switchAll stops or restarts automatic decisions in the municipality.
func (s *service) switchAll(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	stopped, reason, err := switchForm(r)
	if err != nil {
		return err
	}
	if reason == "" {
		return s.showQueue(w, r, who, http.StatusUnprocessableEntity, []site.FieldError{{Field: "reason", Text: "Skriv varför"}})
	}
	if err := s.flow.Switch(r.Context(), who.Caller(), "", stopped, who.Name, reason); err != nil {
		return err
	}
	http.Redirect(w, r, "/handlaggare", http.StatusSeeOther)
	return nil
}

// switchHousehold does so for one household.
func (s *service) switchHousehold(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	stopped, reason, err := switchForm(r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	if reason == "" {
		file, err := s.store.Read(r.Context(), who.Caller(), id)
		if err != nil {
			return err
		}
		return s.showDesk(w, r, who, http.StatusUnprocessableEntity, file, nil, false, []site.FieldError{{Field: "reason", Text: "Skriv varför"}})
	}
	if err := s.flow.Switch(r.Context(), who.Caller(), id, stopped, who.Name, reason); err != nil {
		return err
	}
	http.Redirect(w, r, "/handlaggare/"+id, http.StatusSeeOther)
	return nil
}

func switchForm(r *http.Request) (stopped bool, reason string, err error) {
	act, err1 := field(r, "act")
	reason, err2 := field(r, "reason")
	if err := errors.Join(err1, err2); err != nil {
		return false, "", err
	}
	if act != "stop" && act != "start" || len(reason) > 4000 {
		return false, "", errForm
	}
	return act == "stop", strings.TrimSpace(reason), nil
}
