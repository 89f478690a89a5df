package server

import (
	"fmt"
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
	Key, Note                           string // of a warning
	From, Until, MaxRent, Percent, Why  string // of bounds
	Moved                               bool   // someone else was first

	code    int
	errs    []site.FieldError
	preview *preview
}

// read takes what was typed. Values that are not UTF-8 are refused.
func (f *deskForm) read(r *http.Request) error {
	typed := map[string]*string{"version": &f.Version, "outcome": &f.Outcome, "motivation": &f.Motivation, "provision": &f.Provision, "what": &f.What,
		"amount": &f.Amount, "override-reason": &f.Reason, "ground": &f.Ground, "shown": &f.Shown, "key": &f.Key, "note": &f.Note,
		"from": &f.From, "until": &f.Until, "max-rent": &f.MaxRent, "percent": &f.Percent, "why": &f.Why}
	if err := fields(r, typed); err != nil {
		return err
	}
	for _, to := range typed {
		*to = strings.TrimSpace(strings.ReplaceAll(*to, "\r\n", "\n"))
	}
	return nil
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

// text bounds what a caseworker writes.
func (f *deskForm) text(field, value, missing string, most int) {
	switch n := utf8.RuneCountInString(value); {
	case n == 0:
		f.wrong(field, missing)
	case n > most || strings.ContainsRune(value, 0):
		f.wrong(field, fmt.Sprintf("Skriv högst %d tecken", most))
	}
}
