package auth_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/secret"
	"github.com/skalig/skalig/server/store"
)

const number = "199211222386" // from the Swedish Tax Agency's list of test numbers

// issuer is a provider that says what a test wants it to.
type issuer struct {
	*httptest.Server
	key *rsa.PrivateKey

	mu     sync.Mutex
	change func(claims map[string]any) // nil: an honest token
	sign   func(claims map[string]any) string
	nonce  string
	names  bool       // says that it names itself in its answers
	form   url.Values // of the last token request

	mood atomic.Pointer[func(http.ResponseWriter, *http.Request) bool] // whether it has answered already; nil: all is well
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	i := &issuer{key: key}
	i.sign = func(claims map[string]any) string { return signed(t, key, claims) }
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, map[string]any{"issuer": i.URL, "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token",
			"jwks_uri": i.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"},
			"authorization_response_iss_parameter_supported": i.names})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "k", Algorithm: "RS256", Use: "sig"}}})
	})
	mux.HandleFunc("GET /authorize", func(w http.ResponseWriter, r *http.Request) {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.nonce = r.URL.Query().Get("nonce")
		back := url.Values{"code": {"c"}, "state": {r.URL.Query().Get("state")}}
		http.Redirect(w, r, r.URL.Query().Get("redirect_uri")+"?"+back.Encode(), http.StatusSeeOther)
	})
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		i.mu.Lock()
		defer i.mu.Unlock()
		_ = r.ParseForm()
		i.form = r.PostForm
		now := time.Now().Unix()
		claims := map[string]any{"iss": i.URL, "aud": "skalig", "sub": "s", "exp": now + 60, "iat": now, "auth_time": now, "nonce": i.nonce,
			"acr": "loa3", "name": "Alva Exempel", auth.ClaimNumber: number}
		if i.change != nil {
			i.change(claims)
		}
		reply(w, map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": i.sign(claims)})
	})
	i.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if mood := i.mood.Load(); mood == nil || !(*mood)(w, r) {
			mux.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(i.Close)
	return i
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// party is the service's side: sign-in, callback, sign-out and a page that says
// who is there.
type party struct {
	*httptest.Server
	auth    *auth.Auth
	mu      sync.Mutex
	results []string
	db      string
	staff   map[string]auth.Standing // by affiliation

	meanwhile func() // what happens while /langsamt is being answered
}

func (p *party) url(t *testing.T) *url.URL {
	t.Helper()
	u, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func (p *party) count(result string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.results = append(p.results, result)
}

// standing is what staff holds of a reference.
func (p *party) standing(ref string) (auth.Standing, bool) {
	for affiliation, s := range p.staff {
		if p.auth.Ref("staff", affiliation) == ref {
			return s, true
		}
	}
	return auth.Standing{}, false
}

func newParty(t *testing.T, i *issuer, change func(*auth.Config)) *party {
	t.Helper()
	p := &party{db: filepath.Join(t.TempDir(), "sessions.db"), staff: map[string]auth.Standing{
		"d@org": {Municipality: "9999", Roles: []store.Role{store.Caseworker}},
		"e@org": {Municipality: "9999", Roles: []store.Role{store.Approver, store.Administrator}},
		"f@org": {Municipality: "9999"}, // has left
		"o@ops": {Roles: []store.Role{store.Operator}},
		"d@own": {Municipality: "9998", Roles: []store.Role{store.Caseworker}},
	}}
	mux := http.NewServeMux()
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	c := auth.Config{URL: p.URL, Provider: auth.Provider{Issuer: i.URL, ClientID: "skalig", Contexts: []string{"loa3"}}, Standing: p.standing,
		Sessions: p.db, Persons: secret.Random(), Seal: secret.Random(), Log: slog.New(slog.DiscardHandler),
		Result: p.count}
	if change != nil {
		change(&c)
	}
	var err error
	if p.auth, err = auth.New(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.auth.Close(); err != nil {
			t.Error(err)
		}
	})
	failed := func(w http.ResponseWriter, _ *http.Request, result string) {
		http.Error(w, "failed: "+result, http.StatusBadRequest)
	}
	mux.Handle("GET /logga-in", p.auth.Sessions(p.auth.SignIn(failed)))
	mux.Handle("GET /auth/callback", p.auth.Sessions(p.auth.Callback(failed)))
	mux.Handle("POST /logga-ut", p.auth.Sessions(http.HandlerFunc(p.auth.SignOut)))
	mux.Handle("GET /utkast", p.auth.Sessions(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { p.auth.Keep(r.Context(), []byte("utkast")) })))
	mux.Handle("GET /langsamt", p.auth.Sessions(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, ok := p.auth.Who(r.Context())
		p.meanwhile()
		fmt.Fprintf(w, "was there: %v", ok)
	})))
	mux.Handle("GET /", p.auth.Sessions(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, ok := p.auth.Who(r.Context())
		fmt.Fprintf(w, "%s: %v %s %s %s %s", r.URL.Path, ok, who.Role, who.Municipality, who.Number, who.Name)
	})))
	return p
}

