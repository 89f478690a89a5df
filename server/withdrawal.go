package server

import (
	"net/http"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// withdrawalData is the page arende-ta-tillbaka.
type withdrawalData struct{ ID, Month string }

// withdrawal asks whether an application that waits is to be taken back.
func (s *service) withdrawal(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	file, err := s.store.Read(r.Context(), who.Caller(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if file.State != store.StateQueued { // there is nothing left to take back
		http.Redirect(w, r, "/arende/"+file.ID, http.StatusSeeOther)
		return nil
	}
	s.render(w, r, http.StatusOK, "arende-ta-tillbaka", site.Page{Title: "Ta tillbaka ansökan", User: who.Name, Role: string(who.Role),
		Data: withdrawalData{ID: file.ID, Month: file.Month}})
	return nil
}

// withdraw takes it back in the applicant's own words to the caseworker, who writes the
// case off: of a couple's application one cannot do it for both.
func (s *service) withdraw(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	file, err := s.store.Read(r.Context(), who.Caller(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if file.State == store.StateQueued {
		month, err := s.site.Words("sv").Month(file.Month)
		if err != nil {
			return err
		}
		text := "Jag tar tillbaka min ansökan för " + month + "."
		if err := s.flow.Say(r.Context(), who.Caller(), file.ID, who.Ref, flow.MessageBody{Name: who.Name, Text: text}); err != nil {
			return err
		}
	}
	http.Redirect(w, r, "/arende/"+file.ID+"#meddelanden", http.StatusSeeOther)
	return nil
}
