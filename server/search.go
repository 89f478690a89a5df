package server

import (
	"context"
	"net/http"
	"strings"

	"github.com/skalig/skalig/server/application"
	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// latest is how many decided cases are listed.
const latest = 50

// searchData is the page handlaggare-sok.
type searchData struct {
	Board   string
	Sought  string
	Done    bool
	Found   []foundRow
	Decided []foundRow
}

// foundRow is a case in a list, without anybody's name.
type foundRow struct {
	ID, Month, Day, State string
	Acute, Sealed         bool
}

var caseStates = map[store.State]string{store.StateSubmitted: "Kommer in", store.StateQueued: "Väntar på beslut", store.StateDecided: "Skrivs in i loggen"}

var outcomes = map[string]string{"granted": "Beviljat", "partly": "Beviljat till en del", "refused": "Avslag", "dismissed": "Avslutat utan prövning"}

func foundRows(cases []store.Case) (out []foundRow) {
	for _, c := range cases {
		row := foundRow{c.ID, c.Month, day(c.SubmittedAt), caseStates[c.State], c.AcuteNeed, c.Protected}
		if c.State == store.StatePublished {
			row.Day, row.State = day(c.DecidedAt), outcomes[c.Outcome]
		}
		out = append(out, row)
	}
	return out
}

// searchPage lists what is decided lately, and finds cases.
func (s *service) searchPage(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	return s.showSearch(w, r, who, http.StatusOK, searchData{}, nil)
}

func (s *service) showSearch(w http.ResponseWriter, r *http.Request, who auth.Identity, code int, data searchData, errs []site.FieldError) error {
	decided, err := s.store.Latest(r.Context(), who.Caller(), latest)
	if err != nil {
		return err
	}
	data.Board, data.Decided = s.board(who.Municipality, ""), foundRows(decided)
	s.render(w, r, code, "handlaggare-sok", site.Page{Title: "Sök ärende", User: who.Name, Role: string(who.Role), Errors: errs, Data: data})
	return nil
}

// search finds a person's cases by identity number, or a case by how its id begins. What
// is sought comes in the form: a number stands in no address.
func (s *service) search(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	sought, err := field(r, "sought")
	if err != nil {
		return err
	}
	data := searchData{Sought: strings.TrimSpace(sought), Done: true}
	cases, ok, err := s.find(r.Context(), who, data.Sought)
	if err != nil {
		return err
	}
	if !ok {
		data.Done = false
		return s.showSearch(w, r, who, http.StatusUnprocessableEntity, data, []site.FieldError{{Field: "sought", Text: "Skriv ett personnummer med tolv siffror, eller ärendets första åtta tecken"}})
	}
	data.Found = foundRows(cases)
	return s.showSearch(w, r, who, http.StatusOK, data, nil)
}

func (s *service) find(ctx context.Context, who auth.Identity, sought string) ([]store.Case, bool, error) {
	if number, ok := application.Number(sought); ok {
		cases, err := s.store.OfPerson(ctx, who.Caller(), s.auth.Reference(number))
		return cases, true, err
	}
	sought = strings.ToLower(sought)
	if n := len(sought); n < store.ShortestPrefix || n > 26 || strings.Trim(sought, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return nil, false, nil
	}
	cases, err := s.store.Beginning(ctx, who.Caller(), sought)
	return cases, true, err
}
