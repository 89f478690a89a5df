package auth_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/skalig/skalig/server/auth"
)

// coordination is made of the test number: its day is 60 more.
const coordination = "199211822383"

// registry joins references as it is told, and remembers what it was told.
type registry struct {
	mu   sync.Mutex
	root map[string]string
	told []bool // whole
	err  error
}

func (r *registry) Root(ref string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if root, ok := r.root[ref]; ok {
		return root
	}
	return ref
}

func (r *registry) Refs(ref string) []string {
	root := r.Root(ref)
	r.mu.Lock()
	defer r.mu.Unlock()
	out := []string{root}
	for one, of := range r.root {
		if of == root && one != root {
			out = append(out, one)
		}
	}
	return out
}

func (r *registry) Continue(_ context.Context, person, previous string, whole bool) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told = append(r.told, whole)
	if r.err == nil && whole {
		r.root[person] = previous
	}
	if r.err == nil && whole {
		return previous, nil
	}
	return person, r.err
}

// claim has the provider say more of everybody, and with nil less.
func (i *issuer) claim(claims map[string]any) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.change = func(c map[string]any) { maps.Copy(c, claims) }
}

// TestPreviousNumber: what a provider says of a previous number is told on, and what it
// says otherwise than the profile does is not heeded, and refuses nobody.
func TestPreviousNumber(t *testing.T) {
	i := newIssuer(t)
	for name, c := range map[string]struct {
		claims map[string]any
		own    bool   // by a municipality's own provider
		err    error  // of noting it
		want   string // who is signed in, or why nobody is
		told   int    // how often
	}{
		"attested":              {map[string]any{auth.ClaimPrevious: coordination}, false, nil, number, 1},
		"by an own provider":    {map[string]any{auth.ClaimPrevious: coordination}, true, nil, number, 1},
		"not attested":          {nil, false, nil, number, 0},
		"the same number":       {map[string]any{auth.ClaimPrevious: number}, false, nil, number, 0},
		"a personal number":     {map[string]any{auth.ClaimPrevious: "199303012398"}, false, nil, number, 0},
		"with a hyphen":         {map[string]any{auth.ClaimPrevious: "19921182-2383"}, false, nil, number, 0},
		"a list":                {map[string]any{auth.ClaimPrevious: []string{coordination}}, false, nil, number, 0},
		"it can't be kept":      {map[string]any{auth.ClaimPrevious: coordination}, false, errors.New("full"), "failed: kept", 1},
		"of a coordination one": {map[string]any{auth.ClaimNumber: nil, auth.ClaimCoordination: coordination, auth.ClaimLevel: "confirmed"}, false, nil, coordination, 0},
		"that is its own":       {map[string]any{auth.ClaimNumber: nil, auth.ClaimCoordination: coordination, auth.ClaimLevel: "confirmed", auth.ClaimPrevious: coordination}, false, nil, coordination, 0},
		"not shown who it is":   {map[string]any{auth.ClaimNumber: nil, auth.ClaimCoordination: coordination, auth.ClaimLevel: "probable"}, false, nil, "failed: claims", 0},
		"of no level":           {map[string]any{auth.ClaimNumber: nil, auth.ClaimCoordination: coordination}, false, nil, "failed: claims", 0},
		"of staff":              {map[string]any{auth.ClaimNumber: nil, auth.ClaimAffiliation: "d@org", auth.ClaimPrevious: coordination}, false, nil, "caseworker", 0},
	} {
		t.Run(name, func(t *testing.T) {
			people := &registry{root: map[string]string{}, err: c.err}
			p := newParty(t, i, func(config *auth.Config) {
				config.People = people
				config.Own = map[string]auth.Provider{"9998": config.Provider}
			})
			i.claim(c.claims)
			address := p.URL + "/logga-in"
			if c.own {
				address += "?kommun=9998"
			}
			_, page := get(t, client(t), address)
			for n, told := range people.told {
				if told == c.own {
					t.Errorf("telling %d: the whole service is %v", n, told)
				}
			}
			if !strings.Contains(page, c.want) || len(people.told) != c.told {
				t.Errorf("the page is %q, and %v was told", page, people.told)
			}
		})
	}
}

// TestSessionsOfBothNumbers: a person who was signed in with the old number is the same
// there, and ends all sessions at once.
func TestSessionsOfBothNumbers(t *testing.T) {
	i := newIssuer(t)
	people := &registry{root: map[string]string{}}
	p := newParty(t, i, func(c *auth.Config) { c.People = people })
	before, after := client(t), client(t)
	i.claim(map[string]any{auth.ClaimNumber: nil, auth.ClaimCoordination: coordination, auth.ClaimLevel: "confirmed"})
	get(t, before, p.URL+"/logga-in")
	i.claim(map[string]any{auth.ClaimPrevious: coordination})
	get(t, after, p.URL+"/logga-in")
	old := auth.Identity{Ref: p.auth.Ref("person", coordination)}
	if got := p.auth.Reference(number); got != old.Ref {
		t.Errorf("the new number is %s, want %s", got, old.Ref)
	}
	p.auth.Sessions(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		for _, who := range []auth.Identity{old, {Ref: p.auth.Ref("person", number)}} {
			if list, err := p.auth.Own(r.Context(), who); err != nil || len(list) != 2 {
				t.Errorf("%v: %d sessions", err, len(list))
			}
		}
	})).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	if err := p.auth.End(t.Context(), old, ""); err != nil {
		t.Fatal(err)
	}
	for _, c := range []*http.Client{before, after} {
		if _, page := get(t, c, p.URL+"/mina"); !strings.Contains(page, "/mina: false") {
			t.Errorf("a session lives on: %s", page)
		}
	}
}
