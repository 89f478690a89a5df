package auth_test

import (
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/skalig/skalig/server/auth"
)

// becomes changes how the provider is; nil makes it well again.
func (i *issuer) becomes(mood func(http.ResponseWriter, *http.Request) bool) {
	if mood == nil {
		i.mood.Store(nil)
		return
	}
	i.mood.Store(&mood)
}

// at is a mood that shows at one path alone.
func at(path string, do http.HandlerFunc) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != path {
			return false
		}
		do(w, r)
		return true
	}
}

func broken(w http.ResponseWriter, _ *http.Request) { http.Error(w, "down", http.StatusBadGateway) }
func hangs(_ http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm() // a connection whose request is not read is not seen to end
	<-r.Context().Done()
}
func hangsUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
func babbles(w http.ResponseWriter, _ *http.Request) {
	_, _ = w.Write([]byte(strings.Repeat("<html>", 1000)))
}
func refuses(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	_, _ = w.Write([]byte(`{"error":"invalid_grant","error_description":"hemligt"}`))
}

const discovery = "/.well-known/openid-configuration"

// TestProviderFlaps has the provider fail at each of its addresses in each way, again
// and again: whoever signs in meanwhile is told, keeps what was filled in, and gets in
// as soon as it is well, without a restart.
func TestProviderFlaps(t *testing.T) {
	i := newIssuer(t)
	rounds, refused := 3, 0
	for name, c := range map[string]struct {
		mood func(http.ResponseWriter, *http.Request) bool
		want string
	}{
		"discovery is down":            {at(discovery, broken), "failed: provider\n"},
		"discovery hangs":              {at(discovery, hangs), "failed: provider\n"},
		"discovery hangs up":           {at(discovery, hangsUp), "failed: provider\n"},
		"discovery babbles":            {at(discovery, babbles), "failed: provider\n"},
		"the token endpoint is down":   {at("/token", broken), "failed: provider\n"},
		"the token endpoint hangs":     {at("/token", hangs), "failed: provider\n"},
		"the token endpoint hangs up":  {at("/token", hangsUp), "failed: provider\n"},
		"the token endpoint babbles":   {at("/token", babbles), "failed: provider\n"},
		"the token endpoint refuses":   {at("/token", refuses), "failed: exchange\n"},
		"the keys are away":            {at("/keys", broken), "failed: token\n"},
		"the keys hang":                {at("/keys", hangs), "failed: token\n"},
		"the keys are another's today": {at("/keys", others(t)), "failed: token\n"},
	} {
		p := newParty(t, i, func(c *auth.Config) { c.Client = &http.Client{Timeout: 200 * time.Millisecond} })
		for round := range rounds {
			if strings.HasPrefix(name, "discovery") && round > 0 {
				continue // it is known by then
			}
			known := strings.HasPrefix(name, "the keys") && round > 0 // and need not be asked for
			b := client(t)
			get(t, b, p.URL+"/utkast")
			i.becomes(c.mood)
			_, body := get(t, b, p.URL+"/logga-in")
			if in := strings.HasPrefix(body, "/ansok/kontrollera: true"); in != known || !known && body != c.want {
				t.Errorf("%s, round %d: %s, want %s", name, round, body, c.want)
			}
			if !known {
				refused++
			}
			i.becomes(nil)
			if _, body := get(t, b, p.URL+"/logga-in"); !strings.HasPrefix(body, "/ansok/kontrollera: true") {
				t.Errorf("%s, and then well: %s", name, body)
			}
		}
	}
	t.Logf("%d sign-ins refused while the provider was away, all of them in afterwards with their draft", refused)
}

// others answers with a key that the provider does not sign with, under its name.
func others(t *testing.T) http.HandlerFunc {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		reply(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "k", Algorithm: "RS256", Use: "sig"}}})
	}
}

// TestProviderMoves: a provider that has moved its addresses costs at most one failed
// sign-in, and one that is down again when it is asked anew keeps nobody out.
func TestProviderMoves(t *testing.T) {
	i := newIssuer(t)
	p := newParty(t, i, nil)
	in := func() string { _, body := get(t, client(t), p.URL+"/logga-in"); return body }
	if got := in(); !strings.HasPrefix(got, "/mina: true") {
		t.Fatal(got)
	}
	i.becomes(func(w http.ResponseWriter, r *http.Request) bool {
		switch r.URL.Path {
		case discovery:
			reply(w, map[string]any{"issuer": i.URL, "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/new/token",
				"jwks_uri": i.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"}})
		case "/token":
			http.NotFound(w, r)
		case "/new/token":
			r.URL.Path = "/token"
			return false
		default:
			return false
		}
		return true
	})
	if got := in(); got != "failed: exchange\n" {
		t.Errorf("at the old address: %s", got)
	}
	if got := in(); !strings.HasPrefix(got, "/mina: true") {
		t.Errorf("the second time: %s", got)
	}
	i.becomes(at("/token", refuses)) // moved back, and a sign-in fails; then nothing describes it
	in()
	i.becomes(at(discovery, broken))
	if got := in(); got != "failed: exchange\n" {
		t.Errorf("while it can't be asked it is where it was: %s", got)
	}
	i.becomes(nil)
	in() // may be the one that fails
	if got := in(); !strings.HasPrefix(got, "/mina: true") {
		t.Errorf("well again: %s", got)
	}
}

// TestHangingProviderKeepsNobodyElse: while one municipality's provider hangs, others
// sign in by theirs, and those who wait for it wait for one question.
func TestHangingProviderKeepsNobodyElse(t *testing.T) {
	shared, own := newIssuer(t), newIssuer(t)
	var asked atomic.Int32
	free := make(chan struct{})
	own.becomes(at(discovery, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		select {
		case <-free:
		case <-r.Context().Done():
		}
		broken(w, r)
	}))
	p := newParty(t, shared, func(c *auth.Config) {
		c.Own = map[string]auth.Provider{"9998": {Issuer: own.URL, ClientID: "skalig", Contexts: []string{"loa3"}}}
	})
	var waiting sync.WaitGroup
	for range 20 {
		b := client(t)
		waiting.Go(func() {
			if _, body := get(t, b, p.URL+"/logga-in?kommun=9998"); body != "failed: provider\n" {
				t.Errorf("by the one that hangs: %s", body)
			}
		})
	}
	for asked.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	for range 20 {
		if _, body := get(t, client(t), p.URL+"/logga-in"); !strings.HasPrefix(body, "/mina: true") {
			t.Errorf("by another meanwhile: %s", body)
		}
	}
	close(free)
	waiting.Wait()
	if n := asked.Load(); n > 20/2 {
		t.Errorf("20 people had it asked %d times", n)
	}
}
