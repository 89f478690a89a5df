package auth

import (
	"context"
	"net/url"
)

// atStash is the session's member for a form that came without a session.
const atStash = "stash"

// maxStash bounds what is kept of a form.
const maxStash = 128 << 10

// A stash is a form that was sent after the session had ended. It waits in the new
// session for the one who typed it.
type stash struct {
	Path string     `json:"path"`
	Mark string     `json:"mark"`
	Form url.Values `json:"form"`
}

// Stash keeps a form that was sent to path after its session had ended, if it
// carries the mark of the person who typed it.
func (a *Auth) Stash(ctx context.Context, path, mark string, form url.Values) bool {
	if mark == "" || len(form.Encode()) > maxStash {
		return false
	}
	return a.put(ctx, atStash, stash{path, mark, form}) == nil
}

// Unstash gives the form that who typed for path, once. Anybody else's is
// forgotten.
func (a *Auth) Unstash(ctx context.Context, path string, who Identity) (url.Values, bool) {
	if !a.sessions.Exists(ctx, atStash) {
		return nil, false
	}
	var s stash
	if !a.pop(ctx, atStash, &s) || !a.marked(who, s.Mark) {
		return nil, false
	}
	if s.Path != path { // for another page of the same person
		_ = a.put(ctx, atStash, s)
		return nil, false
	}
	return s.Form, true
}
