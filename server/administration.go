package server

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/municipality"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// rosterData is the page administration.
type rosterData struct {
	Municipality *municipality.Municipality
	Board        string
	People       []colleague
	Roles        []store.Role
	Form         colleague // as it was typed
}

// colleague is a member of the caller's municipality.
type colleague struct {
	Member    string       `json:"member"`
	Name      string       `json:"name"`
	Roles     []store.Role `json:"-"`
	Protected bool         `json:"-"`
	Self      bool         `json:"-"`
}

// Has is for the template.
func (c colleague) Has(role store.Role) bool { return slices.Contains(c.Roles, role) }

// roster lists who works for the municipality, with the form that changes it.
func (s *service) roster(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var form colleague
	if typed, ok := s.auth.Unstash(r.Context(), r.URL.Path, who); ok {
		form = typedColleague(typed)
	}
	return s.showRoster(w, r, who, http.StatusOK, form, nil)
}

func (s *service) showRoster(w http.ResponseWriter, r *http.Request, who auth.Identity, code int, form colleague, errs []site.FieldError) error {
	people, err := s.colleagues(r, who)
	if err != nil {
		return err
	}
	data := rosterData{Municipality: s.towns[who.Municipality], Board: s.board(who.Municipality, ""), People: people, Roles: municipality.StaffRoles, Form: form}
	s.render(w, r, code, "administration", site.Page{Title: "Administration", Errors: errs, Data: data})
	return nil
}

// colleagues are the configuration's people with every later change, by name.
func (s *service) colleagues(r *http.Request, who auth.Identity) ([]colleague, error) {
	changed, err := s.store.Roster(r.Context(), who.Caller())
	if err != nil {
		return nil, err
	}
	by := map[string]colleague{}
	for ref, p := range s.staff.seeds {
		if p.Municipality == who.Municipality {
			by[ref] = colleague{p.member, p.name, p.Roles, p.Protected, ref == who.Ref}
		}
	}
	for _, m := range changed {
		c := colleague{Roles: m.Roles, Protected: m.Protected, Self: m.Person == who.Ref}
		if err := json.Unmarshal(m.Body, &c); err != nil {
			return nil, errors.New("couldn't read who a member of staff is")
		}
		by[m.Person] = c
	}
	var out []colleague
	for _, c := range by {
		if len(c.Roles) > 0 {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b colleague) int { return strings.Compare(a.Name+a.Member, b.Name+b.Member) })
	return out, nil
}

// typedColleague is the form as it was typed.
func typedColleague(f url.Values) colleague {
	c := colleague{Member: strings.ToLower(strings.TrimSpace(f.Get("member"))), Name: strings.Join(strings.Fields(f.Get("name")), " "), Protected: f.Get("protected") == "ja"}
	for _, role := range f["role"] {
		c.Roles = append(c.Roles, store.Role(role))
	}
	return c
}

var memberForm = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,63}$`)

// appoint gives someone other roles, or none, and signs them out everywhere.
func (s *service) appoint(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	var member, name, protected string // each once
	if err := fields(r, map[string]*string{"member": &member, "name": &name, "protected": &protected}); err != nil {
		return err
	}
	form := typedColleague(url.Values{"member": {member}, "name": {name}, "protected": {protected}, "role": r.PostForm["role"]})
	for _, role := range form.Roles {
		if !slices.Contains(municipality.StaffRoles, role) {
			return errForm
		}
	}
	var errs []site.FieldError
	if !memberForm.MatchString(form.Member) {
		errs = append(errs, site.FieldError{Field: "member", Text: "Skriv användarnamnet, det som står före @ i tjänstelegitimationen"})
	}
	if form.Name == "" || len(form.Name) > 200 {
		errs = append(errs, site.FieldError{Field: "name", Text: "Skriv för- och efternamn"})
	}
	town := s.towns[who.Municipality]
	if town == nil {
		return errRole
	}
	ref := s.auth.Ref("staff", form.Member+"@"+town.Organisation)
	if ref == who.Ref {
		errs = append(errs, site.FieldError{Field: "member", Text: "Dina egna roller ändrar en annan administratör"})
	}
	if errs != nil {
		return s.showRoster(w, r, who, http.StatusUnprocessableEntity, form, errs)
	}
	body, err := json.Marshal(form)
	if err != nil {
		return err
	}
	head := store.Staff{Municipality: who.Municipality, Person: ref, Roles: form.Roles, Protected: form.Protected, By: who.Ref}
	_, err = s.store.Update(r.Context(), who.Caller(), func(*store.View) (store.Draft, error) {
		return store.Draft{Case: "staff-" + ref[:24], Head: head, Body: body}, nil
	})
	if err != nil {
		return err
	}
	if err := s.auth.End(r.Context(), auth.Identity{Ref: ref}, ""); err != nil {
		return err
	}
	http.Redirect(w, r, "/administration", http.StatusSeeOther)
	return nil
}
