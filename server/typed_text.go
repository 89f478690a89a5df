package server

import (
	"errors"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// field reads one value of a form, as clean makes it. A value that is not UTF-8, and
// one that is there twice, is refused.
func field(r *http.Request, name string) (string, error) {
	if err := r.ParseForm(); err != nil {
		return "", errors.Join(errForm, err)
	}
	v := r.PostForm[name]
	if len(v) > 1 || len(v) == 1 && !utf8.ValidString(v[0]) {
		return "", errForm
	}
	if len(v) == 0 {
		return "", nil
	}
	return clean(v[0]), nil
}

// fields reads a form once: each field, as field gives it, to where it is wanted.
func fields(r *http.Request, to map[string]*string) error {
	for name, at := range to {
		v, err := field(r, name)
		if err != nil {
			return err
		}
		*at = v
	}
	return nil
}

// parsed reads a form whose values are then taken from r.PostForm, each as field
// gives it.
func parsed(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errors.Join(errForm, err)
	}
	for name := range r.PostForm {
		v, err := field(r, name)
		if err != nil {
			return err
		}
		r.PostForm[name] = []string{v}
	}
	return nil
}

// clean gives what people type one spelling (NFC), and leaves out what nobody types and
// nobody sees: control characters other than tab and line ends, and those that turn the
// direction of the text around them, with which a name can pass for another.
func clean(text string) string {
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !strings.ContainsRune("\t\n\r", r) || unicode.Is(unicode.Bidi_Control, r) && !marks[r] {
			return -1
		}
		return r
	}, text))
}

// marks say which way the next letters go and turn nothing around: Arabic and Dari
// need them.
var marks = map[rune]bool{'\u200e': true, '\u200f': true, '\u061c': true}
