package server

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/skalig/skalig/server/auth"
)

// The desk's page of a case is one form: every press sends all that is typed on it. What
// was done is taken out, and the rest is there when the page is shown again.

// parts names the fields that each press uses up, and where on the page it stands.
var parts = map[string]struct {
	anchor string
	fields []string
}{
	"sett":      {"", nil},
	"person":    {"", nil},
	"kvittera":  {"varningar", nil},
	"register":  {"rader", nil},
	"angra":     {"andringar", nil},
	"andring":   {"andring", []string{"what", "amount", "override-reason", "ground"}},
	"berakning": {"berakning", nil},
	"beslut":    {"", []string{"outcome", "provision", "motivation", "heard", "heard-day", "heard-how", "heard-answer", "heard-why"}},
	"granser":   {"granser", []string{"from", "until", "max-rent", "percent", "why"}},
	"stopp":     {"automatik", []string{"reason"}},
	"skydd":     {"skydd", []string{"reason-skydd"}},
}

// carried are the fields that nobody types.
var carried = []string{"version", "vem", "draft", "act", "key", "row", "last", "shown", "same", "other"}

// keep holds what else was typed until the page is shown again, and gives its place there.
func (s *service) keep(r *http.Request, who auth.Identity, f *deskForm) (place string) {
	path, name := "/handlaggare/"+r.PathValue("id"), r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	part := parts[name]
	left := url.Values{}
	for name, typed := range f.typed {
		if typed != "" && name != f.pressed && !slices.Contains(carried, name) && !slices.Contains(part.fields, name) {
			left.Set(name, typed)
		}
	}
	if f.Motivation == "" {
		left.Del("motivation")
	}
	s.lay(r, who, path, left)
	if part.anchor != "" {
		path += "#" + part.anchor
	}
	return path
}

// lay keeps what was typed and not used, until its page is shown again.
func (s *service) lay(r *http.Request, who auth.Identity, path string, left url.Values) {
	if len(left) > 0 {
		s.auth.Stash(r.Context(), path, s.auth.Mark(who), left)
	}
}

// kept is what was typed on the page before it was left.
func (s *service) kept(r *http.Request, who auth.Identity) deskForm {
	f := deskForm{code: http.StatusOK}
	if again, ok := s.waiting(r, who); ok && f.read(again) != nil {
		return deskForm{code: http.StatusOK}
	}
	return f
}

// waiting is the request whose form waits for its page, to be read as when it was sent.
func (s *service) waiting(r *http.Request, who auth.Identity) (*http.Request, bool) {
	left, ok := s.auth.Unstash(r.Context(), r.URL.Path, who)
	if !ok {
		return nil, false
	}
	again := *r
	again.Form, again.PostForm = left, left
	return &again, true
}
