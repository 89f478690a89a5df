package ssbtek

import (
	"encoding/base64"
	"strings"
	"time"

	"github.com/skalig/skalig/server/register"
)

// af is the employment service's data.
type af struct {
	Answer *struct {
		Number    string `xml:"IdentitetsbeteckningFysiskPerson"`
		Protected string `xml:"Sekretessmarkering"`
		Seeker    *struct {
			Registered string `xml:"Arbetssokande"`
			Category   string `xml:"ArbetssokandeSKAT"`
		} `xml:"ArbetssokandeInfo"`
		Decisions []struct {
			Kind string `xml:"ErsattningTyp"`
			From string `xml:"BeslutFrom"`
			To   string `xml:"BeslutTom"`
		} `xml:"BeslutInfo>EkonomiskaBeslut>Beslut"`
		Status string `xml:"StatusSokandeinformationKod"`
	} `xml:"http://api.arbetsformedlingen.se/arbetssokande/ersattningsstod/v2 Svar"`
}

func readAF(d af, number string) ([]register.Answer, error) {
	a := register.Answer{Agency: register.Arbetsformedlingen}
	switch {
	case d.Answer == nil || d.Answer.Number != number:
		return nil, errForm
	case yes(d.Answer.Protected):
		return nil, errWithheld
	case strings.TrimSpace(d.Answer.Status) != "0":
		return nil, errDown
	}
	if s := d.Answer.Seeker; s != nil {
		if yes(s.Registered) {
			a.Notes = append(a.Notes, register.Note(label("Inskriven som arbetssökande.", s.Category)))
		} else {
			a.Notes = append(a.Notes, "Inte inskriven som arbetssökande")
		}
	}
	for _, b := range d.Answer.Decisions {
		if !date(day(b.From)) || !date(day(b.To)) {
			return nil, errForm
		}
		a.Notes = append(a.Notes, register.Note(label("Beslut om", b.Kind+",", day(b.From), "till", day(b.To))))
	}
	return []register.Answer{a}, nil
}

// yes reads xsd:boolean.
func yes(s string) bool { s = strings.TrimSpace(s); return s == "true" || s == "1" }

// day is an xsd:date without its time zone.
func day(s string) string {
	s = strings.TrimSpace(s)
	return s[:min(len(s), len(time.DateOnly))]
}

// so is the unemployment funds' data.
type so struct {
	Number string `xml:"http://INT014.UBPService.Schemas IdentificationNumber"`
	List   *struct {
		Funds []struct {
			Name     string `xml:"SvarandeOrganisation"`
			Payments []struct {
				Paid string `xml:"Utbetalningsdatum"`
				Net  string `xml:"NettoEfterAvdrag"`
				From string `xml:"AvserFrom"`
				To   string `xml:"AvserTom"`
			} `xml:"Utbetalningar"`
		} `xml:"Arbetsloshetsersattning"`
	} `xml:"http://INT014.UBPService.Schemas ArbetsloshetsersattningLista"`
}

func readSO(d so, number string) ([]register.Answer, error) {
	a := register.Answer{Agency: register.Akassorna}
	if d.Number != number || d.List == nil {
		return nil, errForm
	}
	for _, f := range d.List.Funds {
		for _, p := range f.Payments {
			r := register.Row{Kind: "unemploymentBenefit", From: day(p.From), To: day(p.To), Paid: day(p.Paid), Text: label("Arbetslöshetsersättning från", f.Name)}
			var ok bool
			if r.Amount, ok = ore(p.Net); !ok || !date(r.From) || !date(r.To) || !date(r.Paid) {
				return nil, errForm
			}
			a.Rows = append(a.Rows, r)
		}
	}
	return []register.Answer{a}, nil
}

// tns is the Transport Agency's data.
type tns struct {
	Result   string `xml:"http://schema.transportstyrelsen.se/ssbtek/hamtauppgifterresponder/1 resultat"`
	Vehicles []struct {
		Make string `xml:"fabrikat"`
		Year string `xml:"fordonsar"`
		Kind string `xml:"fordonsslag"`
		Name string `xml:"handelsbeteckning"`
	} `xml:"fordonsinnehav>fordon"`
}

func readTNS(d tns, _ string) ([]register.Answer, error) {
	a := register.Answer{Agency: register.Transportstyrelsen}
	switch d.Result {
	case "OK":
	case "FEL":
		return nil, errDown
	default:
		return nil, errForm
	}
	for _, v := range d.Vehicles {
		a.Notes = append(a.Notes, register.Note(label("Fordon:", strings.ToLower(v.Kind), v.Make, v.Name+",", v.Year)))
	}
	return []register.Answer{a}, nil
}

// miv is the Migration Agency's data.
type miv struct {
	Response *struct {
		Number  string `xml:"personnummer"`
		Answers []struct {
			Decision string `xml:"beslutsTypNamn"`
			Term     string `xml:"giltighetstid"`
			Until    string `xml:"tomDatum"`
		} `xml:"svarCollection>svar"`
	} `xml:"response"`
}

