package server

import (
	"net/http"
	"time"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// operationData is the page drift: how the service is, and nothing about anybody.
type operationData struct {
	On       bool // automatic decisions, anywhere
	Config   bool // stopped by configuration
	Towns    []townState
	Queue    int
	Oldest   time.Time
	Unsigned int
	Tree     uint64
	Engine   string
}

type townState struct {
	Code, Name string
	On         bool
}

// operation shows an operator how the service is.
func (s *service) operation(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	return s.showOperation(w, r, http.StatusOK, nil)
}

func (s *service) showOperation(w http.ResponseWriter, r *http.Request, code int, errs []site.FieldError) error {
	on, err := s.store.Automation(store.Everywhere)
	if err != nil {
		return err
	}
	data := operationData{On: on, Config: s.c.StopAutomation, Engine: s.engineHex}
	for _, m := range s.c.Municipalities {
		on, err := s.store.Automation(m.Code)
		if err != nil {
			return err
		}
		data.Towns = append(data.Towns, townState{m.Code, m.Name, on && m.Delegation.Automatic != ""})
	}
	data.Queue, data.Oldest = s.store.Waiting()
	data.Unsigned, _ = s.store.Unsigned()
	data.Tree, _ = s.tree.look(s)
	s.render(w, r, code, "drift", site.Page{Title: "Drift", Errors: errs, Data: data})
	return nil
}

// switchEverywhere stops or restarts automatic decisions in every municipality.
func (s *service) switchEverywhere(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	stopped, reason, err := switchForm(r)
	if err != nil {
		return err
	}
	if reason == "" {
		return s.showOperation(w, r, http.StatusUnprocessableEntity, []site.FieldError{{Field: "reason", Text: "Skriv varför"}})
	}
	if err := s.flow.SwitchEverywhere(r.Context(), who.Caller(), stopped, who.Name, reason); err != nil {
		return err
	}
	http.Redirect(w, r, "/drift", http.StatusSeeOther)
	return nil
}

// signOutAll ends everybody's sessions, the operator's own too. What somebody has
// typed waits for them where its page keeps it.
func (s *service) signOutAll(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	if err := s.auth.EndAll(r.Context()); err != nil {
		return err
	}
	s.c.Log.Warn("everybody was signed out", "by", who)
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}
