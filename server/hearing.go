package server

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/site"
)

// heardForm is what is typed of how a party was heard before a decision.
type heardForm struct {
	Whether               string // told, needless or nothing
	Day, How, Answer, Why string
}

func (f *heardForm) fields() map[string]*string {
	return map[string]*string{"heard": &f.Whether, "heard-day": &f.Day, "heard-how": &f.How, "heard-answer": &f.Answer, "heard-why": &f.Why}
}

// heardWays say how somebody was told, in a form and in a decision.
var heardWays = []pick{{flow.HeardHere, "I tjänsten"}, {flow.SignedPaper, "På papper"}, {flow.SignedOrally, "Per telefon"}, {flow.SignedPresent, "Vid besök"}}

// hearing is what is typed, nil where nothing is chosen. Each error says what to do.
func (f *heardForm) hearing(today string) (h *flow.Hearing, errs []site.FieldError) {
	text := func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }
	wrong := func(field, text string) { errs = append(errs, site.FieldError{Field: field, Text: text}) }
	switch f.Whether {
	case "told":
		h = &flow.Hearing{Day: f.Day, How: f.How, Answer: text(f.Answer)}
		if _, err := time.Parse(time.DateOnly, f.Day); err != nil || f.Day > today {
			wrong("heard-day", "Välj dagen då den sökande fick veta det")
		}
		if heardWay(f.How) == "" {
			wrong("heard-how", "Välj hur den sökande fick veta det")
		}
	case "needless":
		if h = (&flow.Hearing{Needless: text(f.Why)}); h.Needless == "" {
			wrong("heard-why", "Skriv varför det inte behövs")
		}
	default:
		return nil, nil
	}
	if utf8.RuneCountInString(h.Answer+h.Needless) > maxText {
		wrong(map[bool]string{true: "heard-answer", false: "heard-why"}[h.Needless == ""], "Skriv högst 5 000 tecken")
	}
	return h, errs
}

func heardWay(how string) string {
	for _, w := range heardWays {
		if w.Value == how {
			return w.Label
		}
	}
	return ""
}

// notHeard is said where a party must be heard first.
const notHeard = "Låt den sökande yttra sig först, och skriv hur. Eller skriv varför det inte behövs (25 § förvaltningslagen)"

// heardFields are the fields, as part_heard shows them.
type heardFields struct{ Whether, Day, How, Answer, Why typedField }

// Fields gives them, with what is wrong.
func (f heardForm) Fields(errs []site.FieldError) heardFields {
	field := func(name, kind, label, hint, value string, options ...pick) typedField {
		return typedField{ID: name, Name: name, Kind: kind, Label: label, Hint: hint, Value: value, Fault: faultOf(errs, name), Options: options}
	}
	return heardFields{
		field("heard", "", "Har den sökande fått yttra sig om det som talar emot?", "", f.Whether, pick{"told", "Ja"}, pick{"needless", "Nej, det behövs inte"}),
		field("heard-day", "date", "Om ja: dag då den sökande fick veta det", "", f.Day),
		field("heard-how", "", "Om ja: hur", "", f.How, heardWays...),
		field("heard-answer", "area", "Om ja: svaret", "Den sökande läser det. Tomt om inget svar kom.", f.Answer),
		field("heard-why", "area", "Om nej: varför det inte behövs", "Den sökande läser det.", f.Why),
	}
}

// heardView is how the party was heard, in a decision.
type heardView struct{ flow.Hearing }

// Way is how, in words.
func (h heardView) Way() string { return strings.ToLower(heardWay(h.How)) }