func readMIV(d miv, number string) ([]register.Answer, error) {
	a := register.Answer{Agency: register.Migrationsverket}
	if d.Response == nil {
		return []register.Answer{a}, nil // nothing is known
	}
	if d.Response.Number != "" && d.Response.Number != number {
		return nil, errForm
	}
	for _, s := range d.Response.Answers {
		if s.Decision == "" {
			continue
		}
		text := label(strings.ToLower(s.Decision))
		if s.Until != "" {
			text = label(text, "till", day(s.Until))
		}
		a.Notes = append(a.Notes, register.Note(text))
	}
	return []register.Answer{a}, nil
}

// skv is the Tax Agency's data: a document as text.
type skv struct {
	Text string `xml:"svar"`
}

type taxes struct {
	Persons []struct {
		Number  string `xml:"IdentitetsbeteckningFysiskPerson"`
		Capital []struct {
			Year   string `xml:"Taxeringsar"`
			Profit string `xml:"OverskottPaKapital"`
		} `xml:"Kapitaluppgift"`
	} `xml:"PersonuppgiftLista>Personuppgift"`
}

func readSKV(d skv, number string) ([]register.Answer, error) {
	a := register.Answer{Agency: register.Skatteverket}
	var t taxes
	if err := decode([]byte(strings.TrimSpace(d.Text)), &t); err != nil {
		return nil, err
	}
	for _, p := range t.Persons {
		if p.Number != number {
			return nil, errForm
		}
		for _, c := range p.Capital {
			if _, ok := ore(c.Profit); c.Profit != "" && !ok {
				return nil, errForm
			}
			if c.Profit != "" && c.Profit != "0" {
				a.Notes = append(a.Notes, register.Note(label("Överskott av kapital", c.Year+":", c.Profit, "kr")))
			}
		}
	}
	return []register.Answer{a}, nil
}

// csn is the Board of Student Finance's data: a document in base64.
type csn struct {
	Base64 string `xml:"http://schema.forsakringskassan.se/integration/ssbt/10 svar"`
}

type students struct {
	Code    string `xml:"GemensamtSvarEkbistand>Resultat>ResultatKod"`
	Persons []struct {
		Number     string        `xml:"personnummer,attr"`
		Century    string        `xml:"sekel,attr"`
		Protected  string        `xml:"sekretess,attr"`
		Aid        []studentCase `xml:"Studiemedel>Arenden>Arende"`
		School     []studentCase `xml:"Studiehjalp>Arenden>Arende"`
		Start      []studentCase `xml:"Studiestartsstod>Arenden>Arende"`
		Transition []studentCase `xml:"Omstallningsstudiestod>Arenden>Arende"`
		Home       []studentCase `xml:"HemutrustningsLan>Arenden>Arende"`
	} `xml:"Personer>Person"`
}

type studentCase struct {
	Name     string `xml:"klartext"`
	Payments []struct {
		Paid   string `xml:"utbetdatum"`
		Status string `xml:"utbetstatus"`
		Parts  []struct {
			Name string `xml:"klartext"`
		} `xml:"Utbetaldatider>Utbetaldtid>Beloppen>Belopp"`
		Total string `xml:"totbelopp"`
	} `xml:"UtbetalningsPlan>Utbetalning"`
}

// readCSN: studiemedel, its loan too, is student aid; a payment with an additional
// allowance in it, another kind of support or a planned payment is for a person.
func readCSN(d csn, number string) ([]register.Answer, error) {
	a := register.Answer{Agency: register.CSN}
	text, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(d.Base64), ""))
	if err != nil {
		return nil, errForm
	}
	var s students
	if err := decode(text, &s); err != nil {
		return nil, err
	}
	if strings.TrimSpace(s.Code) != "0" {
		return nil, errDown
	}
	for _, p := range s.Persons {
		if strings.TrimSpace(p.Protected) != "" {
			return nil, errWithheld
		}
		if p.Number != number[2:] || p.Century != "" && p.Century != number[:2] {
			return nil, errForm
		}
		for _, of := range []struct {
			kind  string
			cases []studentCase
		}{{"studentAid", p.Aid}, {"", p.School}, {"", p.Start}, {"", p.Transition}, {"", p.Home}} {
			for _, c := range of.cases {
				rows, err := c.rows(of.kind)
				if err != nil {
					return nil, err
				}
				a.Rows = append(a.Rows, rows...)
			}
		}
	}
	return []register.Answer{a}, nil
}

func (c *studentCase) rows(kind string) ([]register.Row, error) {
	var out []register.Row
	for _, p := range c.Payments {
		paid, err := time.Parse("20060102", strings.TrimSpace(p.Paid))
		if err != nil {
			return nil, errForm
		}
		r := register.Row{Kind: kind, Paid: paid.Format(time.DateOnly), Text: label(c.Name)}
		var ok bool
		if r.Amount, ok = ore(p.Total); !ok {
			return nil, errForm
		}
		for _, part := range p.Parts {
			if strings.Contains(strings.ToLower(part.Name), "tillägg") {
				r.Kind, r.Text = "", label(c.Name, "med", part.Name)
			}
		}
		switch p.Status {
		case "Utbetald", "UTBETALAD":
		case "Planerad":
			r.Kind, r.Text = "", label(r.Text, "(planerad)")
		default:
			return nil, errForm
		}
		out = append(out, r)
	}
	return out, nil
}
