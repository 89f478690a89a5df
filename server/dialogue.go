package server

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/calendar"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// maxText bounds what people write to each other.
const maxText = 5000

// written reads a text that a person typed. errs says what to do where there is none.
func written(r *http.Request, name, empty string) (text string, errs []site.FieldError, err error) {
	text, err = field(r, name)
	if err != nil {
		return "", nil, err
	}
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	switch n := utf8.RuneCountInString(text); {
	case n == 0 && empty != "":
		errs = []site.FieldError{{Field: name, Text: empty}}
	case n > maxText:
		errs = []site.FieldError{{Field: name, Text: "Skriv högst 5 000 tecken"}}
	}
	return text, errs, nil
}

// say takes an applicant's message.
func (s *service) say(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	id := r.PathValue("id")
	text, errs, err := written(r, "message", "Skriv ditt meddelande")
	if err != nil {
		return err
	}
	if errs != nil {
		return s.showCase(w, r, who, http.StatusUnprocessableEntity, typed{Message: text}, errs)
	}
	if err := s.flow.Say(r.Context(), who.Caller(), id, who.Ref, flow.MessageBody{Name: who.Name, Text: text}); err != nil {
		return err
	}
	http.Redirect(w, r, "/arende/"+id+"#meddelanden", http.StatusSeeOther)
	return nil
}

// numbers are those of the documents that the caller has handed in.
func (s *service) numbers(r *http.Request, who auth.Identity, id string) ([]int, error) {
	all, err := s.store.Documents(r.Context(), who.Caller(), id)
	if err != nil {
		return nil, err
	}
	var out []int
	for _, h := range all {
		out = append(out, h.Number)
	}
	return out, nil
}

