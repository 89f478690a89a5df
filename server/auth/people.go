package auth

import (
	"context"

	"github.com/go-json-experiment/json"

	"github.com/skalig/skalig/server/idnumber"
	"github.com/skalig/skalig/server/store"
)

// People knows which references are one person's, whose identity number has changed.
type People interface {
	Root(ref string) string   // the reference that stands for the person
	Refs(ref string) []string // all of the person's, that one first
	// Continue is told that a provider attests a previous number, and gives the
	// reference that stands for who signs in now. whole is false where the provider
	// vouches for one municipality alone.
	Continue(ctx context.Context, person, previous string, whole bool) (root string, err error)
}

// strangers are people who have one number each.
type strangers struct{}

func (strangers) Root(ref string) string   { return ref }
func (strangers) Refs(ref string) []string { return []string{ref} }
func (strangers) Continue(_ context.Context, person, _ string, _ bool) (string, error) {
	return person, nil
}

// attested is a number in a claim that nobody is refused for: what is no text is none.
type attested string

// UnmarshalJSON implements the interface of the JSON packages.
func (a *attested) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) != nil {
		text = ""
	}
	*a = attested(text)
	return nil
}

// number is the identity number of who signs in: the personal one, or a coordination
// number whose holder has shown who they are.
func (c claims) number() string {
	if c.Number == "" && c.Level == "confirmed" {
		return string(c.Coordination)
	}
	return c.Number
}

// previous is the coordination number that the number of who signs in took the place
// of, empty where the provider attests none.
func (c claims) previous() string {
	if n := string(c.Previous); idnumber.Coordination(n) && n != c.number() {
		return n
	}
	return ""
}

// joined is the identity by the reference that stands for the person, also where the
// provider says that the number is a new one.
func (a *Auth) joined(ctx context.Context, who Identity, c claims, via string) (Identity, error) {
	if who.Role != store.Applicant {
		return who, nil
	}
	if c.Previous != "" && c.previous() == "" {
		a.c.Log.Warn("a provider's claim of a previous number is not one, and was not heeded", "provider", via)
	}
	root := a.c.People.Root(who.Ref)
	if n := c.previous(); n != "" {
		var err error
		if root, err = a.c.People.Continue(ctx, who.Ref, a.Ref("person", n), via == ""); err != nil {
			a.c.Log.Error("couldn't note that a number has changed", "error", err)
			return who, err
		}
	}
	who.Ref = root
	return who, nil
}
