// Package words renders a result and its trace in plain language: the one
// renderer for page, letter and command. A language is one file of keys and
// sentences; no sentence is built outside it and words never change a result.
//
// # Words file
//
//	{"schema":"skalig/words/1","language":"sv","name":"Svenska","text":{
//	  "label.norm.adult.single":"Ensam vuxen",
//	  "detail.norm.joint.community":"{whole} delat på {community-members} personer", …}}
//
// A step's label is the text of label.<rule>.<branch>, else
// label.<rule>.<subject>, else label.<rule>; its detail likewise under detail.
// Placeholders in braces are the step's inputs by name, with {value} for its
// amount and {who} for the person it is about. A language without a key shows the
// key itself, which the tests forbid.
//
// format.* are the language's forms: of amounts, months, and of numbers with a
// unit, where format.plural names the rule (one, zero-one, slavic, arabic) that
// chooses among format.<unit>.<category>; format.<unit> is the category other.
package words

import "github.com/skalig/skalig/engine"

// Schema names the JSON form of a words file.
const Schema = "skalig/words/1"

// Words are the sentences of one language.
type Words struct {
	Language string // BCP 47, "sv"
	Name     string // in the language itself, "Svenska"
	text     dictionary
}

var fields = []string{"schema", "language", "name", "text"}

// Read reads a words file. It is valid if the reader has no problems
// afterwards.
func Read(r *engine.Reader) *Words {
	w := &Words{}
	present := r.Object(fields, func(i int) {
		switch fields[i] {
		case "schema":
			r.Choice([]string{Schema}, "schema")
		case "language":
			w.Language = r.Text(20)
		case "name":
			w.Name = r.Text(50)
		case "text":
			r.Pairs(w.text.add)
			if key, repeated := w.text.index(); repeated {
				r.FailAt("."+string(key), engine.RepeatedField, "")
			}
		}
	})
	if present != 1<<uint(len(fields))-1 {
		r.Fail("required", "")
	}
	return w
}

// Has says whether the language has the key.
func (w *Words) Has(key string) bool { _, ok := w.text.get(key); return ok }

// Keys calls each with every key and its text, in the order of the file.
func (w *Words) Keys(each func(key, text string)) {
	for _, e := range w.text.entries {
		each(string(e.key), string(e.text))
	}
}

// first returns the text of the first key that the language has, or the last
// key.
func (w *Words) first(keys ...string) string {
	for _, k := range keys {
		if t, ok := w.text.get(k); ok {
			return t
		}
	}
	return keys[len(keys)-1]
}

// fill replaces {name} in a text by value(name).
func fill(text string, value func(name string) string) string {
	b := make([]byte, 0, len(text)+32)
	for i := 0; i < len(text); i++ {
		if text[i] != '{' {
			b = append(b, text[i])
			continue
		}
		end := i + 1
		for end < len(text) && text[end] != '}' {
			end++
		}
		if end == len(text) {
			return string(append(b, text[i:]...))
		}
		b = append(b, value(text[i+1:end])...)
		i = end
	}
	return string(b)
}

// Money writes an amount in the language's form: "5 220 kr", "249,75 kr".
func (w *Words) Money(o engine.Ore) string {
	b := make([]byte, 0, 24)
	if o < 0 {
		b = append(b, w.first("format.minus")...)
		o = -o
	}
	digits := engine.AppendInt(nil, int64(o/100))
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b = append(b, w.first("format.group")...)
		}
		b = append(b, d)
	}
	if cents := o % 100; cents != 0 {
		b = append(b, w.first("format.decimal")...)
		b = append(b, byte('0'+cents/10), byte('0'+cents%10))
	}
	return fill(w.first("format.money"), func(string) string { return string(b) })
}

// Month writes a month in the language's form: "november 2026".
func (w *Words) Month(m engine.Month) string {
	return fill(w.first("format.month"), func(name string) string {
		if name == "year" {
			return number(m.Year())
		}
		return w.first("month." + number(m.Number()))
	})
}

// Problem renders one problem of an input.
func (w *Words) Problem(p engine.Problem) string {
	return fill(w.first("problem."+p.Code), func(string) string {
		if m, ok := engine.ParseMonth(p.Detail); ok {
			return w.Month(m)
		}
		return p.Detail
	})
}

func number(n int) string { return string(engine.AppendInt(nil, int64(n))) }
