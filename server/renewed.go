package server

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/site"
)

// renewedForm is a decision that takes the place of another, because of an appeal or
// without one.
type renewedForm struct {
	Version, Outcome, Amount, Motivation string
	Ground                               string // why the decision may be changed; of an appeal it goes without saying
	Heard                                heardForm
	Shown                                string // the amount whose effect was shown
	Addition                             string // of the amount, beyond norm and guidelines
}

func (f *renewedForm) read(r *http.Request) error {
	typed := map[string]*string{"version": &f.Version, "outcome": &f.Outcome, "amount": &f.Amount, "motivation": &f.Motivation,
		"ground": &f.Ground, "shown": &f.Shown, "addition": &f.Addition}
	maps.Copy(typed, f.Heard.fields())
	return fields(r, typed)
}

// Beyond is the field of what is granted beyond norm and guidelines.
func (f renewedForm) Beyond(fault string) typedField {
	return typedField{Value: f.Addition, Fault: fault}
}

// A drafted decision is what of a form can be read, with what is wrong with it. Each
// error says what to do.
type drafted struct {
	flow.Ruling
	errs []site.FieldError
}

func (d *drafted) wrong(field, text string) {
	d.errs = append(d.errs, site.FieldError{Field: field, Text: text})
}

// draft reads what every such decision has.
func (f *renewedForm) draft(name, ground string) (d drafted) {
	d.Ruling = flow.Ruling{Outcome: f.Outcome, Ground: ground, Motivation: strings.TrimSpace(strings.ReplaceAll(f.Motivation, "\r\n", "\n")), Name: name}
	var err error
	if d.Version, err = strconv.ParseUint(f.Version, 10, 64); err != nil {
		d.wrong("outcome", "Öppna beslutet på nytt")
	}
	if f.Outcome == record.Granted || f.Outcome == record.Partly {
		var ok bool
		if d.Granted, ok = typedAmount(f.Amount); !ok || d.Granted == 0 {
			d.wrong("amount", "Skriv hela månadens belopp, till exempel 6 720")
		}
		if d.Addition, ok = typedAmount(f.Addition); f.Addition != "" && (!ok || d.Addition > d.Granted) {
			d.wrong("addition", "Skriv hur mycket av beloppet som är utöver norm och riktlinjer, eller lämna tomt")
		}
	} else if f.Outcome != record.Refused {
		d.wrong("outcome", "Välj beslut")
	}
	if n := utf8.RuneCountInString(d.Motivation); n == 0 || n > 10_000 || strings.ContainsRune(d.Motivation, 0) {
		d.wrong("motivation", "Skriv en motivering som den sökande förstår, högst 10 000 tecken")
	}
	return d
}

// appealed reads a decision because of an appeal, which never makes one worse: what is
// less than was granted is refused here, and what grants nothing is the decision that
// stands, which is forwarded.
func (f *renewedForm) appealed(name string, before int64) (flow.Ruling, []site.FieldError) {
	d := f.draft(name, "appeal")
	switch {
	case d.Outcome == record.Refused:
		d.wrong("outcome", "Välj beslut")
	case d.Granted > 0 && d.Granted < before:
		d.wrong("amount", "Det nya beloppet kan inte vara lägre än det som är beslutat")
	}
	return d.Ruling, d.errs
}

// corrected reads a decision without an appeal, on a ground that the law has for it.
func (f *renewedForm) corrected(name, today string, before int64) (flow.Ruling, []site.FieldError) {
	d := f.draft(name, f.Ground)
	hearing, errs := f.Heard.hearing(today)
	d.Hearing, d.errs = hearing, append(d.errs, errs...)
	ground, ok := flow.GroundOf(f.Ground)
	switch worse := d.Granted < before; {
	case !ok || ground.Appeal:
		d.wrong("ground", "Välj varför beslutet får ändras")
	case d.errs == nil && worse && !ground.Worse:
		d.wrong("ground", "Det nya beslutet är sämre för den sökande. Det kräver en av de andra grunderna")
	case d.errs == nil && worse && hearing == nil:
		d.wrong("heard", notHeard)
	}
	return d.Ruling, d.errs
}

// renewedEffect is what a new decision would change.
type renewedEffect struct {
	Before, After int64
	Due           int64 // to be paid
	TooMuch       int64 // paid beyond the new decision: a question to the board
}

// By is what differs.
func (e renewedEffect) By() int64 { return e.After - e.Before }

// effect is what a ruling that may be made would change; nil once that has been shown.
func (s *service) effect(ctx context.Context, who auth.Identity, id string, f *renewedForm, ruling flow.Ruling) (*renewedEffect, error) {
	d, err := s.flow.Weigh(ctx, who.Caller(), id, ruling)
	if err != nil || f.Shown == strconv.FormatInt(ruling.Granted, 10) {
		return nil, err
	}
	paid, err := s.flow.Paid(ctx, who.Caller(), id)
	return &renewedEffect{Before: d.Before, After: d.After, Due: max(d.After-paid, 0), TooMuch: max(paid-d.After, 0)}, err
}

// refusedRuling says what to do about a ruling that may not be made as it is, nil where
// that is not the matter.
func refusedRuling(err error) []site.FieldError {
	wrong := func(field, text string) []site.FieldError { return []site.FieldError{{Field: field, Text: text}} }
	switch {
	case errors.Is(err, flow.ErrLess):
		return wrong("outcome", lessThanAsked)
	case errors.Is(err, flow.ErrMore):
		return wrong("amount", "Det är mer än den sökande har sökt. Skriv hur mycket av det som är utöver norm och riktlinjer")
	case errors.Is(err, flow.ErrInCourt):
		return wrong("ground", "Förvaltningsrätten har överklagandet. Då ändrar nämnden bara skrivfel och räknefel (36 och 39 §§ förvaltningslagen)")
	}
	return nil
}
