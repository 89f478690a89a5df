package server

import (
	"strings"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/store"
)

// staff knows what each member of staff may be: what an administrator said last,
// and before that the configuration.
type staff struct {
	store *store.Store
	seeds map[string]seed // by reference
}

type seed struct {
	auth.Standing
	name, member string
}

func newStaff(s *store.Store) *staff { return &staff{store: s, seeds: map[string]seed{}} }

// fill takes the configuration's people, whom auth gives their references.
func (s *staff) fill(a *auth.Auth, c Config) {
	for i := range c.Municipalities {
		m := &c.Municipalities[i]
		for _, p := range m.People {
			s.seeds[a.Ref("staff", p.Member+"@"+m.Organisation)] = seed{
				auth.Standing{Municipality: m.Code, Roles: p.Roles, Protected: p.Protected}, p.Name, p.Member}
		}
	}
	for _, affiliation := range c.Operators {
		member, _, _ := strings.Cut(affiliation, "@")
		s.seeds[a.Ref("staff", affiliation)] = seed{auth.Standing{Roles: []store.Role{store.Operator}}, member, member}
	}
}

// standing implements auth.Config.Standing.
func (s *staff) standing(ref string) (auth.Standing, bool) {
	said, ok, err := s.store.Staff(ref)
	if err != nil {
		return auth.Standing{}, false
	}
	if ok {
		return auth.Standing{Municipality: said.Municipality, Roles: said.Roles, Protected: said.Protected}, len(said.Roles) > 0
	}
	first, ok := s.seeds[ref]
	return first.Standing, ok
}
