// Package auth signs people in with OpenID Connect and keeps their sessions.
//
// # Sign-in
//
// Authorization code with PKCE (S256), state and nonce, all three checked; exact
// issuer and audience; one of the accepted authentication contexts (acr). The person
// proves anew who they are, whatever session the provider has (prompt=login,
// max_age=0), and the token says when (auth_time): no earlier than the sign-in began.
// So a session here never lasts longer than 8 hours after a proof, and signing out
// here is enough; the provider's own session opens nothing. The provider is found at the first sign-in, not before: in a demonstration it is
// this very server. A person signs in with the claim
//
//	https://id.oidc.se/claim/personalIdentityNumber   12 digits, valid as an identity number
//
// and becomes an applicant; or, without that claim, with
//
//	https://id.oidc.se/claim/coordinationNumber       12 digits, where
//	https://id.oidc.se/claim/coordinationNumberLevel  is confirmed
//
// A coordination number gives way to a personal identity number when its holder is
// registered as resident. The provider then says beside the new number
//
//	https://id.oidc.se/claim/previousCoordinationNumber
//
// and the person goes on as who they were: [People] joins the two references before the
// session begins. Where that is not clear enough they stay two until a human has looked,
// and the sign-in goes on; where it cannot be written, nobody is signed in. A claim that
// is no coordination number is not heeded and refuses nobody. A personal identity number
// that was corrected comes in no claim, nor in what the agencies answer: of that nobody
// but the person tells.
//
// A member of staff signs in with
//
//	https://id.oidc.se/claim/orgAffiliation           name@organisation
//
// and gets the roles that Config.Standing names. It is asked again at each request
// by the server, so that a role that is taken away is gone at once.
//
// A municipality may have a provider of its own, chosen with kommun=<code> in the
// address of the sign-in. It vouches for the municipality's own staff, whom no
// other provider vouches for, and for applicants in that municipality alone.
//
// A person is known everywhere else by a reference, HMAC-SHA-256 with the key in
// keys/person, of the first number that they came with. The identity number stands in the session and in sealed bodies, and
// nowhere else: no URL, log, metric or error has it.
//
// # Sessions
//
// The cookie holds 256 random bits, the store only their hash and the session's
// content sealed with the key in keys/session. The token is new after sign-in.
// A session ends after 30 minutes without a request, after 8 hours, or by signing out:
// as long as a form with its papers may take, and a working day. A configuration can
// set neither longer. Any number may be open at once, since people change between a
// phone and a library's computer; a person sees the own sessions and can end each of
// them, or all. A member of staff whose roles an administrator sets is signed out
// everywhere, and an operator can sign out everybody. What has ended stays ended, also
// for the requests that are under way with it.
package auth

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"
	"golang.org/x/sync/singleflight"

	"github.com/skalig/skalig/server/postgres"
	"github.com/skalig/skalig/server/secret"
	"github.com/skalig/skalig/server/store"
)

// The limits of a session, where the configuration sets no shorter ones.
const (
	Idle     = 30 * time.Minute // as good as: a session that is used is written anew each minute
	Lifetime = 8 * time.Hour
)

// Config says whom to trust and where to keep sessions.
type Config struct {
	URL      string                            // the service's own, without a trailing slash
	Provider                                   // the service's
	Own      map[string]Provider               // municipalities' own, by code
	Standing func(ref string) (Standing, bool) // of a member of staff
	People   People                            // whose numbers have changed; nil: nobody's
	Sessions string                            // path of sessions.db
	Shared   *postgres.DB                      // where several nodes keep sessions; nil: in Sessions
	Persons  secret.Key                        // keys references to persons
	Seal     secret.Key                        // seals sessions
	Idle     time.Duration                     // a session's limits; 0: the constants Idle and Lifetime
	Lifetime time.Duration                     //
	Client   *http.Client                      // to reach a provider; a client with a timeout where nil
	Log      *slog.Logger
	Result   func(result string) // told "ok" or why not, from a fixed set
}

// A Provider of e-identification.
type Provider struct {
	Issuer       string   // exactly as the provider writes it
	ClientID     string   //
	ClientSecret string   // empty for a public client
	Contexts     []string // accepted acr values; at least one
}

