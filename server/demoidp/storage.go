package demoidp

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"sync"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"github.com/skalig/skalig/server/auth"
)

// maxRequests and life bound what the provider remembers.
const (
	maxRequests = 1000
	life        = 10 * time.Minute
)

var (
	errNotFound    = errors.New("no such request, or it has ended")
	errUnsupported = errors.New("the demonstration's provider does not do this")
)

// storage keeps sign-ins in memory. The flow is code with PKCE and an id token;
// access tokens are given since the protocol asks for them, and open nothing.
type storage struct {
	client client
	key    signingKey

	mu       sync.Mutex
	requests map[string]*request
	codes    map[string]string // code to request
}

var (
	_ op.Storage                   = (*storage)(nil)
	_ op.CanSetUserinfoFromRequest = (*storage)(nil)
)

func newStorage(url string, key ed25519.PrivateKey) *storage {
	return &storage{client: client{url}, key: signingKey{rand.Text(), key}, requests: map[string]*request{}, codes: map[string]string{}}
}

func (s *storage) CreateAuthRequest(_ context.Context, r *oidc.AuthRequest, _ string) (op.AuthRequest, error) {
	if len(r.Prompt) == 1 && r.Prompt[0] == "none" {
		return nil, oidc.ErrLoginRequired()
	}
	if r.CodeChallenge == "" || r.CodeChallengeMethod != oidc.CodeChallengeMethodS256 {
		return nil, oidc.ErrInvalidRequest().WithDescription("PKCE with S256 is required")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for id, old := range s.requests {
		if now.Sub(old.created) > life {
			s.forget(id)
		}
	}
	if len(s.requests) >= maxRequests {
		return nil, oidc.ErrServerError().WithDescription("too many sign-ins at once")
	}
	q := &request{AuthRequest: *r, id: rand.Text(), created: now}
	s.requests[q.id] = q
	return q.copy(), nil
}

func (s *storage) has(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests[id] != nil
}

// choose makes the person the one who signs in.
func (s *storage) choose(id, person string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.requests[id]
	if q == nil || q.person != "" || find(person) == nil {
		return false
	}
	q.person, q.at = person, time.Now()
	return true
}

func (s *storage) AuthRequestByID(_ context.Context, id string) (op.AuthRequest, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if q := s.requests[id]; q != nil {
		return q.copy(), nil
	}
	return nil, errNotFound
}

// AuthRequestByCode gives the request of a code once: a code is not used twice.
func (s *storage) AuthRequestByCode(_ context.Context, code string) (op.AuthRequest, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, ok := s.codes[code]
	delete(s.codes, code)
	if q := s.requests[id]; ok && q != nil {
		return q.copy(), nil
	}
	return nil, errNotFound
}

func (s *storage) SaveAuthCode(_ context.Context, id, code string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.codes[code] = id
	return nil
}

func (s *storage) DeleteAuthRequest(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget(id)
	return nil
}

func (s *storage) forget(id string) {
	delete(s.requests, id)
	for code, of := range s.codes {
		if of == id {
			delete(s.codes, code)
		}
	}
}

func (s *storage) CreateAccessToken(context.Context, op.TokenRequest) (string, time.Time, error) {
	return rand.Text(), time.Now().Add(time.Minute), nil
}

func (s *storage) GetClientByClientID(_ context.Context, id string) (op.Client, error) {
	if id != ClientID {
		return nil, oidc.ErrInvalidClient()
	}
	return s.client, nil
}

// SetUserinfoFromRequest puts the person's claims in the id token.
func (s *storage) SetUserinfoFromRequest(_ context.Context, info *oidc.UserInfo, r op.IDTokenRequest, _ []string) error {
	p := find(r.GetSubject())
	if p == nil {
		return errNotFound
	}
	info.Subject, info.Name = p.ID, p.Name
	if p.Number != "" {
		info.AppendClaims(auth.ClaimNumber, p.Number)
	}
	if p.Coordination != "" {
		info.AppendClaims(auth.ClaimCoordination, p.Coordination)
		info.AppendClaims(auth.ClaimLevel, "confirmed")
	}
	if p.Previous != "" {
		info.AppendClaims(auth.ClaimPrevious, p.Previous)
	}
	if p.Affiliation != "" {
		info.AppendClaims(auth.ClaimAffiliation, p.Affiliation)
	}
	return nil
}

func (s *storage) SigningKey(context.Context) (op.SigningKey, error) { return s.key, nil }

func (s *storage) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{jose.EdDSA}, nil
}

func (s *storage) KeySet(context.Context) ([]op.Key, error) { return []op.Key{publicKey{s.key}}, nil }

func (s *storage) Health(context.Context) error { return nil }

func find(id string) *Person {
	for i := range Persons {
		if Persons[i].ID == id {
			return &Persons[i]
		}
	}
	return testPerson(id)
}

// What the protocol library can ask for beyond this is refused.

func (s *storage) CreateAccessAndRefreshTokens(context.Context, op.TokenRequest, string) (string, string, time.Time, error) {
	return "", "", time.Time{}, errUnsupported
}

func (s *storage) TokenRequestByRefreshToken(context.Context, string) (op.RefreshTokenRequest, error) {
	return nil, op.ErrInvalidRefreshToken
}

func (s *storage) TerminateSession(context.Context, string, string) error { return nil }

func (s *storage) RevokeToken(context.Context, string, string, string) *oidc.Error { return nil }

func (s *storage) GetRefreshTokenInfo(context.Context, string, string) (string, string, error) {
	return "", "", op.ErrInvalidRefreshToken
}

func (s *storage) AuthorizeClientIDSecret(context.Context, string, string) error {
	return errUnsupported
}

func (s *storage) SetUserinfoFromScopes(context.Context, *oidc.UserInfo, string, string, []string) error {
	return nil
}

func (s *storage) SetUserinfoFromToken(context.Context, *oidc.UserInfo, string, string, string) error {
	return errUnsupported
}

func (s *storage) SetIntrospectionFromToken(context.Context, *oidc.IntrospectionResponse, string, string, string) error {
	return errUnsupported
}

func (s *storage) GetPrivateClaimsFromScopes(context.Context, string, string, []string) (map[string]any, error) {
	return nil, nil
}

func (s *storage) GetKeyByIDAndClientID(context.Context, string, string) (*jose.JSONWebKey, error) {
	return nil, errUnsupported
}

func (s *storage) ValidateJWTProfileScopes(context.Context, string, []string) ([]string, error) {
	return nil, errUnsupported
}
