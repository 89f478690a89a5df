package server

import (
	"net/http"
	"strconv"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// dismissalData is the page avvisning: the decision to dismiss an appeal that came too
// late, as a letter.
type dismissalData struct {
	decisionData
	Appeal   appealView
	Desk     bool
	InPeriod string // the last day on which the appeal would have been in time
	LastDay  string // to appeal the dismissal, for who could read it at once
	MayDo    bool   // the reader may appeal it now
}

// dismissal shows the dismissal of an appeal to whose it was, or to the board.
func (s *service) dismissal(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	n, err := strconv.ParseUint(r.PathValue("n"), 10, 64)
	if err != nil || n == 0 {
		return store.ErrNotFound
	}
	file, err := s.store.Read(r.Context(), who.Caller(), r.PathValue("id"))
	if err != nil {
		return err
	}
	data := dismissalData{Desk: who.Role != store.Applicant}
	if data.decisionData, err = s.show(file); err != nil {
		return err
	}
	if data.Status, err = s.follow(r.Context(), who, &file); err != nil {
		return err
	}
	for _, a := range data.Status.Appeals {
		if a.Dismissal != n || a.Text == nil {
			continue
		}
		data.Appeal, data.LastDay, data.InPeriod = a, lastDay(a.Answer.Day), lastDay(a.Answer.Received)
		against, ok := file.MayAppeal(who.Ref)
		data.MayDo = ok && against == n
		s.render(w, r, http.StatusOK, "avvisning", site.Page{Title: "Ditt överklagande avvisas", User: who.Name, Role: string(who.Role), Data: data})
		return nil
	}
	return store.ErrNotFound
}