// complete takes an applicant's answer to what was asked for.
func (s *service) complete(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	id := r.PathValue("id")
	text, errs, err := written(r, "answer", "Skriv ditt svar")
	if err != nil {
		return err
	}
	if errs != nil {
		return s.showCase(w, r, who, http.StatusUnprocessableEntity, typed{Answer: text}, errs)
	}
	if _, err := s.store.Read(r.Context(), who.Caller(), id); err != nil {
		return err
	}
	papers, err := s.numbers(r, who, id)
	if err != nil {
		return err
	}
	err = s.flow.Complete(r.Context(), who.Caller(), id, flow.CompletionReceivedBody{Name: who.Name, Text: text, Documents: papers})
	if errors.Is(err, flow.ErrNothing) {
		// Somebody else in the household answered, or it was decided meanwhile: what
		// was written reaches the caseworker all the same.
		err = s.flow.Say(r.Context(), who.Caller(), id, who.Ref, flow.MessageBody{Name: who.Name, Text: text})
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/arende/"+id, http.StatusSeeOther)
	return nil
}

// dialogueData is the pages handlaggare-meddelande and handlaggare-komplettering.
type dialogueData struct {
	ID, Name, Number, Month string
	Queued                  bool
	Status                  progress
	Answers                 []message // to what was asked for
	People                  []conversation
	To, Text, Due           string
	Answer, How, From       string // of an answer that is registered
}

// conversation is one adult that can be written to.
type conversation struct{ Ref, Name string }

// dialoguePage shows a caseworker what was said in a case.
func (s *service) dialoguePage(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var data dialogueData
	if again, ok := s.waiting(r, who); ok {
		data.Text, data.To = again.PostForm.Get("message"), again.PostForm.Get("to")
	}
	return s.showDialogue(w, r, who, http.StatusOK, "handlaggare-meddelande", data, nil)
}

// askPage shows a caseworker what was asked for and what came.
func (s *service) askPage(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var data dialogueData
	if again, ok := s.waiting(r, who); ok {
		data.typed(again)
	}
	return s.showDialogue(w, r, who, http.StatusOK, "handlaggare-komplettering", data, nil)
}

// typed takes what was typed on the page handlaggare-komplettering, to be shown again.
func (d *dialogueData) typed(r *http.Request) {
	f := r.PostForm.Get
	d.Text, d.Due, d.Answer, d.How, d.From = f("text"), f("due"), f("answer"), f("how"), f("from")
}

func (s *service) showDialogue(w http.ResponseWriter, r *http.Request, who auth.Identity, code int, name string, data dialogueData, errs []site.FieldError) error {
	file, err := s.store.Read(r.Context(), who.Caller(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if data.Status, err = s.follow(r.Context(), who, &file); err != nil {
		return err
	}
	submitted, err := flow.DecodeBody[flow.SubmittedBody](file.Submitted)
	if err != nil {
		return err
	}
	data.ID, data.Name, data.Number, data.Month = file.ID, submitted.Name, hyphened(submitted.Number), file.Month
	data.Queued = file.State == store.StateQueued
	data.People = []conversation{{file.Person, submitted.Name}}
	if file.Partner != "" && submitted.Partner != nil {
		data.People = append(data.People, conversation{file.Partner, submitted.Partner.Name})
	}
	if data.Due == "" {
		data.Due = calendar.Next(s.c.Clock().In(flow.Stockholm).AddDate(0, 0, 10)).Format(time.DateOnly)
	}
	if data.Answers, err = s.answers(r.Context(), who, &file); err != nil {
		return err
	}
	title := "Meddelanden"
	if name == "handlaggare-komplettering" {
		title = "Begär uppgifter"
	}
	s.render(w, r, code, name, site.Page{Title: title, User: who.Name, Role: string(who.Role), Errors: errs, Data: data})
	return nil
}

// answers reads what came when something was asked for, oldest first.
func (s *service) answers(ctx context.Context, who auth.Identity, file *store.File) (out []message, err error) {
	if file.Completed == 0 {
		return nil, nil
	}
	pages, err := s.store.Pages(ctx, who.Caller(), file.ID, store.KindCompletionReceived)
	for _, p := range pages {
		b, err := flow.DecodeBody[flow.CompletionReceivedBody](p.Body)
		if err != nil {
			return nil, err
		}
		name := b.Name
		if b.Attested != "" {
			name += ", " + cameBy[b.How] + ", inskrivet av " + b.Attested
		}
		out = append(out, message{Name: name, Text: b.Text, Day: day(p.At), seq: p.Seq})
	}
	return out, err
}

// registerAnswer takes down an answer that came another way than by the web.
func (s *service) registerAnswer(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	id := r.PathValue("id")
	text, errs, err := written(r, "answer", "Skriv vad som kom in")
	if err != nil {
		return err
	}
	var how, from string
	if err := fields(r, map[string]*string{"how": &how, "from": &from}); err != nil {
		return err
	}
	if cameBy[how] == "" {
		errs = append(errs, site.FieldError{Field: "how", Text: "Välj hur svaret kom"})
	}
	file, err := s.store.Read(r.Context(), who.Caller(), id)
	if err != nil {
		return err
	}
	var data dialogueData
	data.typed(r)
	if errs != nil {
		return s.showDialogue(w, r, who, http.StatusUnprocessableEntity, "handlaggare-komplettering", data, errs)
	}
	submitted, err := flow.DecodeBody[flow.SubmittedBody](file.Submitted)
	if err != nil {
		return err
	}
	person, name := file.Person, submitted.Name
	if from == file.Partner && file.Partner != "" && submitted.Partner != nil {
		person, name = file.Partner, submitted.Partner.Name
	}
	err = s.flow.Register(r.Context(), who.Caller(), id, person, flow.CompletionReceivedBody{Name: name, Text: text, How: how, Attested: who.Name})
	if errors.Is(err, flow.ErrNothing) {
		return s.showDialogue(w, r, who, http.StatusConflict, "handlaggare-komplettering", data, []site.FieldError{{Field: "answer", Text: "Ingen fråga väntar på svar"}})
	}
	if err != nil {
		return err
	}
	s.lay(r, who, "/handlaggare/"+id+"/komplettering", url.Values{"text": {data.Text}, "due": {data.Due}})
	http.Redirect(w, r, "/handlaggare/"+id+"/komplettering", http.StatusSeeOther)
	return nil
}

// cameBy says how an answer came that was registered at the desk.
var cameBy = map[string]string{flow.SignedPaper: "på papper", flow.SignedOrally: "per telefon", flow.SignedPresent: "vid besök"}

// reply sends a caseworker's message.
func (s *service) reply(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	id := r.PathValue("id")
	text, errs, err := written(r, "message", "Skriv ditt meddelande")
	to, err2 := field(r, "to")
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	if errs != nil {
		return s.showDialogue(w, r, who, http.StatusUnprocessableEntity, "handlaggare-meddelande", dialogueData{Text: text, To: to}, errs)
	}
	file, err := s.store.Read(r.Context(), who.Caller(), id)
	if err != nil {
		return err
	}
	if to == "" {
		to = file.Person
	}
	if err := s.flow.Say(r.Context(), who.Caller(), id, to, flow.MessageBody{Name: who.Name, Text: text}); err != nil {
		return err
	}
	http.Redirect(w, r, "/handlaggare/"+id+"/meddelande", http.StatusSeeOther)
	return nil
}

// ask sends a caseworker's request for what is missing.
func (s *service) ask(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	id := r.PathValue("id")
	text, errs, err := written(r, "text", "Skriv vad som saknas")
	due, err2 := field(r, "due")
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	var data dialogueData
	data.typed(r)
	last, wrong := time.Parse(time.DateOnly, due)
	today := s.today()
	switch {
	case wrong != nil || due < today:
		errs = append(errs, site.FieldError{Field: "due", Text: "Välj en dag som inte har varit"})
	case last.Sub(s.c.Clock()) > 100*24*time.Hour:
		errs = append(errs, site.FieldError{Field: "due", Text: "Välj en dag inom tre månader"})
	}
	if errs != nil {
		return s.showDialogue(w, r, who, http.StatusUnprocessableEntity, "handlaggare-komplettering", data, errs)
	}
	if _, err := s.store.Read(r.Context(), who.Caller(), id); err != nil {
		return err
	}
	err = s.flow.Ask(r.Context(), who.Caller(), id, due, flow.CompletionAskedBody{Name: who.Name, Text: text})
	if errors.Is(err, flow.ErrVersion) {
		return s.showDialogue(w, r, who, http.StatusConflict, "handlaggare-komplettering", data,
			[]site.FieldError{{Field: "text", Text: "Ärendet är redan avgjort. Skriv ett meddelande i stället"}})
	}
	if err != nil {
		return err
	}
	s.lay(r, who, "/handlaggare/"+id+"/komplettering", url.Values{"answer": {data.Answer}, "how": {data.How}, "from": {data.From}})
	http.Redirect(w, r, "/handlaggare/"+id+"/komplettering", http.StatusSeeOther)
	return nil
}
