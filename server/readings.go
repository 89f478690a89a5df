package server

import (
	"net/http"
	"strings"
	"time"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// readingsData is the page lasningar.
type readingsData struct {
	Rows   []readingRow
	More   bool
	Own    int    // of the person's own reads, which are counted and not listed
	Digest string // the last day that is bound to the log, or empty
}

type readingRow struct {
	When, Who, What string
	Case            string
	Refused         bool
}

// readings shows a person who has read the own cases.
func (s *service) readings(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	list, more, err := s.store.Readings(r.Context(), who.Caller())
	if err != nil {
		return err
	}
	data := readingsData{More: more}
	for _, x := range list {
		if x.Own {
			data.Own++
			continue
		}
		data.Rows = append(data.Rows, readingRow{When: time.UnixMilli(x.At).In(flow.Stockholm).Format("2006-01-02 15:04"),
			Who: reader(x), What: actions(x.Action), Case: x.Case, Refused: x.Refused})
	}
	digests, err := s.store.Notices(store.KindDigest)
	if err != nil {
		return err
	}
	if len(digests) > 0 {
		data.Digest = digests[len(digests)-1].Name
	}
	s.render(w, r, http.StatusOK, "lasningar", site.Page{Title: "Vem har läst mina ärenden", User: who.Name, Role: string(who.Role), Data: data})
	return nil
}

// reader names who read, by role where there is no name: another applicant is
// the one who applied together with the person, or was refused.
func reader(x store.Reading) string {
	role := map[store.Role]string{store.Applicant: "En annan sökande", store.Caseworker: "Handläggare", store.Approver: "Attestant",
		store.Auditor: "Revisor", store.Administrator: "Administratör", store.Operator: "Driftpersonal"}[x.Role]
	if x.Name == "" {
		return role
	}
	return x.Name + ", " + strings.ToLower(role)
}

// actions says in Swedish what was done. What is not in the list is a read.
func actions(action string) string {
	for _, a := range []struct{ prefix, text string }{
		{"list queue", "Såg ärendet i en lista"}, {"list", "Såg ärendet i en lista"}, {"read sample", "Granskade beslutet i ett urval"},
		{"read document", "Öppnade en handling"}, {"hand in", "Lämnade in en handling"}, {"read batch", "Öppnade betalfilen med din utbetalning"}, {"write", "Försökte ändra i ärendet"}, {"read", "Läste ärendet"},
	} {
		if strings.HasPrefix(action, a.prefix) {
			return a.text
		}
	}
	return "Använde ärendet"
}
