package server

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/skalig/skalig/server/application"
	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/idnumber"
	"github.com/skalig/skalig/server/store"
)

// sectionData is the page ansok-del: one section of an application.
type sectionData struct {
	*place
	Section        application.Section
	A              application.Answers // as typed
	Months         []string
	Municipalities []town
	Moved          bool // the application was changed in another window
	Back           bool // what was typed before the session ended is here again
	faults         []application.Fault
}

// Fault is what is wrong with a field.
func (d sectionData) Fault(field string) string {
	for _, f := range d.faults {
		if f.Field == field {
			return f.Text
		}
	}
	return ""
}

// An inputField is one field of the page.
type inputField struct {
	ID, Label, Hint, Value, Class, Mode, Fault string
	List                                       string // id of what is offered, where something is
	Options                                    []option
}

type option struct {
	Value, Label string
	Chosen       bool
}

// Field is a field to write in; class says of what sort: short, money or empty.
func (d sectionData) Field(id, label, hint, value, class string) inputField {
	mode := map[string]string{"short": "numeric", "money": "decimal"}[class]
	return inputField{ID: id, Label: label, Hint: hint, Value: value, Class: class, Mode: mode, Fault: d.Fault(id)}
}

// Choice is a question with a few answers, each "value=label".
func (d sectionData) Choice(id, label, hint, value string, options ...string) inputField {
	f := inputField{ID: id, Label: label, Hint: hint, Value: value, Fault: d.Fault(id)}
	for _, o := range options {
		v, text, _ := strings.Cut(o, "=")
		f.Options = append(f.Options, option{v, text, v == value})
	}
	return f
}

// Special says whether a circumstance was told.
func (d sectionData) Special(code string) bool {
	for _, c := range d.A.Special {
		if c == code {
			return true
		}
	}
	return false
}

// Specials and Tenures are the choices of their questions.
func (sectionData) Specials() []struct{ Code, Label string } { return application.Specials }
func (sectionData) Tenures() []struct{ Code, Label string }  { return application.Tenures }

// Adults are the fields of both adults, whether there are two or not: without a
// script nothing can appear when a box is ticked.
func (d sectionData) Adults() []application.Person {
	out := []application.Person{{ID: "p1"}, {ID: "p2"}}
	for i := range out {
		if p := d.A.Person(out[i].ID); p != nil {
			out[i] = *p
		}
	}
	return out
}

// KnowsAge says whether a person's age need not be asked for.
func (d sectionData) KnowsAge(p application.Person) bool { return d.A.KnowsAge(p) }

// AsksSchool says whether an adult may be a pupil.
func (d sectionData) AsksSchool(p application.Person) bool { return d.A.AsksSchool(p) }

// Childs are the children of the household.
func (d sectionData) Childs() []application.Person {
	var out []application.Person
	for _, p := range d.A.Persons {
		if !p.Adult() {
			out = append(out, p)
		}
	}
	return out
}

// Number is a child's place among the children.
func (d sectionData) Number(p application.Person) string { return strings.TrimPrefix(p.ID, "c") }

// Whose names the person whose incomes are asked for.
func (d sectionData) Whose(p application.Person) string {
	switch who := d.A.Whose(p.ID); who {
	case "", "du":
		if d.Desk {
			return "Sökandens inkomster"
		}
		return "Dina inkomster"
	case "medsökande":
		return "Medsökandens inkomster"
	default:
		return "Inkomster för " + who
	}
}

// Rows are the fields of costs, or of a person's incomes.
func (d sectionData) Rows(group, person string) []application.Row { return d.A.Fields(group, person) }

// AdultsText is the answer to how many apply.
func (d sectionData) AdultsText() string {
	return map[int]string{1: "1", 2: "2"}[d.A.Adults]
}

// Carried are the rows that come from last month.
func (d sectionData) Carried() []application.Row { return d.A.Carried() }

// Was says what a row was last month, and New what has been typed of it now.
func (d sectionData) Was(r application.Row) string {
	label := r.Label()
	if who := d.A.Whose(r.Person); r.Group == "income" && who != "" {
		label += " (" + who + ")"
	}
	return label + ": " + r.Last + " kr"
}

func (d sectionData) New(r application.Row) string {
	if r.Mark == application.Changed {
		return r.Amount
	}
	return ""
}

// A rowView is one cost or income with its fields.
type rowView struct {
	ID, Label, Reading string
	Field              inputField
	Km                 *inputField
	Unknown            bool
}

// Earned is the month that incomes are asked for.
func (d sectionData) Earned() string { return flow.MonthBefore(d.A.Month) }

// Row is the fields of a row. An amount is read back as it was understood.
func (d sectionData) Row(r application.Row) rowView {
	hint := ""
	if r.Last != "" {
		hint = "Förra månaden " + r.Last + " kr"
	}
	v := rowView{ID: r.ID, Label: r.Label(), Unknown: r.Unknown, Field: d.Field(r.ID, r.Label(), hint, r.Amount, "money")}
	if ore, ok := application.Amount(r.Amount); ok && r.Amount != "" {
		v.Reading = application.Kronor(ore) + " kr"
	}
	if r.Kind == "workTravel" {
		km := d.Field(r.ID+"-km", "Kilometer till arbetet, en väg", "", r.Km, "short")
		v.Km = &km
	}
	return v
}

