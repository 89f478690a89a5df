package auth_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/skalig/skalig/server/auth"
)

// begin goes as far as to the provider, and gives what it is asked.
func begin(t *testing.T, b *http.Client, at string) url.Values {
	t.Helper()
	stop := *b
	stop.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := stop.Get(at)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	to, err := url.Parse(res.Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	return to.Query()
}

// TestProofIsAnew: the provider is asked to let nobody in by what was proven before.
// What it must tell of it is in TestTokensThatAreRefused.
func TestProofIsAnew(t *testing.T) {
	i := newIssuer(t)
	p := newParty(t, i, nil)
	if asked := begin(t, client(t), p.URL+"/logga-in"); asked.Get("prompt") != "login" || asked.Get("max_age") != "0" {
		t.Errorf("the provider is asked %v", asked)
	}
}

// TestAnswerOfAnother: of several providers one does not answer for another.
func TestAnswerOfAnother(t *testing.T) {
	i := newIssuer(t)
	for name, c := range map[string]struct {
		says       bool // that it names itself
		iss, wants string
	}{
		"names another":           {false, "https://another.example", "failed: state\n"},
		"names itself":            {false, "own", "/mina: true"},
		"names nobody":            {false, "", "/mina: true"},
		"said it would":           {true, "", "failed: state\n"},
		"said it would, and does": {true, "own", "/mina: true"},
	} {
		i.names = c.says
		p := newParty(t, i, nil)
		b := client(t)
		asked := begin(t, b, p.URL+"/logga-in")
		i.nonce = asked.Get("nonce")
		back := url.Values{"code": {"c"}, "state": {asked.Get("state")}}
		if c.iss == "own" {
			c.iss = i.URL
		}
		if c.iss != "" {
			back.Set("iss", c.iss)
		}
		if _, body := get(t, b, p.URL+"/auth/callback?"+back.Encode()); !strings.HasPrefix(body, c.wants) {
			t.Errorf("a provider that %s: %s", name, body)
		}
	}
}

// TestSignInsAreLogged: each with how it ended and as what, and none with who.
func TestSignInsAreLogged(t *testing.T) {
	i := newIssuer(t)
	var log bytes.Buffer
	p := newParty(t, i, func(c *auth.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	b := client(t)
	get(t, b, p.URL+"/logga-in")
	out, err := b.Post(p.URL+"/logga-ut", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = out.Body.Close()
	i.change = func(claims map[string]any) { claims[auth.ClaimAffiliation] = "d@org" }
	get(t, client(t), p.URL+"/logga-in")
	i.change = func(claims map[string]any) { claims["acr"] = "loa2" }
	get(t, client(t), p.URL+"/logga-in")
	for _, want := range []string{`level=INFO msg="signed in" who=applicant municipality="" provider="" context=loa3`, `level=INFO msg="signed out"`,
		`level=INFO msg="signed in" who="caseworker ` + p.auth.Ref("staff", "d@org")[:16] + `" municipality=9999`, `level=WARN msg="a sign-in was refused" result=token`} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %s:\n%s", want, &log)
		}
	}
	for _, never := range []string{number, "Alva", p.auth.Reference(number)[:16], "d@org"} {
		if strings.Contains(log.String(), never) {
			t.Errorf("the log holds %s:\n%s", never, &log)
		}
	}
}

// TestProviderStays: nothing is taken from an address that the provider's leads to.
func TestProviderStays(t *testing.T) {
	i := newIssuer(t)
	moved := httptest.NewServer(http.RedirectHandler(i.URL+"/.well-known/openid-configuration", http.StatusFound))
	defer moved.Close()
	p := newParty(t, i, func(c *auth.Config) { c.Issuer = moved.URL })
	if _, body := get(t, client(t), p.URL+"/logga-in"); body != "failed: provider\n" {
		t.Errorf("a provider that leads elsewhere: %s", body)
	}
}
