package application

import (
	"net/url"
	"slices"
)

// A Section is one page of the form.
type Section struct {
	Name     string
	Title    string
	Optional bool
}

// Sections are all of them, in the order of the task list.
var Sections = []Section{
	{"grund", "Vad du ansöker om", false},
	{"forra", "Vad som är likt förra månaden", false},
	{"hushall", "Vilka som bor i hushållet", false},
	{"barn", "Barnen", false},
	{"medsokande", "Den du ansöker tillsammans med", false},
	{"bostad", "Bostaden", false},
	{"kostnader", "Kostnader", false},
	{"inkomster", "Inkomster", false},
	{"tillgangar", "Pengar och annat som gäller", false},
	{"kontakt", "Hur vi når dig", true},
	{"underlag", "Underlag", true},
}

// Find gives a section by its name.
func Find(name string) (Section, bool) {
	for _, s := range Sections {
		if s.Name == name {
			return s, true
		}
	}
	return Section{}, false
}

// A Status says how far a section has come.
type Status string

// The statuses of the task list.
const (
	Completed  Status = "done"
	NotStarted Status = "todo"
	Waiting    Status = "wait" // cannot be started yet
	NotNeeded  Status = "none"
)

// Status gives that of a section.
func (a *Answers) Status(name string) Status {
	switch name {
	case "forra":
		if a.Kind != Renewal || !a.carried() {
			return NotNeeded
		}
	case "barn":
		if a.answered("hushall") && a.children() == 0 {
			return NotNeeded
		}
	case "medsokande":
		if a.answered("hushall") && a.Adults < 2 {
			return NotNeeded
		}
	}
	if a.answered(name) {
		return Completed
	}
	if !a.ready(name) {
		return Waiting
	}
	return NotStarted
}

func (a *Answers) answered(name string) bool { return slices.Contains(a.Done, name) }

// carried says whether there are rows from an earlier month.
func (a *Answers) carried() bool {
	return slices.ContainsFunc(a.Rows, func(r Row) bool { return r.Last != "" })
}

func (a *Answers) children() int {
	n := count(a.Children)
	if n == nil {
		return 0
	}
	return int(*n)
}

// ready says whether what a section builds on is answered.
func (a *Answers) ready(name string) bool {
	switch name {
	case "grund":
		return true
	case "forra", "hushall", "bostad", "kostnader", "tillgangar", "kontakt":
		return a.answered("grund")
	case "barn", "medsokande", "inkomster":
		return a.answered("hushall")
	case "underlag":
		return a.answered("kostnader") && a.answered("inkomster")
	}
	return false
}

// Left are the sections that remain before the application can be sent.
func (a *Answers) Left() []Section {
	var out []Section
	for _, s := range Sections {
		if st := a.Status(s.Name); !s.Optional && (st == NotStarted || st == Waiting) {
			out = append(out, s)
		}
	}
	return out
}

// Next is the first section after one that is not answered yet, optional ones
// too; "" where there is none.
func (a *Answers) Next(after string) string {
	past := after == ""
	for _, s := range Sections {
		if past && a.Status(s.Name) == NotStarted {
			return s.Name
		}
		past = past || s.Name == after
	}
	return ""
}

// Read reads a section's part of a form: a copy of the answers with what was
// typed, and what is wrong in it. A section without a fault is done.
func (a Answers) Read(name string, form url.Values) (Answers, []Fault) {
	b := a.clone()
	r := reader{form: form}
	switch name {
	case "forra":
		b.readCarried(&r)
	case "hushall":
		b.readHousehold(&r)
	case "barn":
		b.readChildren(&r)
	case "medsokande":
		b.readPartner(&r)
	case "bostad":
		b.readHousing(&r)
	case "kostnader":
		b.readRows(&r, "cost")
	case "inkomster":
		b.readRows(&r, "income")
	case "tillgangar":
		b.readAssets(&r)
	case "kontakt":
		b.readContact(&r)
	}
	if r.faults == nil {
		b.done(name)
	}
	return b, r.faults
}
