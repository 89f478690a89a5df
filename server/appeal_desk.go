package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// appealDeskData is the page handlaggare-overklagande.
type appealDeskData struct {
	decisionData
	Form   renewedForm
	Effect *renewedEffect // of a new decision, shown before anything is decided
	Moved  bool           // someone else was first
	Answer answerForm
	Entry  entryForm
	People []conversation // who may appeal now
	errs   []site.FieldError
}

// answerForm is what the board says of one appeal. It is typed beside the appeal whose
// event At is.
type answerForm struct {
	At                                 uint64
	Court, Note                        string
	Received, Known, Cause, Finding    string // of whether it came in time
	Result, JudgedDay, JudgmentsNumber string // of the court's judgment
}

func (f *answerForm) read(r *http.Request) error {
	at, err := field(r, "appeal")
	err = errors.Join(err, fields(r, f.fields()))
	f.At, _ = strconv.ParseUint(at, 10, 64) // no number is no appeal's
	f.Court = strings.Join(strings.Fields(f.Court), " ")
	f.Note = strings.TrimSpace(strings.ReplaceAll(f.Note, "\r\n", "\n"))
	return err
}

func (f *answerForm) fields() map[string]*string {
	return map[string]*string{"court": &f.Court, "note": &f.Note, "received": &f.Received, "known": &f.Known, "cause": &f.Cause,
		"finding": &f.Finding, "result": &f.Result, "judged": &f.JudgedDay, "number": &f.JudgmentsNumber}
}

// wrong gives an error beside a field of the appeal's own form.
func (f *answerForm) wrong(field, text string) site.FieldError {
	return site.FieldError{Field: fmt.Sprintf("%s-%d", field, f.At), Text: text}
}

// bounded says what to do where a text is empty or too long.
func (f *answerForm) bounded(field, text, empty string, most int) (errs []site.FieldError) {
	switch n := utf8.RuneCountInString(text); {
	case n == 0 && empty != "":
		errs = append(errs, f.wrong(field, empty))
	case n > most:
		errs = append(errs, f.wrong(field, fmt.Sprintf("Skriv högst %d tecken", most)))
	}
	return errs
}

// appealDesk shows the appeals of a case to the board that decided.
func (s *service) appealDesk(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var data appealDeskData
	if again, ok := s.waiting(r, who); ok {
		if err := errors.Join(data.Form.read(again), data.Answer.read(again), data.Entry.read(again)); err != nil {
			data = appealDeskData{}
		}
	}
	return s.showAppealDesk(w, r, who, http.StatusOK, data, nil)
}