func (p Provider) complete() bool { return p.Issuer != "" && p.ClientID != "" && len(p.Contexts) > 0 }

// A Standing is what a member of staff may be.
type Standing struct {
	Municipality string // empty for an operator
	Roles        []store.Role
	Protected    bool
}

// Results are all that Config.Result is told.
var Results = []string{"ok", "cancelled", "state", "exchange", "token", "claims", "provider", "kept"}

// Auth signs people in.
type Auth struct {
	c        Config
	sessions *scs.SessionManager
	db       *sessionDB

	asking    singleflight.Group // by the key that provider takes
	mu        sync.Mutex
	providers map[string]found // so far, by the same key
}

// New opens the session store.
func New(ctx context.Context, c Config) (*Auth, error) {
	base, err := url.Parse(c.URL)
	if err != nil || base.Host == "" || base.Path != "" || base.RawQuery != "" {
		return nil, fmt.Errorf("couldn't set up sign-in: the service's URL is not of the form https://host")
	}
	for _, p := range append(slices.Collect(maps.Values(c.Own)), c.Provider) {
		if !p.complete() {
			return nil, errors.New("couldn't set up sign-in: issuer, client id and accepted contexts must be set")
		}
	}
	if c.Client == nil {
		c.Client = &http.Client{Timeout: 10 * time.Second, CheckRedirect: stay}
	}
	if c.People == nil {
		c.People = strangers{}
	}
	open := func() (*sessionDB, error) { return openSessions(ctx, c.Sessions, c.Log) }
	if c.Shared != nil {
		open = func() (*sessionDB, error) { return openSharedSessions(ctx, c.Shared) }
	}
	db, err := open()
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
	m.IdleTimeout, m.Lifetime = cmp.Or(c.Idle, Idle), cmp.Or(c.Lifetime, Lifetime)
	db.same, db.slack = codec.same, m.IdleTimeout/30
	m.Cookie.Name, m.Cookie.HttpOnly, m.Cookie.SameSite, m.Cookie.Path, m.Cookie.Persist = "skalig", true, http.SameSiteLaxMode, "/", false
	if base.Scheme == "https" {
		m.Cookie.Name, m.Cookie.Secure = "__Host-skalig", true
	}
	m.ErrorFunc = func(w http.ResponseWriter, _ *http.Request, err error) {
		c.Log.Error("couldn't read or write a session", "error", err)
		http.Error(w, "Något gick fel. Försök igen om en stund.", http.StatusInternalServerError)
	}
	return &Auth{c: c, sessions: m, db: db, providers: map[string]found{}}, nil
}

// stay follows no redirect: a provider answers where its configuration says it is.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Sessions gives each request its session.
func (a *Auth) Sessions(next http.Handler) http.Handler {
	return remembering(a.sessions.LoadAndSave(next))
}

// Token names the session of a request without telling it: the hash of its cookie,
// empty where there is none. It says nothing about whether the session exists.
func (a *Auth) Token(r *http.Request) string {
	c, err := r.Cookie(a.sessions.Cookie.Name)
	if err != nil || c.Value == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(c.Value))
	return hex.EncodeToString(sum[:])
}

// Close closes the session store.
func (a *Auth) Close() error { return a.db.close() }

// FormOrigins are the origins that a form may lead to on its way to a provider,
// none where that is the service itself.
func (a *Auth) FormOrigins() []string {
	var out []string
	for _, p := range append(slices.Collect(maps.Values(a.c.Own)), a.c.Provider) {
		issuer, err := url.Parse(p.Issuer)
		if err != nil || issuer.Scheme+"://"+issuer.Host == a.c.URL {
			continue
		}
		out = append(out, issuer.Scheme+"://"+issuer.Host)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Local gives to back if it is a path of this service that a person may be sent
// to after sign-in, and else "".
func Local(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || u.RawQuery != "" || u.Fragment != "" || u.Path != to {
		return ""
	}
	for _, prefix := range append([]string{"/ansok", "/mina", "/arende/", "/medsokande", "/prata", "/behov", "/sessioner", "/inmatning"}, slices.Collect(maps.Values(homes))...) {
		if strings.HasPrefix(to, prefix) && !strings.Contains(to, "//") && !strings.Contains(to, `\`) {
			return to
		}
	}
	return ""
}
