package application

import (
	"cmp"
	"net/url"
	"slices"
)

// Asked are the documents that are asked for: one for each row that only the
// household itself can show. Of a renewal only what is new or changed is asked for.
func (a *Answers) Asked() []string {
	out := []string{"bank"}
	for _, list := range []struct {
		group string
		kinds []kind
	}{{"cost", costs}, {"income", incomes}} {
		for _, k := range list.kinds {
			if k.paper != "" && slices.ContainsFunc(a.Rows, func(r Row) bool {
				return r.Group == list.group && r.Kind == k.code && r.Mark != Ended && r.Mark != Same
			}) && !slices.Contains(out, k.code) {
				out = append(out, k.code)
			}
		}
	}
	return out
}

// PaperAnswer is what was said of a document that is asked for.
func (a *Answers) PaperAnswer(what string) string {
	for _, p := range a.Papers {
		if p.What == what {
			return p.Answer
		}
	}
	return ""
}

// ReadPapers reads the answers about documents; handed are those that are there.
// None is a condition for sending.
func (a Answers) ReadPapers(form url.Values, handed []string) (Answers, []Fault) {
	b := a.clone()
	r := reader{form: form}
	b.Papers = nil
	for _, what := range b.Asked() {
		answer := r.one("papper-"+what, "", HandedIn, Later, Unavailable)
		if answer == "" && !slices.Contains(handed, what) {
			r.fail("papper-"+what, "Svara på om "+PaperLabel(what)+", eller skicka in det")
		}
		if answer != "" {
			b.Papers = append(b.Papers, Paper{what, answer})
		}
	}
	if r.faults == nil {
		b.done("underlag")
	}
	return b, r.faults
}

// NotePapers takes the answers about documents that a form gives, and leaves the others
// as they are.
func (a Answers) NotePapers(form url.Values) Answers {
	b := a.clone()
	for _, what := range b.Asked() {
		answer := form.Get("papper-" + what)
		if !slices.Contains([]string{HandedIn, Later, Unavailable}, answer) {
			continue
		}
		b.Papers = append(slices.DeleteFunc(b.Papers, func(p Paper) bool { return p.What == what }), Paper{what, answer})
	}
	return b
}

// A Note says of an answer what its amount cannot.
type Note struct{ Code, About, Text string }

// Notes are what a caseworker should see beside the facts, in the order of the
// answers.
func (a *Answers) Notes() []Note {
	var out []Note
	for _, r := range a.Rows {
		about := cmp.Or(r.Person, "p1") + "-" + r.Kind
		if r.Group == "cost" {
			about = r.Kind
		}
		if r.Unknown {
			out = append(out, Note{"unknown", about, ""})
		}
		if r.Disputed != "" {
			out = append(out, Note{"disputed", about, r.Disputed})
		}
		if r.Mark == Changed || r.Mark == Ended || r.Mark == Added {
			out = append(out, Note{r.Mark, about, r.Last})
		}
	}
	for _, p := range a.Papers {
		out = append(out, Note{p.Answer, p.What, ""})
	}
	return out
}
