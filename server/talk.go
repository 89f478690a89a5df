package server

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// A wish is what somebody writes who wants to talk. It never meets a case.
type wish struct {
	Number string   `json:"number"`
	Name   string   `json:"name"`
	Phone  string   `json:"phone"`
	Safe   string   `json:"safe"` // whether it is safe to call: call, silent, never or ""
	Text   string   `json:"text"`
	Topics []string `json:"topics"`
}

// topics are what the voluntary page asks about, in the order they are shown.
var topics = []option{
	{Value: "safety", Label: "Jag är rädd för någon, eller någon gör mig illa"},
	{Value: "children", Label: "Jag är orolig för barnen"},
	{Value: "health", Label: "Jag mår dåligt eller är sjuk"},
	{Value: "addiction", Label: "Alkohol, droger eller spel"},
	{Value: "home", Label: "Jag kan bli av med bostaden"},
	{Value: "debt", Label: "Skulder"},
}

// talkData is the page prata, and with Voluntary the page behov.
type talkData struct {
	Mark           string
	Voluntary      bool
	Path           string
	Municipalities []town
	Municipality   string
	Wish           wish
	Acute          bool
	Topics         []option
	faults         []site.FieldError
}

// Fault is what is wrong with a field.
func (d talkData) Fault(field string) string {
	for _, f := range d.faults {
		if f.Field == field {
			return f.Text
		}
	}
	return ""
}

// talk and needs are the same form: one for who wants to talk, one that asks
// voluntarily whether there is something to know.
func (s *service) talk(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	return s.showTalk(w, r, who, http.StatusOK, talkData{})
}

func (s *service) showTalk(w http.ResponseWriter, r *http.Request, who auth.Identity, code int, d talkData) error {
	d.Path, d.Voluntary, d.Mark, d.Municipalities = r.URL.Path, r.URL.Path == "/behov", s.auth.Mark(who), s.townsFor(who)
	if typed, ok := s.auth.Unstash(r.Context(), r.URL.Path, who); ok && code == http.StatusOK {
		d.Municipality, d.Wish.Phone, d.Wish.Text, d.Wish.Safe = typed.Get("municipality"), typed.Get("phone"), typed.Get("text"), typed.Get("safe")
		d.Wish.Topics, d.Acute = typed["topic"], typed.Get("acute") == "ja"
	}
	if d.Municipality == "" && len(d.Municipalities) == 1 {
		d.Municipality = d.Municipalities[0].Code
	}
	for _, t := range topics {
		t.Chosen = slices.Contains(d.Wish.Topics, t.Value)
		d.Topics = append(d.Topics, t)
	}
	title := "Jag vill prata med någon"
	if d.Voluntary {
		title = "Finns det något vi behöver veta?"
	}
	s.render(w, r, code, "prata", site.Page{Title: title, User: who.Name, Role: string(who.Role), Errors: d.faults, Data: d})
	return nil
}

// maxWish bounds what is written.
const maxWish = 5000

// sendTalk puts a wish on the social workers' list.
func (s *service) sendTalk(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	if err := r.ParseForm(); err != nil {
		return errors.Join(errForm, err)
	}
	f := r.PostForm
	d := talkData{Municipality: f.Get("municipality"), Acute: f.Get("acute") == "ja", Wish: wish{Number: who.Number, Name: who.Name,
		Phone: strings.TrimSpace(f.Get("phone")), Text: strings.TrimSpace(strings.ReplaceAll(f.Get("text"), "\r\n", "\n")), Safe: f.Get("safe")}}
	for _, t := range topics {
		if slices.Contains(f["topic"], t.Value) {
			d.Wish.Topics = append(d.Wish.Topics, t.Value)
		}
	}
	wrong := func(field, text string) { d.faults = append(d.faults, site.FieldError{Field: field, Text: text}) }
	if !slices.ContainsFunc(s.townsFor(who), func(m town) bool { return m.Code == d.Municipality }) {
		wrong("municipality", "Välj din kommun")
	}
	if !utf8.ValidString(d.Wish.Text+d.Wish.Phone) || utf8.RuneCountInString(d.Wish.Text) > maxWish || len(d.Wish.Phone) > 100 {
		wrong("text", "Skriv högst 5 000 tecken")
	}
	if !slices.Contains([]string{"", "call", "silent", "never"}, d.Wish.Safe) {
		return errForm
	}
	if d.faults != nil {
		return s.showTalk(w, r, who, http.StatusUnprocessableEntity, d)
	}
	body, err := json.Marshal(d.Wish, json.Deterministic(true))
	if err != nil {
		return err
	}
	id, err := s.flow.NewID()
	if err != nil {
		return err
	}
	_, err = s.store.Update(r.Context(), who.Caller(), func(*store.View) (store.Draft, error) {
		return store.Draft{Case: "talk-" + id, Body: body, Head: store.Talk{Person: who.Ref, Municipality: d.Municipality, Acute: d.Acute}}, nil
	})
	if err != nil {
		return err
	}
	s.metrics.Talk(d.Acute)
	http.Redirect(w, r, "/prata/tack", http.StatusSeeOther)
	return nil
}

