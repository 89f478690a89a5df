package auth

import (
	"context"
	"encoding/hex"
	"log/slog"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json"
	personnummer "github.com/personnummer/go/v3"

	"github.com/skalig/skalig/server/store"
)

// The claims that are read.
const (
	ClaimNumber      = "https://id.oidc.se/claim/personalIdentityNumber"
	ClaimAffiliation = "https://id.oidc.se/claim/orgAffiliation"
)

type claims struct {
	Name        string `json:"name"`
	Number      string `json:"https://id.oidc.se/claim/personalIdentityNumber"`
	Affiliation string `json:"https://id.oidc.se/claim/orgAffiliation"`
	Context     string `json:"acr"`
	Party       string `json:"azp"`
}

// An Identity is who is signed in. It does not log itself.
type Identity struct {
	Ref          string     `json:"ref"`
	Role         store.Role `json:"role"`
	Municipality string     `json:"municipality"` // a caseworker's
	Number       string     `json:"number"`       // an applicant's identity number
	Name         string     `json:"name"`
}

// LogValue keeps the person out of logs.
func (i Identity) LogValue() slog.Value { return slog.StringValue(string(i.Role)) }

// Caller is the identity as the store knows it.
func (i Identity) Caller() store.Caller {
	return store.Caller{Ref: i.Ref, Role: i.Role, Municipality: i.Municipality}
}

var twelve = regexp.MustCompile(`^(19|20)[0-9]{10}$`)

// ValidNumber reports whether s is a personal identity number of 12 digits.
func ValidNumber(s string) bool { return twelve.MatchString(s) && personnummer.Valid(s) }

// identify makes an identity of the claims, or refuses them.
func (a *Auth) identify(c claims) (Identity, bool) {
	name := strings.Join(strings.Fields(c.Name), " ")
	if name == "" || len(name) > 200 {
		return Identity{}, false
	}
	if c.Affiliation != "" {
		member, organisation, ok := strings.Cut(c.Affiliation, "@")
		municipality := a.c.Organisations[organisation]
		return Identity{Ref: a.ref("staff", c.Affiliation), Role: store.Caseworker, Municipality: municipality, Name: name},
			ok && member != "" && municipality != ""
	}
	return Identity{Ref: a.ref("person", c.Number), Role: store.Applicant, Number: c.Number, Name: name}, ValidNumber(c.Number)
}

func (a *Auth) ref(kind, id string) string {
	sum := a.c.Persons.Sum(kind, id)
	return hex.EncodeToString(sum[:])
}

// Who gives the person who is signed in.
func (a *Auth) Who(ctx context.Context) (Identity, bool) {
	var i Identity
	b := a.sessions.GetBytes(ctx, atIdentity)
	return i, len(b) > 0 && json.Unmarshal(b, &i) == nil && i.Ref != ""
}

// landing is where a person goes after sign-in.
func (a *Auth) landing(ctx context.Context, who Identity, to string) string {
	staff := who.Role == store.Caseworker
	switch {
	case to != "" && strings.HasPrefix(to, "/handlaggare") == staff:
		return to
	case staff:
		return "/handlaggare"
	case a.Draft(ctx) != nil:
		return "/ansok/kontrollera"
	}
	return "/mina"
}

// Keep puts an application that has not been sent in the session, Draft gives it
// back (nil where there is none) and Drop removes it.
func (a *Auth) Keep(ctx context.Context, draft []byte) { a.sessions.Put(ctx, atDraft, draft) }

// Draft gives the application that Keep put there.
func (a *Auth) Draft(ctx context.Context) []byte { return a.sessions.GetBytes(ctx, atDraft) }

// Drop removes it.
func (a *Auth) Drop(ctx context.Context) { a.sessions.Remove(ctx, atDraft) }
