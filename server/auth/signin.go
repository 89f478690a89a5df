package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"net/http"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-json-experiment/json"
	"golang.org/x/oauth2"
)

// The session's members.
const (
	atLogin    = "login"
	atIdentity = "identity"
	atDraft    = "draft"
)

// login is a sign-in that has begun.
type login struct {
	State    string `json:"state"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"`
	To       string `json:"to"`
	Via      string `json:"via"`   // whose provider: a municipality's code, or empty
	Began    int64  `json:"began"` // seconds since 1970
}

// anew asks the provider to have the person prove who they are now, whatever session
// it has with that browser, and to tell when they did. Who takes over a device, or
// presses sign-in after signing out, is not let in by what was proven before.
var anew = [2]oauth2.AuthCodeOption{oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0")}

// skew is how far a provider's clock may be behind ours.
const skew = time.Minute

// Failed answers a sign-in that did not succeed: with a page that has a way on.
type Failed func(w http.ResponseWriter, r *http.Request, result string)

// SignIn sends the person to the provider, that of the municipality in kommun where
// it has its own, and later to the path in till.
func (a *Auth) SignIn(failed Failed) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		via, _ := a.provider(r.URL.Query().Get("kommun"))
		p, err := a.discover(r.Context(), via)
		if err != nil {
			a.c.Log.Error("couldn't begin a sign-in", "error", err)
			a.c.Result("provider")
			failed(w, r, "provider")
			return
		}
		l := login{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), To: Local(r.URL.Query().Get("till")), Via: via, Began: time.Now().Unix()}
		if err := a.put(r.Context(), atLogin, l); err != nil {
			a.c.Log.Error("couldn't begin a sign-in", "error", err)
			failed(w, r, "provider")
			return
		}
		http.Redirect(w, r, a.oauth(p, via).AuthCodeURL(l.State, oidc.Nonce(l.Nonce), oauth2.S256ChallengeOption(l.Verifier), anew[0], anew[1]), http.StatusSeeOther)
	}
}

// Callback ends a sign-in that SignIn began in the same session.
func (a *Auth) Callback(failed Failed) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		to, result := a.finish(r)
		a.c.Result(result)
		if result != "ok" {
			a.c.Log.Warn("a sign-in was refused", "result", result)
			failed(w, r, result)
			return
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
	}
}

func (a *Auth) finish(r *http.Request) (to, result string) {
	ctx := r.Context()
	var l login
	if !a.pop(ctx, atLogin, &l) || subtle.ConstantTimeCompare([]byte(r.URL.Query().Get("state")), []byte(l.State)) != 1 {
		return "", "state"
	}
	if r.URL.Query().Get("error") != "" {
		return "", "cancelled"
	}
	p, err := a.discover(ctx, l.Via)
	if err != nil {
		return "", "provider"
	}
	_, named := a.provider(l.Via)
	if !answers(r, p, named.Issuer) {
		return "", "state"
	}
	token, err := a.oauth(p, l.Via).Exchange(oidc.ClientContext(ctx, a.c.Client), r.URL.Query().Get("code"), oauth2.VerifierOption(l.Verifier))
	if err != nil { // the error may quote the provider's answer
		a.doubt(l.Via)
		if silent(err) {
			return "", "provider"
		}
		return "", "exchange"
	}
	raw, _ := token.Extra("id_token").(string)
	verified, err := p.Verifier(&oidc.Config{ClientID: named.ClientID}).Verify(ctx, raw)
	if err != nil || subtle.ConstantTimeCompare([]byte(verified.Nonce), []byte(l.Nonce)) != 1 {
		a.doubt(l.Via)
		return "", "token"
	}
	var c claims
	if err := verified.Claims(&c); err != nil || len(verified.Audience) != 1 || c.Party != "" && c.Party != named.ClientID ||
		!slices.Contains(named.Contexts, c.Context) || time.Unix(c.Proven, 0).Add(skew).Unix() < l.Began {
		return "", "token"
	}
	who, ok := a.identify(c, l.Via)
	if !ok {
		return "", "claims"
	}
	if who, err = a.joined(ctx, who, c, l.Via); err != nil {
		return "", "kept"
	}
	who.Proven = c.Proven
	if old, ok := a.Who(ctx); ok && old.Ref != who.Ref {
		a.Drop(ctx) // the application was another person's
	}
	if a.sessions.RenewToken(ctx) != nil || a.put(ctx, atIdentity, who) != nil || a.began(ctx, who) != nil {
		return "", "provider"
	}
	a.c.Log.Info("signed in", "who", who, "municipality", who.Municipality, "provider", l.Via, "context", c.Context)
	return a.landing(ctx, who, l.To), "ok"
}

// answers says whether an answer is of the provider that was asked, where it names
// itself (RFC 9207): one of several must not answer for another.
func answers(r *http.Request, p *oidc.Provider, issuer string) bool {
	var says struct {
		Names bool `json:"authorization_response_iss_parameter_supported"`
	}
	if p.Claims(&says) != nil {
		return false
	}
	named := r.URL.Query().Get("iss")
	return named == issuer || named == "" && !says.Names
}

func (a *Auth) oauth(p *oidc.Provider, via string) *oauth2.Config {
	_, named := a.provider(via)
	endpoint := p.Endpoint()
	if named.ClientSecret == "" {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return &oauth2.Config{ClientID: named.ClientID, ClientSecret: named.ClientSecret, Endpoint: endpoint,
		RedirectURL: a.c.URL + "/auth/callback", Scopes: []string{oidc.ScopeOpenID, "profile"}}
}

// SignOut ends the session. It is asked for with POST: a link must not do it.
func (a *Auth) SignOut(w http.ResponseWriter, r *http.Request) {
	if err := a.sessions.Destroy(r.Context()); err != nil {
		a.c.Log.Error("couldn't end a session", "error", err)
		http.Error(w, "Det gick inte att logga ut. Stäng webbläsaren.", http.StatusInternalServerError)
		return
	}
	a.c.Log.Info("signed out")
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (a *Auth) put(ctx context.Context, name string, v any) error {
	b, err := json.Marshal(v)
	if err == nil {
		a.sessions.Put(ctx, name, b)
	}
	return err
}

func (a *Auth) pop(ctx context.Context, name string, v any) bool {
	b := a.sessions.PopBytes(ctx, name)
	return len(b) > 0 && json.Unmarshal(b, v) == nil
}
