package server

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/skalig/skalig/engine/words"
	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// draft is an application that waits in the session: from the calculator, over
// sign-in, to the button that sends it.
type draft struct {
	Key   string         `json:"key"` // makes sending twice the same as once
	Facts jsontext.Value `json:"facts"`
	Case  string         `json:"case"` // where it was sent
}

// apply takes the facts from the calculator. They stay on the server.
func (s *service) apply(w http.ResponseWriter, r *http.Request) error {
	facts, err := field(r, "facts")
	if err != nil {
		return err
	}
	estimate, err := s.flow.Check([]byte(facts))
	if invalid, ok := errors.AsType[*flow.Invalid](err); ok {
		s.render(w, r, http.StatusUnprocessableEntity, "ansok", site.Page{Title: "Ansökan går inte att skicka", Errors: findings(invalid)})
		return nil
	}
	if err != nil {
		return err
	}
	text, err := json.Marshal(draft{Key: rand.Text(), Facts: estimate.Facts})
	if err != nil {
		return err
	}
	s.auth.Keep(r.Context(), text)
	http.Redirect(w, r, "/ansok/kontrollera", http.StatusSeeOther)
	return nil
}

// field reads one value of a form. Values that are not UTF-8 are refused.
func field(r *http.Request, name string) (string, error) {
	if err := r.ParseForm(); err != nil {
		return "", errors.Join(errForm, err)
	}
	v := r.PostForm[name]
	if len(v) > 1 || len(v) == 1 && !utf8.ValidString(v[0]) {
		return "", errForm
	}
	if len(v) == 0 {
		return "", nil
	}
	return v[0], nil
}

// findings are the engine's errors as an error summary. The calculator has the
// fields; here there is nothing to link to.
func findings(e *flow.Invalid) []site.FieldError {
	var out []site.FieldError
	seen := map[string]bool{}
	for _, f := range e.Findings {
		text := f.Text
		if text == "" {
			text = "En uppgift är fel: " + f.Code + "."
		}
		if !seen[text] {
			seen[text] = true
			out = append(out, site.FieldError{Text: text})
		}
	}
	return out
}

// checkData is the page ansok-kontrollera.
type checkData struct {
	Key         string
	Facts       household
	Explanation words.Explanation
	Registers   []registerView
	Dispute     string
	Disputed    []string
	Name        string
	Attest      bool
	HumanAsked  bool
	AcuteNeed   bool
}

// household is what a person checks before sending: the parts of facts.
type household struct {
	Month        string `json:"month"`
	Municipality string `json:"municipality"`
	Persons      []struct {
		ID                string         `json:"id"`
		Role              string         `json:"role"`
		Age               int            `json:"age"`
		Days              int            `json:"days"`
		Lunch             string         `json:"lunch"`
		School            jsontext.Value `json:"school"`
		Earned            kronor         `json:"earnedThisYear"`
		MonthsInRow       jsontext.Value `json:"monthsInRow"`
		JobbstimulansFrom string         `json:"jobbstimulansFrom"`
	} `json:"persons"`
	Housing struct {
		Tenure    string `json:"tenure"`
		Rooms     int    `json:"rooms"`
		Community int    `json:"community"`
	} `json:"housing"`
	Costs         []row    `json:"costs"`
	Incomes       []row    `json:"incomes"`
	Assets        kronor   `json:"assets"`
	Surplus       kronor   `json:"earlierSurplus"`
	Circumstances []string `json:"circumstances"`
}

type row struct {
	Kind   string         `json:"kind"`
	Person string         `json:"person"`
	Km     jsontext.Value `json:"km"`
	Whole  bool           `json:"whole"`
	Amount kronor         `json:"amount"`
	Month  string         `json:"month"`
	Source string         `json:"source"`
}

// Whose names the person that something belongs to, where there are several.
func (h household) Whose(id string) string {
	adults, children := 0, 0
	for _, p := range h.Persons {
		n := &children
		if p.Role == "adult" {
			n = &adults
		}
		*n++
		switch {
		case p.ID != id:
		case p.Role == "child":
			return "barn " + strconv.Itoa(*n)
		case *n > 1:
			return "partner"
		case len(h.Persons) > 1:
			return "sökande"
		}
	}
	return ""
}

// check shows the answers and the amount before the application is sent.
func (s *service) check(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	d, ok := s.draft(r.Context())
	switch {
	case !ok:
		s.render(w, r, http.StatusOK, "ansok", site.Page{Title: "Du har ingen ansökan att skicka", User: who.Name, Role: string(who.Role)})
		return nil
	case d.Case != "":
		http.Redirect(w, r, "/arende/"+d.Case, http.StatusSeeOther)
		return nil
	}
	return s.showCheck(w, r, who, http.StatusOK, d, checkData{}, nil)
}

