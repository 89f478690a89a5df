package server

import (
	"net/http"
	"strings"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/site"
)

// sessionsData is the page sessioner.
type sessionsData struct{ Sessions []sessionView }

type sessionView struct {
	auth.Session
	When string
}

// sessions shows a person where they are signed in.
func (s *service) sessions(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	list, err := s.auth.Own(r.Context(), who)
	if err != nil {
		return err
	}
	var data sessionsData
	for _, v := range list {
		data.Sessions = append(data.Sessions, sessionView{v, clock(v.Began.UnixMilli())})
	}
	s.render(w, r, http.StatusOK, "sessioner", site.Page{Title: "Här är du inloggad", User: who.Name, Role: string(who.Role), Data: data})
	return nil
}

// endSessions ends one of the person's sessions, or all of them.
func (s *service) endSessions(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	id, err := field(r, "id")
	if err != nil {
		return err
	}
	if err := s.auth.End(r.Context(), who, id); err != nil {
		return err
	}
	if id == "" {
		if err := s.auth.Leave(r.Context()); err != nil {
			return err
		}
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return nil
	}
	http.Redirect(w, r, "/sessioner", http.StatusSeeOther)
	return nil
}

// away is the page that the quick exit leads to: one that anybody may have open.
const away = "https://www.smhi.se/"

// leave is the quick exit: it ends the session and leads away, by an ordinary
// link, so that it works without a script. A link on another site leads away too,
// but signs nobody out.
func (s *service) leave(w http.ResponseWriter, r *http.Request) error {
	own := r.Header.Get("Sec-Fetch-Site") == "same-origin" || r.Header.Get("Sec-Fetch-Site") == "" && strings.HasPrefix(r.Referer(), s.c.URL+"/")
	if own {
		if err := s.auth.Leave(r.Context()); err != nil {
			return err
		}
		w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	}
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, away, http.StatusSeeOther)
	return nil
}
