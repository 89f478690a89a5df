package application

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/skalig/skalig/server/idnumber"
	"github.com/skalig/skalig/server/tongue"
)

// maxText bounds what is typed in one field.
const maxText = 2000

// A reader takes fields from a form and collects what is wrong.
type reader struct {
	form   url.Values
	faults []Fault
}

func (r *reader) fail(field, text string) {
	r.faults = append(r.faults, Fault{Field: field, Text: text})
}

// text gives a field without the space around it, and cut where it is too long
// for any honest answer.
func (r *reader) text(field string) string {
	t := strings.TrimSpace(strings.ReplaceAll(r.form.Get(field), "\r\n", "\n"))
	if !utf8.ValidString(t) || strings.ContainsRune(t, 0) {
		r.fail(field, "Skriv med vanliga tecken")
		return ""
	}
	if utf8.RuneCountInString(t) > maxText {
		r.fail(field, fmt.Sprintf("Skriv högst %d tecken", maxText))
	}
	return t
}

// one gives a field that must be one of the choices, or empty where none is
// needed.
func (r *reader) one(field, fault string, choices ...string) string {
	t := r.text(field)
	if slices.Contains(choices, t) {
		return t
	}
	if t != "" || fault != "" {
		r.fail(field, first(fault, "Välj ett av svaren"))
	}
	return ""
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// number gives a whole number between low and high as typed; empty is a fault
// where fault is set.
func (r *reader) number(field string, low, high int64, fault string) string {
	t := r.text(field)
	if t == "" {
		if fault != "" {
			r.fail(field, fault)
		}
		return ""
	}
	if n := count(t); n == nil || *n < low || *n > high {
		r.fail(field, fmt.Sprintf("Skriv ett helt tal från %d till %d", low, high))
	}
	return t
}

// money gives an amount as typed, empty where there is none.
func (r *reader) money(field string) string {
	t := r.text(field)
	if t == "" {
		return ""
	}
	if _, problem := readAmount(t); problem != "" {
		r.faults = append(r.faults, Fault{Field: field, Problem: problem})
	}
	return t
}

// adultAge is from when somebody applies for themselves.
const adultAge = 18

// age gives an adult's age as typed, without the word for years.
func (r *reader) age(field string) string {
	t := strings.TrimSpace(strings.TrimSuffix(strings.ToLower(r.text(field)), "år"))
	switch n := count(t); {
	case t == "":
		r.fail(field, "Skriv åldern, från 18 år")
	case n == nil || *n > 120:
		r.fail(field, "Skriv åldern i hela år, från 18 till 120")
	}
	return t
}

func (a *Answers) readHousehold(r *reader) {
	switch r.one("adults", "Välj om du söker själv eller tillsammans med någon", "1", "2") {
	case "1":
		a.Adults = 1
	case "2":
		a.Adults = 2
	}
	a.Children = r.number("children", 0, 20, "Skriv hur många barn som bor hos dig, 0 om inget")
	old := a.Persons
	a.Persons = nil
	person := func(id string) Person {
		for _, p := range old {
			if p.ID == id {
				return p
			}
		}
		return Person{ID: id}
	}
	for n := 1; n <= max(a.Adults, 1); n++ {
		p := person("p" + strconv.Itoa(n))
		if known := a.knownAge(&p); known != "" {
			p.Age = known
		} else {
			p.Age = r.age(p.ID + "-age")
		}
		if age := count(p.Age); age != nil && *age < adultAge {
			r.fail(p.ID+"-age", "Den som är under 18 söker inte själv här. Ring socialtjänsten i din kommun, eller Bris på 116 111")
		}
		p.Before = r.one(p.ID+"-before", "Svara på frågan om bistånd månaden före", "yes", "no", "unknown")
		if p.Months = ""; p.Before == "yes" {
			p.Months = r.number(p.ID+"-months", 1, 600, "")
		}
		p.StimulusFrom = r.stimulus(p.ID)
		if p.School = ""; a.AsksSchool(p) {
			p.School = r.one(p.ID+"-school", "", "yes", "no")
		}
		a.Persons = append(a.Persons, p)
	}
	for n := 1; n <= a.children() && n <= 20; n++ {
		a.Persons = append(a.Persons, person("c"+strconv.Itoa(n)))
	}
	if a.children() == 0 {
		a.done("barn")
	} else if !slices.EqualFunc(old, a.Persons, func(x, y Person) bool { return x.ID == y.ID }) {
		a.undone("barn")
	}
	if a.Adults < 2 {
		a.Partner = Partner{}
		a.undone("medsokande")
	}
	// An income of somebody who is no longer there is nobody's.
	a.Rows = slices.DeleteFunc(a.Rows, func(row Row) bool { return row.Person != "" && a.Person(row.Person) == nil })
}

// stimulus is when jobbstimulans began: its two years run whether or not there was
// support the month before.
func (r *reader) stimulus(id string) string {
	switch had := r.one(id+"-stimulus", "", Never, "yes", StartUnknown); had {
	case Never, StartUnknown:
		return had
	}
	from := r.text(id + "-from")
	if from != "" && !isMonth(from) {
		r.fail(id+"-from", "Skriv månaden som 2026-03, eller lämna tomt")
	}
	return from
}

func (a *Answers) undone(section string) {
	a.Done = slices.DeleteFunc(a.Done, func(s string) bool { return s == section })
}

func (a *Answers) readChildren(r *reader) {
	for i := range a.Persons {
		p := &a.Persons[i]
		if p.Adult() {
			continue
		}
		p.readBorn(r, a.Month)
		p.Days = r.number(p.ID+"-days", 1, 31, "")
		p.Lunch = r.one(p.ID+"-lunch", "", "home", "away")
		p.School = r.one(p.ID+"-school", "", "yes", "no")
		p.Earned = r.money(p.ID + "-earned")
	}
}

func (a *Answers) readPartner(r *reader) {
	a.Partner.Name = strings.Join(strings.Fields(r.text("partner-name")), " ")
	if a.Partner.Name == "" {
		r.fail("partner-name", "Skriv namnet på den du ansöker tillsammans med")
	}
	typed := r.text("partner-number")
	a.Partner.Number = typed
	switch n, ok := Number(typed); {
	case !ok:
		r.fail("partner-number", "Skriv personnumret med tolv siffror, till exempel 19800101-0000, och kontrollera det")
	case n == a.Number:
		r.fail("partner-number", "Det är ditt eget personnummer. Skriv numret för den du ansöker tillsammans med")
	default:
		a.Partner.Number = n
	}
	a.SetAges()
}

// Number reads an identity number as people write it: twelve digits, with a
// hyphen or a space or without.
func Number(typed string) (string, bool) {
	n := strings.NewReplacer("-", "", " ", "", "\u00a0", "").Replace(typed)
	if !idnumber.Valid(n) {
		return "", false
	}
	return n, true
}

func isMonth(s string) bool {
	if len(s) != 7 || s[4] != '-' {
		return false
	}
	y, m := count(s[:4]), count(s[5:])
	return y != nil && m != nil && *m >= 1 && *m <= 12
}

func (a *Answers) readHousing(r *reader) {
	h := &a.Housing
	h.Tenure = r.one("tenure", "Välj hur du bor", "rent", "sublet", "lodger", "own", "homeless")
	h.Rooms = r.number("rooms", 0, 50, "")
	h.Shared = r.one("shared", "Svara på om ni delar bostaden med andra vuxna", "yes", "no")
	h.Members, h.Whole, h.Own, h.Common = "", "", "", ""
	if h.Shared == "yes" {
		h.Members = r.number("members", int64(len(a.Persons))+1, 100, "Skriv hur många som bor där sammanlagt")
		h.Whole = r.one("whole", "", "yes", "no")
		h.Own = r.number("own", 0, 50, "")
		h.Common = r.number("common", 0, 50, "")
	}
}

// Fields are the rows of a group as the page shows them: those that there are, and
// an empty one for each kind that is missing.
func (a *Answers) Fields(group, person string) []Row {
	var out []Row
	for _, k := range kindsOf(group) {
		found := false
		for _, row := range a.Rows {
			if row.Group == group && row.Kind == k.code && row.Person == person {
				out = append(out, row)
				found = true
			}
		}
		if !found && asked(group, k.code, person) {
			out = append(out, Row{ID: rowID(group, person, k.code), Group: group, Kind: k.code, Person: person})
		}
	}
	return out
}

// asked says whether a kind of income is asked of a person: the household's of
// the applicant alone, and of a child nothing but its wage.
func asked(group, code, person string) bool {
	switch {
	case group == "cost":
		return true
	case strings.HasPrefix(person, "c"):
		return code == "wage"
	case person == "p1":
		return true
	}
	return !slices.Contains(joint, code)
}

func (a *Answers) readRows(r *reader, group string) {
	persons := []string{""}
	if group == "income" {
		persons = nil
		for _, p := range a.Persons {
			persons = append(persons, p.ID)
		}
	}
	var rows []Row
	for _, row := range a.Rows {
		if row.Group != group {
			rows = append(rows, row)
		}
	}
	for _, person := range persons {
		for _, row := range a.Fields(group, person) {
			row.Amount = r.money(row.ID)
			row.Unknown = r.form.Get(row.ID+"-unknown") == "ja"
			if row.Kind == "workTravel" {
				row.Km = r.number(row.ID+"-km", 0, 1000, "")
			}
			row.Disputed = r.text(row.ID + "-disputed")
			if row.Mark == Ended && row.Amount != "" {
				row.Mark = Changed
			}
			if row.Mark == "" && a.Last != "" && row.Last == "" {
				row.Mark = Added
			}
			if row.Amount != "" || row.Unknown || row.Last != "" || row.Disputed != "" {
				rows = append(rows, row)
			}
		}
	}
	a.Rows = rows
}

func (a *Answers) readAssets(r *reader) {
	a.Assets = r.money("assets")
	a.Surplus = r.money("surplus")
	if a.SurplusMonth = r.text("surplus-month"); a.SurplusMonth != "" && !isMonth(a.SurplusMonth) {
		r.fail("surplus-month", "Skriv månaden som 2026-03, eller lämna tomt")
	}
	a.Special = nil
	for _, s := range Specials {
		if r.form.Get("special-"+s.Code) == "ja" {
			a.Special = append(a.Special, s.Code)
		}
	}
}

func (a *Answers) readContact(r *reader) {
	a.Contact = Contact{Phone: r.text("phone"), Language: tongue.Kept(r.text("language")), Planning: r.text("planning"),
		Notice: r.one("notice", "", "here", "phone", "letter")}
	if t := strings.Trim(a.Contact.Phone, "0123456789+- "); t != "" {
		r.fail("phone", "Skriv telefonnumret med siffror, eller lämna tomt")
	}
}

// Basis reads the first section; months and municipalities are those that can be
// applied for and to.
func (a Answers) Basis(form url.Values, months, municipalities []string) (Answers, []Fault) {
	b := a.clone()
	r := reader{form: form}
	b.Month = r.one("month", "Välj vilken månad du ansöker för", months...)
	b.Municipality = r.one("municipality", "Välj din kommun", municipalities...)
	if r.faults == nil {
		b.done("grund")
		if p := b.Person("p1"); p == nil {
			b.Persons = []Person{{ID: "p1"}}
		}
		b.SetAges()
	}
	return b, r.faults
}
