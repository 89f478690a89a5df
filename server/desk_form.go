package server

import (
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/skalig/skalig/site"
)

// deskForm is everything that can be typed on the page; it comes back with it.
type deskForm struct {
	Version                             string
	Outcome, Motivation, Provision      string
	What, Amount, Reason, Ground, Shown string // of an override
	Key                                 string // of a warning
	From, Until, MaxRent, Percent, Why  string // of bounds
	Drafted                             string // the motivation that the page was shown with
	Heard                               heardForm
	Moved                               bool // someone else was first

	pressed string            // the field of the one of several numbers that a button is of
	typed   map[string]string // each field by its name
	code    int
	errs    []site.FieldError
	preview *preview
}

// read takes what was typed. Values that are not UTF-8 are refused.
func (f *deskForm) read(r *http.Request) error {
	typed := map[string]*string{"version": &f.Version, "outcome": &f.Outcome, "motivation": &f.Motivation, "provision": &f.Provision, "what": &f.What,
		"amount": &f.Amount, "override-reason": &f.Reason, "ground": &f.Ground, "shown": &f.Shown, "key": &f.Key, "draft": &f.Drafted,
		"from": &f.From, "until": &f.Until, "max-rent": &f.MaxRent, "percent": &f.Percent, "why": &f.Why}
	if err := parsed(r); err != nil {
		return err
	}
	f.typed = map[string]string{}
	for name := range r.PostForm {
		f.typed[name] = strings.TrimSpace(strings.ReplaceAll(r.PostForm.Get(name), "\r\n", "\n"))
	}
	maps.Copy(typed, f.Heard.fields())
	for name, to := range typed {
		*to = f.typed[name]
	}
	if f.Motivation == f.Drafted {
		f.Motivation = "" // the draft is made anew, of what then holds
	}
	return nil
}

// Of is what was typed in a field that there is one of for each warning, number or stop.
func (f deskForm) Of(name string) string { return f.typed[name] }

// Typed is such a field, with what was typed.
func (f deskForm) Typed(name, label, hint string) typedField {
	return typedField{ID: name, Name: name, Label: label, Hint: hint, Value: f.Of(name), Fault: faultOf(f.errs, name)}
}

func (f *deskForm) wrong(field, text string) {
	f.code = http.StatusUnprocessableEntity
	f.errs = append(f.errs, site.FieldError{Field: field, Text: text})
}

// version is the one that the form was shown with, 0 where it has none.
func (f *deskForm) version() uint64 {
	n, err := strconv.ParseUint(f.Version, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// stop reads a stop or a restart, and its reason.
func (f *deskForm) stop(r *http.Request, name string) (stopped bool, reason string, err error) {
	if err := f.read(r); err != nil {
		return false, "", err
	}
	act, reason := f.Of("act"), f.Of(name)
	if act != "stop" && act != "start" {
		return false, "", errForm
	}
	f.text(name, reason, "Skriv varför", 1000)
	return act == "stop", reason, nil
}

// text bounds what a caseworker writes.
func (f *deskForm) text(field, value, missing string, most int) {
	switch n := utf8.RuneCountInString(value); {
	case n == 0:
		f.wrong(field, missing)
	case n > most || strings.ContainsRune(value, 0):
		f.wrong(field, fmt.Sprintf("Skriv högst %d tecken", most))
	}
}
