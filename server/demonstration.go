package server

import (
	"context"
	"net/http"
	"time"

	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/server/municipality"
	"github.com/skalig/skalig/server/register"
	"github.com/skalig/skalig/server/release"
	"github.com/skalig/skalig/site"
)

// A Demonstration stands in for the world around a service; package demo has the one
// there is, and says of each part what it does. The service is the same with it.
type Demonstration interface {
	Municipalities() []municipality.Municipality
	Operators() []string
	SignIn(url string) municipality.SignIn
	Provider(url string, show func(w http.ResponseWriter, r *http.Request, data any)) (path string, h http.Handler, err error)
	BackChannel(path string) bool
	Registers(today time.Time, all []municipality.Municipality) (register.ByMunicipality, func(context.Context) error, error)
	Release(data, today string, guidelines []municipal.Entry, inForce func(guideline string) (bool, error)) ([]release.Approver, error)
}

// demonstrate fills in what a demonstration decides for itself.
func (c *Config) demonstrate() {
	c.SignIn = c.Demo.SignIn(c.URL)
	if len(c.Municipalities) == 0 {
		c.Municipalities = c.Demo.Municipalities()
	}
	if len(c.Operators) == 0 {
		c.Operators = c.Demo.Operators()
	}
}

// demonstrated has what this build decides by approved.
func (s *service) demonstrated() (err error) {
	today := s.today()
	s.c.Approvers, err = s.c.Demo.Release(s.c.Data, today, s.book.All(), func(guideline string) (bool, error) {
		return s.store.InForce(s.engineHex, guideline, today)
	})
	return err
}

// choosePerson is the page to sign in on.
func (s *service) choosePerson(w http.ResponseWriter, r *http.Request, data any) {
	s.render(w, r, http.StatusOK, "demo", site.Page{Title: "Välj vem du är", Data: data})
}
