package auth

import (
	"context"
	"encoding/hex"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/skalig/skalig/server/idnumber"
	"github.com/skalig/skalig/server/store"
)

// The claims that are read.
const (
	ClaimNumber       = "https://id.oidc.se/claim/personalIdentityNumber"
	ClaimCoordination = "https://id.oidc.se/claim/coordinationNumber"
	ClaimLevel        = "https://id.oidc.se/claim/coordinationNumberLevel"
	ClaimPrevious     = "https://id.oidc.se/claim/previousCoordinationNumber"
	ClaimAffiliation  = "https://id.oidc.se/claim/orgAffiliation"
)

type claims struct {
	Name         string   `json:"name"`
	Number       string   `json:"https://id.oidc.se/claim/personalIdentityNumber"`
	Coordination attested `json:"https://id.oidc.se/claim/coordinationNumber"`
	Level        attested `json:"https://id.oidc.se/claim/coordinationNumberLevel"`
	Previous     attested `json:"https://id.oidc.se/claim/previousCoordinationNumber"`
	Affiliation  string   `json:"https://id.oidc.se/claim/orgAffiliation"`
	Context      string   `json:"acr"`
	Party        string   `json:"azp"`
	Proven       int64    `json:"auth_time"` // when the person proved who they are, seconds since 1970
}

// An Identity is who is signed in. It does not log itself.
type Identity struct {
	Ref          string       `json:"ref"`
	Role         store.Role   `json:"role"`         // in which the person acts
	Roles        []store.Role `json:"roles"`        // that the person has
	Municipality string       `json:"municipality"` // a member of staff's, or the applicant's whose provider is a municipality's own
	Protected    bool         `json:"protected"`    // may open cases of people with protected identity
	Number       string       `json:"number"`       // an applicant's identity number
	Name         string       `json:"name"`
	Proven       int64        `json:"proven"` // when the person proved who they are, seconds since 1970
}

// As is the identity acting in a role, false where the person does not have it.
func (i Identity) As(role store.Role) (Identity, bool) {
	i.Role = role
	return i, slices.Contains(i.Roles, role)
}

// LogValue keeps the person out of logs: an applicant is nobody there, a member of
// staff a reference.
func (i Identity) LogValue() slog.Value {
	if i.Role == store.Applicant || i.Ref == "" {
		return slog.StringValue(string(i.Role))
	}
	return slog.StringValue(string(i.Role) + " " + i.Ref[:min(16, len(i.Ref))])
}

// Caller is the identity as the store knows it.
func (i Identity) Caller() store.Caller {
	c := store.Caller{Ref: i.Ref, Role: i.Role, Municipality: i.Municipality, Protected: i.Protected}
	if i.Role != store.Applicant {
		c.Name = i.Name // an applicant's name stands in the own file alone
	}
	return c
}

// identify makes an identity of the claims that a provider vouches for, or refuses
// them.
func (a *Auth) identify(c claims, via string) (Identity, bool) {
	name := strings.Join(strings.Fields(c.Name), " ")
	if name == "" || len(name) > 200 {
		return Identity{}, false
	}
	if c.Affiliation != "" {
		who, ok := a.Standing(Identity{Ref: a.Ref("staff", c.Affiliation), Name: name})
		_, own := a.c.Own[who.Municipality]
		return who, ok && (who.Municipality == via || !own && via == "")
	}
	number := c.number()
	return Identity{Ref: a.Ref("person", number), Role: store.Applicant, Roles: []store.Role{store.Applicant}, Municipality: via,
		Number: number, Name: name}, idnumber.Valid(number) && idnumber.Born(number, time.Now())
}

// Standing is a member of staff with the roles of this moment, false without any.
func (a *Auth) Standing(who Identity) (Identity, bool) {
	s, ok := a.c.Standing(who.Ref)
	if !ok || len(s.Roles) == 0 {
		return Identity{}, false
	}
	who.Role, who.Roles, who.Municipality, who.Protected = s.Roles[0], s.Roles, s.Municipality, s.Protected
	return who, true
}

// Reference is the reference that stands for the person with an identity number, or who
// had it.
func (a *Auth) Reference(number string) string { return a.c.People.Root(a.Ref("person", number)) }

// Mark is what a form carries to tell whose it was, should the session end while
// it is filled in. It says nothing to anybody else.
func (a *Auth) Mark(i Identity) string { return a.mark(i.Ref) }

func (a *Auth) mark(ref string) string { return a.Ref("form", ref)[:32] }

// marked reports whether a mark is the person's, under any of their numbers.
func (a *Auth) marked(i Identity, mark string) bool {
	return slices.ContainsFunc(a.c.People.Refs(i.Ref), func(ref string) bool { return a.mark(ref) == mark })
}

// Ref is the reference that is made of a person's identity number ("person") or of a
// member of staff's affiliation ("staff"), by which the latter is known everywhere else,
// and the former where no other number is known.
func (a *Auth) Ref(kind, id string) string {
	sum := a.c.Persons.Sum(kind, id)
	return hex.EncodeToString(sum[:])
}

// Who gives the person who is signed in.
func (a *Auth) Who(ctx context.Context) (Identity, bool) {
	var i Identity
	b := a.sessions.GetBytes(ctx, atIdentity)
	if len(b) == 0 || json.Unmarshal(b, &i) != nil || i.Ref == "" {
		return Identity{}, false
	}
	if i.Role == store.Applicant {
		i.Ref = a.c.People.Root(i.Ref) // signed in elsewhere since, with a new number
		return i, true
	}
	return a.Standing(i)
}

// homes are the pages where the work of each role begins.
var homes = map[store.Role]string{
	store.Caseworker:    "/handlaggare",
	store.Approver:      "/utbetalning",
	store.Auditor:       "/granskning",
	store.Administrator: "/administration",
	store.Operator:      "/drift",
}

// landing is where a person goes after sign-in.
func (a *Auth) landing(ctx context.Context, who Identity, to string) string {
	if who.Role != store.Applicant {
		for _, role := range who.Roles {
			if to != "" && strings.HasPrefix(to, homes[role]) || to == "/sessioner" || role == store.Caseworker && strings.HasPrefix(to, "/inmatning/") {
				return to
			}
		}
		return homes[who.Role]
	}
	for _, home := range append(slices.Collect(maps.Values(homes)), "/inmatning") {
		if strings.HasPrefix(to, home) {
			to = ""
		}
	}
	switch {
	case to != "":
		return to
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