// thanks says what happens now, and nothing of what was written.
func (s *service) thanks(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	s.render(w, r, http.StatusOK, "prata-tack", site.Page{Title: "Tack", User: who.Name, Role: string(who.Role)})
	return nil
}

// talksData is the page handlaggare-samtal.
type talksData struct {
	Board string
	Open  []talkView
	Done  []talkView
	Fault string // id of the wish whose note is missing
}

type talkView struct {
	store.Wish
	wish
	When, Handled, Note, By string
	Topic                   []string
}

// talks is the social workers' list: acute first, then newest first.
func (s *service) talks(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	return s.showTalks(w, r, who, http.StatusOK, "")
}

func (s *service) showTalks(w http.ResponseWriter, r *http.Request, who auth.Identity, code int, fault string) error {
	data := talksData{Board: s.board(who.Municipality, ""), Fault: fault}
	for _, part := range []struct {
		handled bool
		to      *[]talkView
	}{{false, &data.Open}, {true, &data.Done}} {
		list, err := s.store.Talks(r.Context(), who.Caller(), part.handled)
		if err != nil {
			return err
		}
		for _, c := range list {
			v, err := viewTalk(c)
			if err != nil {
				return err
			}
			*part.to = append(*part.to, v)
		}
	}
	var errs []site.FieldError
	if fault != "" {
		errs = []site.FieldError{{Field: "note-" + fault, Text: "Skriv vad du gjorde"}}
	}
	s.render(w, r, code, "handlaggare-samtal", site.Page{Title: "Vill prata med någon", User: who.Name, Role: string(who.Role), Errors: errs, Data: data})
	return nil
}

func viewTalk(c store.Conversation) (talkView, error) {
	v := talkView{Wish: c.Wish, When: clock(c.At)}
	if json.Unmarshal(c.Body, &v.wish) != nil {
		return v, errors.New("couldn't read a wish to talk")
	}
	v.Number = hyphened(v.Number)
	for _, t := range topics {
		if slices.Contains(v.Topics, t.Value) {
			v.Topic = append(v.Topic, t.Label)
		}
	}
	if c.HandledAt != 0 {
		var n handledNote
		if json.Unmarshal(c.Note, &n) != nil {
			return v, errors.New("couldn't read a note on a wish to talk")
		}
		v.Handled, v.Note, v.By = clock(c.HandledAt), n.Note, n.Name
	}
	return v, nil
}

// handledNote is how a wish to talk was taken care of, and by whom.
type handledNote struct {
	Name string `json:"name"`
	Note string `json:"note"`
}

// clock is a time as people say it.
func clock(ms int64) string {
	return time.UnixMilli(ms).In(flow.Stockholm).Format("2006-01-02 15:04")
}

// handleTalk marks a wish as taken care of, with a note.
func (s *service) handleTalk(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var note, id string
	if err := fields(r, map[string]*string{"note": &note, "id": &id}); err != nil {
		return err
	}
	note = strings.TrimSpace(note)
	if note == "" || utf8.RuneCountInString(note) > maxWish {
		return s.showTalks(w, r, who, http.StatusUnprocessableEntity, id)
	}
	body, err := json.Marshal(handledNote{who.Name, note}, json.Deterministic(true))
	if err != nil {
		return err
	}
	_, err = s.store.Update(r.Context(), who.Caller(), func(*store.View) (store.Draft, error) {
		return store.Draft{Case: id, Body: body, Head: store.TalkHandled{By: who.Ref}}, nil
	})
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/handlaggare/samtal", http.StatusSeeOther)
	return nil
}