// Year is that of the month before, for the question of what a child has earned.
func (d sectionData) Year() string {
	m := d.Earned()
	return m[:min(4, len(m))]
}

// section shows one section of the form.
func (s *service) section(w http.ResponseWriter, r *http.Request, who auth.Identity, p *place) error {
	sec, err := s.sectionOf(r, p)
	if err != nil {
		return err
	}
	if sec.Name == "underlag" {
		return s.papers(w, r, who, p)
	}
	if p.Answers.Status(sec.Name) == application.Waiting || p.Answers.Status(sec.Name) == application.NotNeeded {
		http.Redirect(w, r, p.Base, http.StatusSeeOther)
		return nil
	}
	if typed, ok := s.auth.Unstash(r.Context(), r.URL.Path, who); ok {
		a, faults := s.read(p, who, sec.Name, typed)
		return s.showSection(w, r, who, http.StatusOK, p, sectionData{Section: sec, A: a, Back: true, faults: faults})
	}
	return s.showSection(w, r, who, http.StatusOK, p, sectionData{Section: sec, A: p.Answers})
}

func (s *service) sectionOf(r *http.Request, p *place) (application.Section, error) {
	sec, ok := application.Find(r.PathValue("section"))
	if !ok || p.Desk && sec.Name == "forra" {
		return sec, store.ErrNotFound
	}
	return sec, nil
}

// unborn says that a number begins with a day that has not come.
const unborn = "Numret börjar med en dag som inte har kommit än. Kontrollera det"

func (s *service) born(number string) bool {
	return idnumber.Born(number, s.c.Clock().In(flow.Stockholm))
}

// readPartner reads who the applicant applies with: somebody else, who is born.
func (s *service) readPartner(p *place, form url.Values) (application.Answers, []application.Fault) {
	a, faults := p.Answers.Read("medsokande", form)
	wrong := func(text string) { faults = append(faults, application.Fault{Field: "partner-number", Text: text}) }
	switch number, ok := application.Number(a.Partner.Number); {
	case !ok || number == a.Number: // which is said
	case !s.born(number):
		wrong(unborn)
	case s.auth.Reference(number) == p.Form.Owner:
		wrong("Det är ett personnummer som du själv har haft. Skriv numret för den du ansöker tillsammans med")
	}
	return a, faults
}

func (s *service) read(p *place, who auth.Identity, name string, form url.Values) (application.Answers, []application.Fault) {
	switch name {
	case "medsokande":
		return s.readPartner(p, form)
	case "grund":
	default:
		a, faults := p.Answers.Read(name, form)
		for i, f := range faults {
			if f.Problem != "" {
				faults[i].Text = s.problems[f.Problem]
			}
		}
		return a, faults
	}
	var codes []string
	for _, m := range s.townsFor(who) {
		codes = append(codes, m.Code)
	}
	return p.Answers.Basis(form, s.flow.OpenMonths(), codes)
}

func (s *service) showSection(w http.ResponseWriter, r *http.Request, who auth.Identity, code int, p *place, d sectionData) error {
	d.place, d.Months, d.Municipalities = p, s.flow.OpenMonths(), s.townsFor(who)
	s.fill(w, r, who, code, "ansok-del", d.Section.Title, d.faults, d)
	return nil
}

// saveSection reads one section and keeps it. What is wrong comes back as it was
// typed, and nothing is kept of it.
func (s *service) saveSection(w http.ResponseWriter, r *http.Request, who auth.Identity, p *place) error {
	sec, err := s.sectionOf(r, p)
	if err != nil {
		return err
	}
	if err := parsed(r); err != nil {
		return err
	}
	if sec.Name == "underlag" {
		return s.savePapers(w, r, who, p)
	}
	a, faults := s.read(p, who, sec.Name, r.PostForm)
	if faults != nil {
		return s.showSection(w, r, who, http.StatusUnprocessableEntity, p, sectionData{Section: sec, A: a, faults: faults})
	}
	err = s.save(r, who, p, a)
	if errors.Is(err, store.ErrFormMoved) {
		return s.showSection(w, r, who, http.StatusConflict, p, sectionData{Section: sec, A: a, Moved: true})
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, strings.TrimSuffix(p.Base+"/"+s.onward(r, p, sec.Name), "/"), http.StatusSeeOther)
	return nil
}

// onward is where a saved section leads: back to the page to check where the
// person came from there, else to the next section that is not answered.
func (s *service) onward(r *http.Request, p *place, name string) string {
	if next := p.Answers.Next(name); next != "" && r.PostForm.Get("till") != "kontrollera" {
		return next
	}
	if len(p.Answers.Left()) == 0 {
		return "kontrollera"
	}
	return p.Answers.Next("")
}
