package ssbtek

import (
	"encoding/base64"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/skalig/skalig/server/register"
)

// fk is the Social Insurance Agency's data, with the Pensions Agency's in it: JSON
// in base64.
type fk struct {
	Base64 string `xml:"http://schema.forsakringskassan.se/integration/ssbt/10 lefiJsonSvar"`
}

type lefi struct {
	Sources []struct {
		Who struct {
			Code string `json:"kod"`
		} `json:"utlamnare"`
		State struct {
			Code string `json:"kod"`
		} `json:"tillstand"`
	} `json:"utlamnare"`
	Deviations struct {
		Information []jsontext.Value `json:"formansinformation"`
		Payments    []jsontext.Value `json:"utbetalningar"`
		Preliminary []jsontext.Value `json:"preliminaraUtbetalningar"`
	} `json:"avvikelser"`
	Information struct {
		Persons []struct {
			Number string `json:"personnummer"`
		} `json:"generellPersoninformation"`
		Payments    []fkPayment `json:"utbetalningsuppgift"`
		Preliminary []fkPayment `json:"preliminarautbetalningar"`
	} `json:"formansinformation"`
	Payments    []pmPayment `json:"utbetalningar"`
	Preliminary []pmPayment `json:"preliminaraUtbetalningar"`
}

type fkPayment struct {
	Company struct {
		ID int `json:"id"`
	} `json:"foretag"`
	Family struct {
		Name string `json:"beskrivning"`
	} `json:"formansfamilj"`
	Paid   string `json:"datum"`
	Period struct {
		From string `json:"fran"`
		To   string `json:"till"`
	} `json:"period"`
	Net *struct {
		Sum      jsontext.Value `json:"summa"`
		Currency string         `json:"valuta"`
	} `json:"nettobelopp"`
}

type pmPayment struct {
	Paid   string         `json:"utbetalningsdatum"`
	Period lefiPeriod     `json:"utbetalningsperiod"`
	Net    jsontext.Value `json:"nettobelopp"`
	Lines  []struct {
		Group struct {
			Code string `json:"kod"`
			Name string `json:"beskrivning"`
		} `json:"formansgrupp"`
	} `json:"utbetalningsrader"`
}

// kindsOfFK are the names of payments that leave no doubt about their kind.
var kindsOfFK = map[string]string{
	"bostadsbidrag": "housingBenefit", "sjukpenning": "sicknessBenefit", "föräldrapenning": "parentalBenefit",
	"tillfällig föräldrapenning": "parentalBenefit", "barnbidrag": "childBenefit", "allmänt barnbidrag": "childBenefit",
	"aktivitetsstöd": "activityGrant",
}

// pensionsCompany is the Pensions Agency among those who pay through the Social
// Insurance Agency.
const pensionsCompany = 1003

func readFK(d fk, number string) ([]register.Answer, error) {
	text, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(d.Base64), ""))
	if err != nil || len(text) > MaxBytes {
		return nil, errForm
	}
	var l lefi
	if err := json.Unmarshal(text, &l); err != nil {
		return nil, errForm
	}
	for _, p := range l.Information.Persons {
		if p.Number != "" && p.Number != number && p.Number != number[2:] {
			return nil, errForm
		}
	}
	states := map[string]string{}
	for _, s := range l.Sources {
		states[s.Who.Code] = s.State.Code
	}
	answers := map[register.Agency]*register.Answer{}
	for agency, code := range map[register.Agency]string{register.Forsakringskassan: "FK", register.Pensions: "PM"} {
		answers[agency] = &register.Answer{Agency: agency}
		if states[code] != "OK" { // said to be down, or not said at all
			answers[agency].Silence = register.Down
		}
	}
	add := func(agency register.Agency, r register.Row, planned bool) {
		if planned {
			r.Kind, r.Text = "", label(r.Text, "(planerad)")
		}
		if a := answers[agency]; a.Silence == "" {
			a.Rows = append(a.Rows, r)
		}
	}
	for planned, list := range map[bool][]fkPayment{false: l.Information.Payments, true: l.Information.Preliminary} {
		for _, p := range list {
			r, agency, ok := p.row()
			if !ok {
				return nil, errForm
			}
			add(agency, r, planned)
		}
	}
	for planned, list := range map[bool][]pmPayment{false: l.Payments, true: l.Preliminary} {
		for _, p := range list {
			r, ok := p.row()
			if !ok {
				return nil, errForm
			}
			add(register.Pensions, r, planned)
		}
	}
	if n := len(l.Deviations.Information) + len(l.Deviations.Payments) + len(l.Deviations.Preliminary); n > 0 {
		for _, a := range answers {
			if a.Silence == "" {
				a.Notes = append(a.Notes, "Alla uppgifter kunde inte hämtas")
			}
		}
	}
	sortRows(answers[register.Forsakringskassan].Rows)
	sortRows(answers[register.Pensions].Rows)
	return []register.Answer{*answers[register.Forsakringskassan], *answers[register.Pensions]}, nil
}

func (p *fkPayment) row() (register.Row, register.Agency, bool) {
	agency := register.Forsakringskassan
	if p.Company.ID == pensionsCompany {
		agency = register.Pensions
	}
	r := register.Row{Kind: kindsOfFK[strings.ToLower(strings.TrimSpace(p.Family.Name))], Paid: p.Paid, Text: label(p.Family.Name)}
	if date(p.Period.From) {
		r.From = p.Period.From
	}
	if date(p.Period.To) {
		r.To = p.Period.To
	}
	if r.Text == "" {
		r.Text = "Utbetalning"
	}
	if p.Net == nil || !date(p.Paid) {
		return r, agency, false
	}
	var ok bool
	r.Amount, ok = ore(string(p.Net.Sum))
	if p.Net.Currency != "" && p.Net.Currency != "SEK" {
		r.Kind, r.Text = "", label(r.Text, "i", p.Net.Currency)
	}
	return r, agency, ok
}

func (p *pmPayment) row() (register.Row, bool) {
	r := register.Row{Kind: "pension", From: p.Period.From, To: p.Period.To, Paid: p.Paid}
	var names []string
	for _, l := range p.Lines {
		if l.Group.Code != "PM:AP" && l.Group.Code != "PM:EF" {
			r.Kind = "" // a housing supplement is no pension
		}
		if name := l.Group.Name; len(names) == 0 || names[len(names)-1] != name {
			names = append(names, name)
		}
	}
	if len(p.Lines) == 0 {
		r.Kind = ""
	}
	if r.Text = label(strings.Join(names, ", ")); r.Text == "" {
		r.Text = "Utbetalning"
	}
	var ok bool
	r.Amount, ok = ore(string(p.Net))
	return r, ok && date(p.Paid) && (r.From == "" || date(r.From)) && (r.To == "" || date(r.To))
}