func client(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, Timeout: 10 * time.Second}
}

func get(t *testing.T, c *http.Client, url string) (int, string) {
	t.Helper()
	res, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func TestSignIn(t *testing.T) {
	i := newIssuer(t)
	p := newParty(t, i, nil)
	for name, c := range map[string]struct {
		claims map[string]any
		till   string
		want   string
	}{
		"applicant":             {nil, "", "/mina: true applicant  199211222386 Alva Exempel"},
		"to a case":             {nil, "/arende/abc", "/arende/abc: true applicant  199211222386 Alva Exempel"},
		"elsewhere":             {nil, "https://example.org/mina", "/mina: true applicant  199211222386 Alva Exempel"},
		"to another host":       {nil, "//example.org/mina", "/mina: true applicant  199211222386 Alva Exempel"},
		"caseworker":            {map[string]any{auth.ClaimAffiliation: "d@org"}, "", "/handlaggare: true caseworker 9999  Alva Exempel"},
		"caseworker to mina":    {map[string]any{auth.ClaimAffiliation: "d@org"}, "/mina", "/handlaggare: true caseworker 9999  Alva Exempel"},
		"approver":              {map[string]any{auth.ClaimAffiliation: "e@org"}, "", "/utbetalning: true approver 9999  Alva Exempel"},
		"to a second role":      {map[string]any{auth.ClaimAffiliation: "e@org"}, "/administration", "/administration: true approver 9999  Alva Exempel"},
		"to another's role":     {map[string]any{auth.ClaimAffiliation: "e@org"}, "/handlaggare", "/utbetalning: true approver 9999  Alva Exempel"},
		"operator":              {map[string]any{auth.ClaimAffiliation: "o@ops"}, "", "/drift: true operator   Alva Exempel"},
		"applicant to the desk": {nil, "/handlaggare", "/mina: true applicant  199211222386 Alva Exempel"},
	} {
		i.change = func(claims map[string]any) { maps.Copy(claims, c.claims) }
		if _, body := get(t, client(t), p.URL+"/logga-in?till="+url.QueryEscape(c.till)); body != c.want {
			t.Errorf("%s: %s, want %s", name, body, c.want)
		}
	}
	if v := i.form.Get("code_verifier"); len(v) < 43 {
		t.Errorf("the verifier is %q", v)
	}
}

func TestStateIsCheckedAndUsedOnce(t *testing.T) {
	i := newIssuer(t)
	p := newParty(t, i, nil)
	b := client(t)
	for _, query := range []string{"", "?state=&code=c", "?state=x&code=c"} {
		if _, body := get(t, b, p.URL+"/auth/callback"+query); body != "failed: state\n" {
			t.Errorf("%q without a sign-in: %s", query, body)
		}
	}
	// A sign-in that stops at the provider, whose answer then comes twice.
	stop := *b
	stop.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	begin := func(c *http.Client) (state string) {
		res, err := c.Get(p.URL + "/logga-in")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		to, err := url.Parse(res.Header.Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		q := to.Query()
		if q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "" || q.Get("state") == "" || q.Get("nonce") == "" {
			t.Errorf("the provider is asked %s", to)
		}
		i.nonce = q.Get("nonce")
		return q.Get("state")
	}
	state := begin(&stop)
	if _, body := get(t, client(t), p.URL+"/auth/callback?code=c&state="+state); body != "failed: state\n" {
		t.Errorf("in another browser: %s", body)
	}
	if _, body := get(t, b, p.URL+"/auth/callback?code=c&state="+state); !strings.HasPrefix(body, "/mina: true") {
		t.Errorf("in the right one: %s", body)
	}
	if _, body := get(t, b, p.URL+"/auth/callback?code=c&state="+state); body != "failed: state\n" {
		t.Errorf("again: %s", body)
	}
	state = begin(&stop)
	if _, body := get(t, b, p.URL+"/auth/callback?error=access_denied&state="+state); body != "failed: cancelled\n" {
		t.Errorf("cancelled: %s", body)
	}
}

func TestSession(t *testing.T) {
	i := newIssuer(t)
	p := newParty(t, i, nil)
	b := client(t)
	get(t, b, p.URL+"/utkast")
	home, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	before := b.Jar.Cookies(home)[0].Value
	_, body := get(t, b, p.URL+"/logga-in")
	if !strings.HasPrefix(body, "/ansok/kontrollera: true") {
		t.Errorf("with a draft one lands at %s", body)
	}
	after := b.Jar.Cookies(home)[0]
	if after.Value == before || len(after.Value) < 43 {
		t.Errorf("the token is still %s", after.Value)
	}
	// The old token is worth nothing.
	thief := client(t)
	thief.Jar.SetCookies(home, []*http.Cookie{{Name: after.Name, Value: before}})
	if _, body := get(t, thief, p.URL+"/x"); !strings.HasPrefix(body, "/x: false") {
		t.Errorf("with the old token: %s", body)
	}
	res, err := http.Get(p.URL + "/utkast")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if c := res.Header.Get("Set-Cookie"); !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Lax") || strings.Contains(c, "Expires") {
		t.Errorf("the cookie: %s", c)
	}
	for _, name := range []string{p.db, p.db + "-wal"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{number, "Alva", after.Value, before, "utkast"} {
			if strings.Contains(string(text), secret) {
				t.Errorf("%s holds %q", name, secret)
			}
		}
	}
	i.change = func(claims map[string]any) { claims[auth.ClaimNumber] = "199303012398" }
	if _, body := get(t, b, p.URL+"/logga-in"); !strings.HasPrefix(body, "/mina: true") {
		t.Errorf("another person lands at the first one's draft: %s", body)
	}
	out, err := b.Post(p.URL+"/logga-ut", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Body.Close()
	if _, body := get(t, b, p.URL+"/x"); !strings.HasPrefix(body, "/x: false") {
		t.Errorf("after sign-out: %s", body)
	}
	thief.Jar.SetCookies(home, []*http.Cookie{{Name: after.Name, Value: after.Value}})
	if _, body := get(t, thief, p.URL+"/x"); !strings.HasPrefix(body, "/x: false") {
		t.Errorf("with the token after sign-out: %s", body)
	}
}

// TestSessionEnds: who does nothing is signed out after the idle limit, and who
// does much after the absolute one.
func TestSessionEnds(t *testing.T) {
	i := newIssuer(t)
	p := newParty(t, i, func(c *auth.Config) { c.Idle, c.Lifetime = 2*time.Second, 5*time.Second })
	in := func(b *http.Client) bool {
		_, body := get(t, b, p.URL+"/x")
		return strings.HasPrefix(body, "/x: true")
	}
	still, busy := client(t), client(t)
	get(t, still, p.URL+"/logga-in")
	get(t, busy, p.URL+"/logga-in")
	began := time.Now()
	for time.Since(began) < 3*time.Second {
		if !in(busy) {
			t.Fatal("signed out while busy, before the absolute limit")
		}
		time.Sleep(100 * time.Millisecond)
	}
	if in(still) {
		t.Error("signed in after the idle limit")
	}
	for time.Since(began) < 5300*time.Millisecond {
		in(busy)
		time.Sleep(100 * time.Millisecond)
	}
	if in(busy) {
		t.Error("signed in after the absolute limit")
	}
}

func TestSecureCookie(t *testing.T) {
	i := newIssuer(t)
	p := newParty(t, i, func(c *auth.Config) { c.URL = "https://skalig.example" })
	res, err := http.Get(p.URL + "/utkast")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if c := res.Header.Get("Set-Cookie"); !strings.HasPrefix(c, "__Host-skalig=") || !strings.Contains(c, "Secure") || !strings.Contains(c, "Path=/") {
		t.Errorf("the cookie: %s", c)
	}
	if got := p.auth.FormOrigins(); len(got) != 1 || got[0] != i.URL {
		t.Errorf("a form may lead to %q", got)
	}
}

// TestProviderAppears: discovery is done when it is needed, and again if it failed.
func TestProviderAppears(t *testing.T) {
	i := newIssuer(t)
	missing := i.URL
	i.Close()
	p := newParty(t, &issuer{Server: &httptest.Server{URL: missing}}, nil)
	if _, body := get(t, client(t), p.URL+"/logga-in"); body != "failed: provider\n" {
		t.Errorf("without a provider: %s", body)
	}
	if len(p.results) != 1 || p.results[0] != "provider" {
		t.Errorf("counted %v", p.results)
	}
}

func TestLocal(t *testing.T) {
	for to, want := range map[string]string{
		"/mina": "/mina", "/arende/abc": "/arende/abc", "/handlaggare/abc": "/handlaggare/abc", "/ansok/kontrollera": "/ansok/kontrollera",
		"": "", "/": "", "mina": "", "//x/mina": "", "https://x/mina": "", `/mina\x`: "", "/mina//x": "", "/mina?x=1": "", "/mina#x": "",
		"/logga-ut": "", "/demo/idp/authorize": "", "javascript:alert(1)": "", "/%6dina": "",
	} {
		if got := auth.Local(to); got != want {
			t.Errorf("Local(%q) = %q", to, got)
		}
	}
}

// TestOwnProvider: a municipality's own provider vouches for its staff and for
// applicants there, and for nobody elsewhere.
func TestOwnProvider(t *testing.T) {
	shared, own := newIssuer(t), newIssuer(t)
	p := newParty(t, shared, func(c *auth.Config) {
		c.Own = map[string]auth.Provider{"9998": {Issuer: own.URL, ClientID: "skalig", Contexts: []string{"loa3"}}}
	})
	for name, c := range map[string]struct{ affiliation, kommun, want string }{
		"its caseworker":                 {"d@own", "9998", "/handlaggare: true caseworker 9998  Alva Exempel"},
		"its caseworker by the shared":   {"d@own", "", "failed: claims\n"},
		"another's caseworker by its":    {"d@org", "9998", "failed: claims\n"},
		"an operator by its":             {"o@ops", "9998", "failed: claims\n"},
		"an applicant by its":            {"", "9998", "/mina: true applicant 9998 199211222386 Alva Exempel"},
		"an applicant by the shared":     {"", "", "/mina: true applicant  199211222386 Alva Exempel"},
		"a municipality without its own": {"d@org", "9999", "/handlaggare: true caseworker 9999  Alva Exempel"},
	} {
		change := func(claims map[string]any) {
			if c.affiliation != "" {
				claims[auth.ClaimAffiliation] = c.affiliation
			}
		}
		shared.change, own.change = change, change
		if _, body := get(t, client(t), p.URL+"/logga-in?kommun="+c.kommun); body != c.want {
			t.Errorf("%s: %s, want %s", name, body, c.want)
		}
	}
	if got := p.auth.FormOrigins(); len(got) != 2 {
		t.Errorf("a form may lead to %q", got)
	}
}
