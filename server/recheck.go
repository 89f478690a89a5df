package server

import (
	"errors"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	home "github.com/skalig/skalig/server/household"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// rechecksData is the page omprovning.
type rechecksData struct {
	Percent int
	Draws   []store.Draw
	Open    []store.Recheck
	Done    int
	Turned  int
}

// rechecks lists the automatic grants that a human judges anew.
func (s *service) rechecks(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	draws, cases, err := s.store.Rechecks(r.Context(), who.Caller())
	if err != nil {
		return err
	}
	data := rechecksData{Percent: flow.RecheckPercent, Draws: draws}
	for _, c := range cases {
		switch {
		case !c.Done:
			data.Open = append(data.Open, c)
		default:
			data.Done++
			if c.Overturned {
				data.Turned++
			}
		}
	}
	s.render(w, r, http.StatusOK, "omprovning", site.Page{Title: "Månadens stickprov", Data: data})
	return nil
}

// blindData is the page omprovning-arende: what was applied for, and nothing of
// what the machine came to until a human has said what is right.
type blindData struct {
	ID       string
	Month    string
	Facts    household
	Outcome  string
	Amount   string
	Note     string
	Judgment *flow.RecheckedBody // once it is made
}

// recheck shows a drawn case without the machine's amount.
func (s *service) recheck(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	return s.showRecheck(w, r, who, http.StatusOK, blindData{}, nil)
}

func (s *service) showRecheck(w http.ResponseWriter, r *http.Request, who auth.Identity, code int, data blindData, errs []site.FieldError) error {
	id := r.PathValue("id")
	_, cases, err := s.store.Rechecks(r.Context(), who.Caller())
	if err != nil {
		return err
	}
	var drawn *store.Recheck
	for i := range cases {
		if cases[i].ID == id {
			drawn = &cases[i]
		}
	}
	if drawn == nil {
		return store.ErrNotFound
	}
	file, err := s.store.Read(r.Context(), who.Caller(), id)
	if err != nil {
		return err
	}
	submitted, err := flow.DecodeBody[flow.SubmittedBody](file.Submitted)
	if err != nil {
		return err
	}
	data.ID, data.Month = id, file.Month
	if err := json.Unmarshal(submitted.Facts, &data.Facts); err != nil {
		return errors.New("couldn't read an application's facts")
	}
	if drawn.Done {
		pages, err := s.store.Folder(r.Context(), who.Caller(), id, store.KindRechecked)
		if err != nil {
			return err
		}
		if len(pages[store.KindRechecked]) > 0 {
			body, err := flow.DecodeBody[flow.RecheckedBody](pages[store.KindRechecked][0].Body)
			if err != nil {
				return err
			}
			data.Judgment = &body
		}
	}
	s.render(w, r, code, "omprovning-arende", site.Page{Title: "Stickprov", Errors: errs, Data: data})
	return nil
}

// judge takes what a human came to.
func (s *service) judge(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var data blindData
	if err := fields(r, map[string]*string{"outcome": &data.Outcome, "amount": &data.Amount, "note": &data.Note}); err != nil {
		return err
	}
	data.Note = strings.TrimSpace(data.Note)
	var errs []site.FieldError
	body := flow.RecheckedBody{Outcome: data.Outcome, Note: data.Note, Name: who.Name}
	switch data.Outcome {
	case record.Granted, record.Partly:
		ore, ok := typedAmount(data.Amount)
		if !ok || ore <= 0 {
			errs = append(errs, site.FieldError{Field: "amount", Text: "Skriv beloppet du kommer fram till, till exempel 6 720"})
		}
		body.Amount = home.Ore(ore)
	case record.Refused:
	default:
		errs = append(errs, site.FieldError{Field: "outcome", Text: "Välj vad du kommer fram till"})
	}
	if data.Note == "" || len(data.Note) > 4000 {
		errs = append(errs, site.FieldError{Field: "note", Text: "Skriv hur du har räknat"})
	}
	if errs != nil {
		return s.showRecheck(w, r, who, http.StatusUnprocessableEntity, data, errs)
	}
	if _, err := s.flow.Recheck(r.Context(), who.Caller(), r.PathValue("id"), body); err != nil {
		return err
	}
	http.Redirect(w, r, "/omprovning/"+r.PathValue("id"), http.StatusSeeOther)
	return nil
}
