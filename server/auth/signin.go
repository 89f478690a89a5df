package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"net/http"
	"slices"

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
	Via      string `json:"via"` // whose provider: a municipality's code, or empty
}

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
		l := login{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), To: Local(r.URL.Query().Get("till")), Via: via}
		if err := a.put(r.Context(), atLogin, l); err != nil {
			a.c.Log.Error("couldn't begin a sign-in", "error", err)
			failed(w, r, "provider")
			return
		}
		http.Redirect(w, r, a.oauth(p, via).AuthCodeURL(l.State, oidc.Nonce(l.Nonce), oauth2.S256ChallengeOption(l.Verifier)), http.StatusSeeOther)
	}
}

// Callback ends a sign-in that SignIn began in the same session.
func (a *Auth) Callback(failed Failed) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		to, result := a.finish(r)
		a.c.Result(result)
		if result != "ok" {
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
	token, err := a.oauth(p, l.Via).Exchange(oidc.ClientContext(ctx, a.c.Client), r.URL.Query().Get("code"), oauth2.VerifierOption(l.Verifier))
	if err != nil {
		return "", "exchange" // the error may quote the provider's answer
	}
	raw, _ := token.Extra("id_token").(string)
	verified, err := p.VerifierContext(oidc.ClientContext(context.WithoutCancel(ctx), a.c.Client), &oidc.Config{ClientID: named.ClientID}).Verify(ctx, raw)
	if err != nil || subtle.ConstantTimeCompare([]byte(verified.Nonce), []byte(l.Nonce)) != 1 {
		return "", "token"
	}
	var c claims
	if err := verified.Claims(&c); err != nil || len(verified.Audience) != 1 || c.Party != "" && c.Party != named.ClientID ||
		!slices.Contains(named.Contexts, c.Context) {
		return "", "token"
	}
	who, ok := a.identify(c, l.Via)
	if !ok {
		return "", "claims"
	}
	if old, ok := a.Who(ctx); ok && old.Ref != who.Ref {
		a.Drop(ctx) // the application was another person's
	}
	if a.sessions.RenewToken(ctx) != nil || a.put(ctx, atIdentity, who) != nil || a.began(ctx, who) != nil {
		return "", "provider"
	}
	return a.landing(ctx, who, l.To), "ok"
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
