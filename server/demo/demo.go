// Package demo is what a demonstration has instead of the world around a service: two
// invented municipalities, a provider to sign in with as one of a few invented persons
// (package demoidp), agencies that are simulated on this machine, and two invented people
// who approve what the build decides by. The service itself is the same as in earnest.
//
// Nothing else of the service imports it: a program that is built with the tag earnest
// does not hold it, and can't be made to serve a demonstration.
package demo

import (
	"context"
	"net/http"
	"time"

	"github.com/skalig/skalig/server/demoidp"
	"github.com/skalig/skalig/server/municipality"
	"github.com/skalig/skalig/server/register"
	"github.com/skalig/skalig/server/register/ssbtek"
	"github.com/skalig/skalig/server/register/ssbteksim"
)

// patience is how long the simulated composite service waits for an agency, longer than
// a page does.
const patience = 4 * time.Second

// A World is one demonstration's.
type World struct{}

// New makes one.
func New() World { return World{} }

// Municipalities are the invented ones, where the configuration names no other.
func (World) Municipalities() []municipality.Municipality { return Municipalities() }

// Operators keep the demonstration running, as in the claim orgAffiliation.
func (World) Operators() []string { return []string{demoidp.Operator} }

// SignIn is how people sign in to a service at url.
func (World) SignIn(url string) municipality.SignIn {
	return municipality.SignIn{Issuer: url + demoidp.Path, ClientID: demoidp.ClientID, Contexts: []string{demoidp.Context}}
}

// choice is what the page shows where a person is chosen.
type choice struct {
	Request string
	Action  string
	Persons []demoidp.Person
}

// Provider serves what SignIn names, under path. show renders the page where a person is
// chosen, with its data.
func (World) Provider(url string, show func(w http.ResponseWriter, r *http.Request, data any)) (path string, h http.Handler, err error) {
	p, err := demoidp.New(url, func(w http.ResponseWriter, r *http.Request, request string) {
		show(w, r, choice{Request: request, Action: demoidp.Path + "/valj", Persons: demoidp.Persons})
	})
	if err != nil {
		return "", nil, err
	}
	return demoidp.Path + "/", p.Handler(), nil
}

// BackChannel reports whether it is the service that asks the provider for a path, and
// not somebody's browser.
func (World) BackChannel(path string) bool {
	switch path {
	case demoidp.Path + "/.well-known/openid-configuration", demoidp.Path + "/keys", demoidp.Path + "/oauth/token":
		return true
	}
	return false
}

// Registers connects municipalities to simulated agencies, by the same client and the
// same mutual TLS as in earnest, until done is called.
func (World) Registers(today time.Time, all []municipality.Municipality) (_ register.ByMunicipality, done func(context.Context) error, err error) {
	number := map[string]string{}
	for _, p := range demoidp.Persons {
		number[p.ID] = p.Number
	}
	var slow []string
	for n := range demoidp.Slow {
		slow = append(slow, demoidp.Test(demoidp.Tests-1-n).Number)
	}
	people := register.NewDemo(today, number["alva"], number["bo"], number["cleo"], slow...)
	place, err := ssbteksim.Open(&ssbteksim.Simulator{People: people, Patience: patience})
	if err != nil {
		return nil, nil, err
	}
	connectors := register.ByMunicipality{}
	for i := range all {
		m := &all[i]
		c := ssbtek.Config{URL: place.URL, Organisation: "162120009999", Name: m.Name, Actor: "demo-" + m.Code}
		if connectors[m.Code], err = ssbtek.Connect(c, place.Client, place.Roots()); err != nil {
			return nil, nil, err
		}
	}
	return connectors, place.Close, nil
}
