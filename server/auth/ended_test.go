package auth_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/skalig/skalig/server/auth"
)

// TestEndedStaysEnded: a request that was under way when its session ended does not
// bring it back, however the session ended.
func TestEndedStaysEnded(t *testing.T) {
	i := newIssuer(t)
	p := newParty(t, i, nil)
	for name, end := range map[string]func(b *http.Client){
		"signing out": func(b *http.Client) {
			res, err := b.Post(p.URL+"/logga-ut", "", nil)
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
		},
		"signing in again": func(b *http.Client) { get(t, b, p.URL+"/logga-in") },
		"ending it from elsewhere": func(*http.Client) {
			if err := p.auth.End(t.Context(), auth.Identity{Ref: p.auth.Reference(number)}, ""); err != nil {
				t.Fatal(err)
			}
		},
		"ending everybody's": func(*http.Client) {
			if err := p.auth.EndAll(t.Context()); err != nil {
				t.Fatal(err)
			}
		},
	} {
		b, thief := client(t), client(t)
		get(t, b, p.URL+"/logga-in")
		home := p.url(t)
		thief.Jar.SetCookies(home, b.Jar.Cookies(home))
		if _, body := get(t, thief, p.URL+"/x"); !strings.HasPrefix(body, "/x: true") {
			t.Fatalf("%s: before: %s", name, body)
		}
		p.meanwhile = func() { end(b) }
		if _, body := get(t, thief, p.URL+"/langsamt"); !strings.HasPrefix(body, "was there: true") {
			t.Errorf("%s: the request under way: %s", name, body)
		}
		if _, body := get(t, thief, p.URL+"/x"); !strings.HasPrefix(body, "/x: false") {
			t.Errorf("%s: afterwards: %s", name, body)
		}
	}
}