func (s *service) showAppealDesk(w http.ResponseWriter, r *http.Request, who auth.Identity, code int, data appealDeskData, errs []site.FieldError) error {
	file, err := s.store.Read(r.Context(), who.Caller(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if len(file.Appeals) == 0 && file.State != store.StatePublished {
		return store.ErrNotFound
	}
	if data.decisionData, err = s.show(file); err != nil {
		return err
	}
	if data.Status, err = s.follow(r.Context(), who, &file); err != nil {
		return err
	}
	names, err := adults(&file)
	if err != nil {
		return err
	}
	for _, person := range file.Adults() {
		if _, ok := file.MayAppeal(person); ok {
			data.People = append(data.People, conversation{person, names[person]})
		}
	}
	data.Form.Version, data.errs = fmt.Sprint(file.Version), errs
	s.render(w, r, code, "handlaggare-overklagande", site.Page{Title: "Överklagande", User: who.Name, Role: string(who.Role), Errors: errs, Data: &data})
	return nil
}

// appealAgain shows the appeals after a form of one of them.
func (s *service) appealAgain(w http.ResponseWriter, r *http.Request, who auth.Identity, f answerForm, errs []site.FieldError, err error) error {
	switch {
	case errs != nil:
	case err == nil:
		http.Redirect(w, r, "/handlaggare/"+r.PathValue("id")+"/overklagande", http.StatusSeeOther)
		return nil
	case errors.Is(err, flow.ErrVersion):
		return s.showAppealDesk(w, r, who, http.StatusConflict, appealDeskData{Answer: f, Moved: true}, nil)
	case errors.Is(err, flow.ErrDoubtful):
		errs = []site.FieldError{f.wrong("received", untried)}
	case errors.Is(err, flow.ErrInTime):
		errs = []site.FieldError{f.wrong("finding", "Överklagandet kom i rätt tid, räknat från den dagen. Det kan inte avvisas")}
	case errors.Is(err, flow.ErrTooLate):
		errs = []site.FieldError{f.wrong("finding", "Överklagandet kom för sent, räknat från den dagen. Avvisa det, eller välj varför det ändå prövas")}
	default:
		return err
	}
	return s.showAppealDesk(w, r, who, http.StatusUnprocessableEntity, appealDeskData{Answer: f}, errs)
}

// untried is said where something else is done before that.
const untried = "Pröva först om överklagandet kom i rätt tid"

// inTime tries whether an appeal came in time, and dismisses it where it did not (45 §
// förvaltningslagen).
func (s *service) inTime(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var f answerForm
	if err := f.read(r); err != nil {
		return err
	}
	id := r.PathValue("id")
	if _, err := s.store.Read(r.Context(), who.Caller(), id); err != nil {
		return err
	}
	errs := f.bounded("known", f.Known, "Skriv hur du vet det", 500)
	if _, err := time.Parse(time.DateOnly, f.Received); err != nil || f.Received > s.today() {
		errs = append(errs, f.wrong("received", "Välj dagen då den klagande fick beslutet"))
	}
	when := flow.Timely{Received: f.Received, Known: f.Known}
	switch f.Finding {
	case "in-time":
		if errs == nil {
			return s.appealAgain(w, r, who, f, nil, s.flow.FindInTime(r.Context(), who.Caller(), id, f.At, flow.AppealInTimeBody{Timely: when, Name: who.Name, Cause: f.Cause}))
		}
	case "late":
		errs = append(errs, f.bounded("why", f.Note, "Skriv varför överklagandet avvisas, så att den klagande förstår", maxText)...)
		if errs == nil {
			return s.appealAgain(w, r, who, f, nil, s.flow.Dismiss(r.Context(), who.Caller(), id, f.At, flow.AppealClosedBody{Timely: when, Name: who.Name, Note: f.Note}))
		}
	default:
		errs = append(errs, f.wrong("finding", "Välj om överklagandet kom i rätt tid"))
	}
	return s.appealAgain(w, r, who, f, errs, nil)
}

// reconsider makes a new decision because of an appeal, once its effect has been shown.
// What gives all that was applied for closes every appeal of the decision; in part they
// stay open, and go to the court with the new decision (46 § förvaltningslagen).
func (s *service) reconsider(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	id := r.PathValue("id")
	var f renewedForm
	if err := f.read(r); err != nil {
		return err
	}
	file, err := s.store.Read(r.Context(), who.Caller(), id)
	if err != nil {
		return err
	}
	stands, err := s.show(file)
	if err != nil {
		return err
	}
	data := appealDeskData{Form: f}
	open := slices.DeleteFunc(file.OpenAppeals(), func(a store.Appeal) bool { return a.Against != 0 })
	if stands.Decision == nil || len(open) == 0 {
		data.Moved = true
		return s.showAppealDesk(w, r, who, http.StatusConflict, data, nil)
	}
	ruling, errs := f.appealed(who.Name, stands.Decision.Granted)
	if !slices.ContainsFunc(open, func(a store.Appeal) bool { return !a.Doubtful() }) {
		errs = append(errs, site.FieldError{Field: "outcome", Text: untried})
	}
	if errs != nil {
		return s.showAppealDesk(w, r, who, http.StatusUnprocessableEntity, data, errs)
	}
	if data.Effect, err = s.effect(r.Context(), who, id, &f, ruling); err == nil && data.Effect == nil {
		err = s.flow.Reconsider(r.Context(), who.Caller(), id, ruling)
	}
	if errs := refusedRuling(err); errs != nil {
		return s.showAppealDesk(w, r, who, http.StatusUnprocessableEntity, data, errs)
	}
	if errors.Is(err, flow.ErrVersion) {
		data.Moved = true
		return s.showAppealDesk(w, r, who, http.StatusConflict, data, nil)
	}
	if err != nil {
		return err
	}
	if data.Effect != nil {
		return s.showAppealDesk(w, r, who, http.StatusOK, data, nil)
	}
	if ruling.Outcome == record.Granted {
		if err := s.meet(r.Context(), who, id, open, ruling.Motivation); err != nil {
			return err
		}
	}
	http.Redirect(w, r, "/handlaggare/"+id+"/overklagande", http.StatusSeeOther)
	return nil
}

// meet closes appeals that a new decision gives all that was asked.
func (s *service) meet(ctx context.Context, who auth.Identity, id string, open []store.Appeal, note string) error {
	var errs []error
	for _, a := range open {
		if !a.Doubtful() {
			errs = append(errs, s.flow.CloseAppeal(ctx, who.Caller(), id, a.Seq, store.AppealReconsidered, flow.AppealClosedBody{Name: who.Name, Note: note}))
		}
	}
	return errors.Join(errs...)
}

// settled closes an appeal that a new decision has met, or one of a dismissal that the
// board takes back.
func (s *service) settled(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var f answerForm
	if err := f.read(r); err != nil {
		return err
	}
	id := r.PathValue("id")
	if _, err := s.store.Read(r.Context(), who.Caller(), id); err != nil {
		return err
	}
	if errs := f.bounded("met", f.Note, "Skriv på vilket sätt den klagande har fått det som begärdes", maxText); errs != nil {
		return s.appealAgain(w, r, who, f, errs, nil)
	}
	return s.appealAgain(w, r, who, f, nil, s.flow.CloseAppeal(r.Context(), who.Caller(), id, f.At, store.AppealReconsidered, flow.AppealClosedBody{Name: who.Name, Note: f.Note}))
}

// forward records that an appeal was sent to the court.
func (s *service) forward(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var f answerForm
	if err := f.read(r); err != nil {
		return err
	}
	id := r.PathValue("id")
	if _, err := s.store.Read(r.Context(), who.Caller(), id); err != nil {
		return err
	}
	errs := append(f.bounded("court", f.Court, "Skriv vilken förvaltningsrätt", 200), f.bounded("note", f.Note, "", maxText)...)
	if errs != nil {
		return s.appealAgain(w, r, who, f, errs, nil)
	}
	return s.appealAgain(w, r, who, f, nil, s.flow.CloseAppeal(r.Context(), who.Caller(), id, f.At, store.AppealForwarded, flow.AppealClosedBody{Name: who.Name, Court: f.Court, Note: f.Note}))
}

// judgment notes what the court decided.
func (s *service) judgment(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var f answerForm
	if err := f.read(r); err != nil {
		return err
	}
	id := r.PathValue("id")
	if _, err := s.store.Read(r.Context(), who.Caller(), id); err != nil {
		return err
	}
	errs := append(f.bounded("number", f.JudgmentsNumber, "Skriv målets nummer", 100), f.bounded("said", f.Note, "", maxText)...)
	if _, err := time.Parse(time.DateOnly, f.JudgedDay); err != nil || f.JudgedDay > s.today() {
		errs = append(errs, f.wrong("judged", "Välj dagen för domen eller beslutet"))
	}
	if !slices.Contains([]string{store.CourtUpheld, store.CourtChanged, store.CourtRemitted}, f.Result) {
		errs = append(errs, f.wrong("result", "Välj vad rätten kom fram till"))
	}
	if errs != nil {
		return s.appealAgain(w, r, who, f, errs, nil)
	}
	return s.appealAgain(w, r, who, f, nil, s.flow.NoteJudgment(r.Context(), who.Caller(), id, f.At, f.Result, flow.JudgedBody{Name: who.Name, Day: f.JudgedDay, Number: f.JudgmentsNumber, Note: f.Note}))
}

// entryForm is an appeal that came on paper.
type entryForm struct{ Decision, Person, Came, Change, Why, Contact string }

func (f *entryForm) read(r *http.Request) error {
	return fields(r, map[string]*string{"decision": &f.Decision, "person": &f.Person, "came": &f.Came, "change": &f.Change, "why": &f.Why, "contact": &f.Contact})
}

// enterAppeal takes an appeal that came as a letter.
func (s *service) enterAppeal(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var f entryForm
	if err := f.read(r); err != nil {
		return err
	}
	change, errs1, err1 := written(r, "change", "Skriv vad den klagande vill ska ändras")
	why, errs2, err2 := written(r, "why", "")
	contact, errs3, err3 := written(r, "contact", "")
	file, err4 := s.store.Read(r.Context(), who.Caller(), r.PathValue("id"))
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return err
	}
	names, err := adults(&file)
	if err != nil {
		return err
	}
	errs := slices.Concat(errs1, errs2, errs3)
	if names[f.Person] == "" {
		errs = append(errs, site.FieldError{Field: "person", Text: "Välj vem som överklagar"})
	}
	if _, err := time.Parse(time.DateOnly, f.Came); err != nil || f.Came > s.today() {
		errs = append(errs, site.FieldError{Field: "came", Text: "Välj dagen då brevet kom in"})
	}
	data := appealDeskData{Entry: f}
	if errs != nil {
		return s.showAppealDesk(w, r, who, http.StatusUnprocessableEntity, data, errs)
	}
	submitted, err := flow.DecodeBody[flow.SubmittedBody](file.Submitted)
	if err != nil {
		return err
	}
	number := submitted.Number
	if f.Person == file.Partner {
		number = submitted.Partner.Number
	}
	against, _ := file.MayAppeal(f.Person)
	err = s.flow.Appeal(r.Context(), who.Caller(), file.ID, flow.Appealing{Person: f.Person, Decision: f.Decision, Against: against, Could: time.UnixMilli(could(&file, against)), Came: f.Came},
		flow.AppealedBody{Name: names[f.Person], Number: number, Contact: contact, Change: change, Why: why, Entered: who.Name})
	if errors.Is(err, flow.ErrVersion) || errors.Is(err, flow.ErrAppealed) {
		data.Moved = true
		return s.showAppealDesk(w, r, who, http.StatusConflict, data, nil)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/handlaggare/"+file.ID+"/overklagande", http.StatusSeeOther)
	return nil
}