func (s *service) showCheck(w http.ResponseWriter, r *http.Request, who auth.Identity, code int, d draft, data checkData, errs []site.FieldError) error {
	estimate, err := s.flow.Check(d.Facts)
	if err != nil {
		return err
	}
	data.Key, data.Name = d.Key, who.Name
	data.Registers = s.registerViews(estimate, s.registersOf(r.Context(), who, estimate, showWithin), data.Disputed)
	if err := errors.Join(json.Unmarshal(estimate.Facts, &data.Facts), json.Unmarshal(estimate.Explanation, &data.Explanation)); err != nil {
		return errors.New("couldn't read the engine's answer")
	}
	s.render(w, r, code, "ansok-kontrollera", site.Page{Title: "Kontrollera och skicka", User: who.Name, Role: string(who.Role), Errors: errs, Data: data})
	return nil
}

// change shows the calculator filled with the draft. Its form goes to apply,
// which puts the new answers in the draft's place.
func (s *service) change(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	d, ok := s.draft(r.Context())
	if !ok || d.Case != "" {
		http.Redirect(w, r, "/ansok/kontrollera", http.StatusSeeOther)
		return nil
	}
	title, err := s.site.Title("sv", "rakna.change.title")
	if err != nil {
		return err
	}
	data := s.calculatorData()
	data.Facts = d.Facts
	s.render(w, r, http.StatusOK, "rakna", site.Page{Title: title, User: who.Name, Role: string(who.Role), Data: data})
	return nil
}

// send makes the draft an application.
func (s *service) send(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	key, err1 := field(r, "key")
	attest, err2 := field(r, "attest")
	human, err3 := field(r, "human")
	acute, err4 := field(r, "acute")
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return err
	}
	d, ok := s.draft(r.Context())
	if !ok || key != d.Key {
		s.render(w, r, http.StatusConflict, "ansok", site.Page{Title: "Du har ingen ansökan att skicka", User: who.Name, Role: string(who.Role)})
		return nil
	}
	disputed, dispute, err := disputeForm(r)
	if err != nil {
		return err
	}
	if attest != "ja" {
		return s.showCheck(w, r, who, http.StatusUnprocessableEntity, d, checkData{HumanAsked: human == "ja", AcuteNeed: acute == "ja", Disputed: disputed, Dispute: dispute},
			[]site.FieldError{{Field: "attest", Text: "Intyga att uppgifterna stämmer"}})
	}
	estimate, err := s.flow.Check(d.Facts)
	if err != nil {
		return err
	}
	id, err := s.flow.Submit(r.Context(), who.Caller(), flow.Application{Key: d.Key, Number: who.Number, Name: who.Name, Facts: d.Facts,
		HumanAsked: human == "ja", AcuteNeed: acute == "ja", Disputed: disputed, Dispute: dispute,
		Registers: s.registersOf(r.Context(), who, estimate, sendWithin)})
	if err != nil {
		return err
	}
	d.Case = id
	if text, err := json.Marshal(d); err == nil {
		s.auth.Keep(r.Context(), text)
	}
	// A decision is shown when its receipt is there, as a rule at once.
	wait, cancel := context.WithTimeout(r.Context(), 3*time.Second)
	defer cancel()
	if err := s.store.Await(wait, id); err != nil && wait.Err() == nil {
		return err
	}
	http.Redirect(w, r, "/arende/"+id, http.StatusSeeOther)
	return nil
}

func (s *service) draft(ctx context.Context) (d draft, ok bool) {
	text := s.auth.Draft(ctx)
	return d, text != nil && json.Unmarshal(text, &d) == nil
}

// mineData is the page mina.
type mineData struct {
	Cases []store.Case
	Draft bool
}

// mine lists a person's cases.
func (s *service) mine(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	cases, err := s.store.Own(r.Context(), who.Caller())
	if err != nil {
		return err
	}
	d, ok := s.draft(r.Context())
	s.render(w, r, http.StatusOK, "mina", site.Page{Title: "Mina ärenden", User: who.Name, Role: string(who.Role),
		Data: mineData{Cases: cases, Draft: ok && d.Case == ""}})
	return nil
}

// choosePerson is the demonstration's page to sign in on.
func (s *service) choosePerson(w http.ResponseWriter, r *http.Request, request string) {
	s.render(w, r, http.StatusOK, "demo", site.Page{Title: "Välj vem du är", Data: demoData(request)})
}
