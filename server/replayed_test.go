package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestReplayedRequests captures what a browser sends from sign-in to sign-out and sends
// it again: with the cookies of the session that has ended, and from the browser that
// is signed in again. Nothing of it opens, signs in or makes anything a second time.
func TestReplayedRequests(t *testing.T) {
	s := run(t, t.TempDir())
	const rounds = 50
	refused, cases := 0, map[string]bool{}
	expect := func(what string, a answer, ok bool) {
		t.Helper()
		if !ok {
			t.Errorf("%s again: %d at %s", what, a.code, a.path)
			return
		}
		refused++
	}
	home, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	for round := range rounds {
		b := s.browser(t)
		var callback string
		b.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
			if r.URL.Path == "/auth/callback" {
				callback = r.URL.RequestURI()
			}
			return nil
		}
		b.choose(b.get("/logga-in"), "alva")
		cookies := b.Jar.Cookies(home)
		page := b.post("/ansok", url.Values{"facts": {single}})
		key := formKey.FindStringSubmatch(page.body)
		if key == nil || callback == "" {
			t.Fatalf("round %d: nothing was captured (%d)", round, page.code)
		}
		send := url.Values{"key": {key[1]}, "attest": {"ja"}}
		sent := round%10 == 0
		if sent {
			path := b.post("/ansok/skicka", send).path
			cases[path] = true
			a := b.post("/ansok/skicka", send) // while it is still hers: the same case
			expect("the application", a, a.path == path)
		}
		a := b.get(callback)
		expect("the provider's answer in the same session", a, a.code == 400)
		b.post("/logga-ut", nil)

		thief := s.browser(t)
		thief.Jar.SetCookies(home, cookies)
		a = thief.get("/mina")
		expect("the session", a, strings.HasPrefix(a.path, "/demo/idp"))
		a = thief.post("/ansok/skicka", send)
		expect("the application without a session", a, a.code == http.StatusUnauthorized)
		a = thief.get(callback)
		expect("the provider's answer", a, a.code == 400)
		a = s.browser(t).get(callback)
		expect("the provider's answer from another browser", a, a.code == 400)
		if sent {
			again := s.as(t, "alva")
			a := again.post("/ansok/skicka", send)
			expect("the application from another session", a, a.path == "/ansok/skicka" && a.code >= 400 || cases[a.path])
		}
	}
	if n := strings.Count(s.as(t, "alva").get("/mina").body, `href="/arende/`); n != len(cases) {
		t.Errorf("%d cases were made, %d are there", len(cases), n)
	}
	t.Logf("%d requests sent again, all of them without effect; %d cases", refused, len(cases))
}
