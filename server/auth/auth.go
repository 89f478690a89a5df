// Package auth signs people in with OpenID Connect and keeps their sessions.
//
// # Sign-in
//
// Authorization code with PKCE (S256), state and nonce, all three checked; exact
// issuer and audience; one of the accepted authentication contexts (acr). The
// provider is found at the first sign-in, not before: in a demonstration it is
// this very server. A person signs in with the claim
//
//	https://id.oidc.se/claim/personalIdentityNumber   12 digits, valid as an identity number
//
// and becomes an applicant. A member of staff signs in with
//
//	https://id.oidc.se/claim/orgAffiliation           name@organisation
//
// and becomes a caseworker of the municipality that the organisation stands for
// in the configuration; an organisation that is not there is refused.
//
// A person is known everywhere else by a reference, HMAC-SHA-256 with the key in
// keys/person. The identity number stands in the session and in sealed bodies, and
// nowhere else: no URL, log, metric or error has it.
//
// # Sessions
//
// The cookie holds 256 random bits, the store only their hash and the session's
// content sealed with the key in keys/session. The token is new after sign-in.
// A session ends after 30 minutes without a request, after 8 hours, or by signing out.
package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/skalig/skalig/server/secret"
)

// The limits of a session.
const (
	Idle     = 30 * time.Minute
	Lifetime = 8 * time.Hour
)

// Config says whom to trust and where to keep sessions.
type Config struct {
	URL           string            // the service's own, without a trailing slash
	Issuer        string            // exactly as the provider writes it
	ClientID      string            //
	ClientSecret  string            // empty for a public client
	Contexts      []string          // accepted acr values; at least one
	Organisations map[string]string // orgAffiliation's organisation to municipality code
	Sessions      string            // path of sessions.db
	Persons       secret.Key        // keys references to persons
	Seal          secret.Key        // seals sessions
	Client        *http.Client      // to reach the provider; a client with a timeout where nil
	Log           *slog.Logger
	Result        func(result string) // told "ok" or why not, from a fixed set
}

// Results are all that Config.Result is told.
var Results = []string{"ok", "cancelled", "state", "exchange", "token", "claims", "provider"}

// Auth signs people in.
type Auth struct {
	c        Config
	sessions *scs.SessionManager
	db       *sessionDB

	mu       sync.Mutex
	provider *oidc.Provider
}

// New opens the session store.
func New(ctx context.Context, c Config) (*Auth, error) {
	base, err := url.Parse(c.URL)
	if err != nil || base.Host == "" || base.Path != "" || base.RawQuery != "" {
		return nil, fmt.Errorf("couldn't set up sign-in: the service's URL is not of the form https://host")
	}
	if c.Issuer == "" || c.ClientID == "" || len(c.Contexts) == 0 {
		return nil, errors.New("couldn't set up sign-in: issuer, client id and accepted contexts must be set")
	}
	if c.Client == nil {
		c.Client = &http.Client{Timeout: 10 * time.Second}
	}
	db, err := openSessions(ctx, c.Sessions)
	if err != nil {
		return nil, err
	}
	codec, err := newCodec(c.Seal)
	if err != nil {
		return nil, err
	}
	m := scs.New()
	m.Store, m.Codec = db, codec
	m.HashTokenInStore = true
	m.IdleTimeout, m.Lifetime = Idle, Lifetime
	m.Cookie.Name, m.Cookie.HttpOnly, m.Cookie.SameSite, m.Cookie.Path, m.Cookie.Persist = "skalig", true, http.SameSiteLaxMode, "/", false
	if base.Scheme == "https" {
		m.Cookie.Name, m.Cookie.Secure = "__Host-skalig", true
	}
	m.ErrorFunc = func(w http.ResponseWriter, _ *http.Request, err error) {
		c.Log.Error("couldn't read or write a session", "error", err)
		http.Error(w, "Något gick fel. Försök igen om en stund.", http.StatusInternalServerError)
	}
	return &Auth{c: c, sessions: m, db: db}, nil
}

// Sessions gives each request its session.
func (a *Auth) Sessions(next http.Handler) http.Handler { return a.sessions.LoadAndSave(next) }

// Close closes the session store.
func (a *Auth) Close() error { return a.db.close() }

// FormOrigin is the origin that a form may lead to on its way to the provider,
// empty where that is the service itself.
func (a *Auth) FormOrigin() string {
	issuer, err := url.Parse(a.c.Issuer)
	if err != nil || issuer.Scheme+"://"+issuer.Host == a.c.URL {
		return ""
	}
	return issuer.Scheme + "://" + issuer.Host
}

// discover finds the provider, once it answers.
func (a *Auth) discover(ctx context.Context) (*oidc.Provider, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.provider != nil {
		return a.provider, nil
	}
	p, err := oidc.NewProvider(oidc.ClientContext(ctx, a.c.Client), a.c.Issuer)
	if err != nil {
		return nil, fmt.Errorf("couldn't find the provider: %w", err)
	}
	a.provider = p
	return p, nil
}

// Local gives to back if it is a path of this service that a person may be sent
// to after sign-in, and else "".
func Local(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || u.RawQuery != "" || u.Fragment != "" || u.Path != to {
		return ""
	}
	for _, prefix := range []string{"/ansok/kontrollera", "/mina", "/arende/", "/handlaggare"} {
		if strings.HasPrefix(to, prefix) && !strings.Contains(to, "//") && !strings.Contains(to, `\`) {
			return to
		}
	}
	return ""
}
