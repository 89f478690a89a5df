package ssbtek_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skalig/skalig/server/register"
	"github.com/skalig/skalig/server/register/ssbtek"
	"github.com/skalig/skalig/server/register/ssbteksim"
)

// number is one of the Tax Agency's test numbers.
const number = "199211222386"

var query = register.Query{Number: number, Case: "case1", From: "2026-09-01", To: "2026-11-22"}

// known is what the agencies have about the person.
var known = []register.Answer{
	{Agency: register.Forsakringskassan, Rows: []register.Row{
		{Kind: "housingBenefit", Amount: 130050, From: "2026-10-01", To: "2026-10-31", Paid: "2026-10-27", Text: "Bostadsbidrag"},
		{Amount: 51300, From: "2026-10-01", To: "2026-10-31", Paid: "2026-10-28", Text: "Dagersättning"}}},
	{Agency: register.Pensions, Rows: []register.Row{{Kind: "pension", Amount: 900000, From: "2026-10-01", To: "2026-10-31", Paid: "2026-10-19", Text: "Allmän pension"}}},
	{Agency: register.Akassorna, Rows: []register.Row{{Kind: "unemploymentBenefit", Amount: 125050, From: "2026-10-01", To: "2026-10-15", Paid: "2026-10-20", Text: "Arbetslöshetsersättning från Provkassan"}}},
	{Agency: register.Arbetsformedlingen, Notes: []register.Note{"Inskriven som arbetssökande."}},
	{Agency: register.CSN, Rows: []register.Row{{Kind: "studentAid", Amount: 389200, Paid: "2026-10-25", Text: "Studiemedel"}}},
	{Agency: register.Skatteverket, Notes: []register.Note{"Överskott av kapital 2025: 666 kr"}},
	{Agency: register.Transportstyrelsen, Notes: []register.Note{"Fordon: personbil Provbil P1, 2012"}},
	{Agency: register.Migrationsverket, Notes: []register.Note{"permanent uppehållstillstånd"}},
}

// same compares answers by what they say.
func same(t *testing.T, what string, got, want []register.Answer) {
	t.Helper()
	if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
		t.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

// world is the simulator behind mutual TLS, and a client of it with its certificates
// in files.
func world(t *testing.T) (*ssbteksim.Simulator, ssbtek.Config) {
	t.Helper()
	dir := t.TempDir()
	sim := &ssbteksim.Simulator{People: register.Demo{number: known}}
	place, err := ssbteksim.Open(sim)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = place.Close(context.Background()) })
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	key, err := x509.MarshalPKCS8PrivateKey(place.Client.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return sim, ssbtek.Config{URL: place.URL, Certificate: write("own.pem", "CERTIFICATE", place.Client.Certificate[0]), Key: write("own.key", "PRIVATE KEY", key),
		Authority: write("authority.pem", "CERTIFICATE", place.Authority.Raw), Organisation: "162120009999", Name: "Demokommun & Co", Actor: "999-1"}
}

func ask(t *testing.T, c ssbtek.Config, within time.Duration, q register.Query) []register.Answer {
	t.Helper()
	client, err := ssbtek.New(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	return client.Ask(ctx, q)
}

func all(s register.Silence) []register.Answer {
	var out []register.Answer
	for _, a := range register.Agencies {
		out = append(out, register.Answer{Agency: a, Silence: s})
	}
	return out
}

// without gives what is known, but for agencies that are silent.
func without(s register.Silence, agencies ...register.Agency) []register.Answer {
	out := append([]register.Answer(nil), known...)
	for i := range out {
		for _, a := range agencies {
			if out[i].Agency == a {
				out[i] = register.Answer{Agency: a, Silence: s}
			}
		}
	}
	return out
}

// TestAsk goes over mutual TLS to the simulator and back: what the agencies know
// comes back as it was, and what goes wrong is one agency's silence or everybody's.
func TestAsk(t *testing.T) {
	sim, c := world(t)
	same(t, "all is well", ask(t, c, 10*time.Second, query), known)
	if sim.Asked() != 1 {
		t.Errorf("asked %d times", sim.Asked())
	}
	unknown := query
	unknown.Number = "199303012398"
	same(t, "somebody unknown", ask(t, c, 10*time.Second, unknown)[:1], []register.Answer{{Agency: register.Forsakringskassan}})
	short := query
	short.To = "2026-10-19"
	if got := ask(t, c, 10*time.Second, short); len(got[0].Rows) != 0 || len(got[1].Rows) != 1 {
		t.Errorf("until 19 October: %+v", got[:2])
	}
	for name, w := range map[string]struct {
		how  ssbteksim.Behaviour
		want []register.Answer
	}{
		"two are down":       {ssbteksim.Behaviour{Down: []register.Agency{register.CSN, register.Akassorna}}, without(register.Down, register.CSN, register.Akassorna)},
		"half of FK is down": {ssbteksim.Behaviour{Down: []register.Agency{register.Pensions}}, without(register.Down, register.Pensions)},
		"one is left out":    {ssbteksim.Behaviour{Missing: []register.Agency{register.Skatteverket}}, without(register.Malformed, register.Skatteverket)},
		"a fault":            {ssbteksim.Behaviour{Fault: true}, all(register.Down)},
		"torn":               {ssbteksim.Behaviour{Torn: true}, all(register.Malformed)},
		"late":               {ssbteksim.Behaviour{Late: time.Minute}, all(register.Late)},
	} {
		sim.Behave(w.how)
		within := 10 * time.Second
		if w.how.Late > 0 {
			within = 200 * time.Millisecond
		}
		same(t, name, ask(t, c, within, query), w.want)
	}
}

// TestWhoIsThere: neither side speaks with one that it has no reason to trust.
func TestWhoIsThere(t *testing.T) {
	_, c := world(t)
	_, stranger := world(t)
	foreign := c
	foreign.Certificate, foreign.Key = stranger.Certificate, stranger.Key
	same(t, "a client of another authority", ask(t, foreign, 10*time.Second, query), all(register.Down))
	wrong := c
	wrong.Authority = stranger.Authority
	same(t, "a server of another authority", ask(t, wrong, 10*time.Second, query), all(register.Down))
	for name, change := range map[string]func(*ssbtek.Config){
		"http":            func(c *ssbtek.Config) { c.URL = "http://localhost/" },
		"no name":         func(c *ssbtek.Config) { c.Name = "" },
		"no organisation": func(c *ssbtek.Config) { c.Organisation = "162100000000" },
		"no certificate":  func(c *ssbtek.Config) { c.Certificate = "/nowhere" },
		"no authority":    func(c *ssbtek.Config) { c.Authority = c.Key },
	} {
		bad := c
		change(&bad)
		if _, err := ssbtek.New(bad); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// TestQuestion: the simulator refuses a question that is not the contract's.
func TestQuestion(t *testing.T) {
	_, c := world(t)
	good, err := ssbtek.Question(c, query)
	if err != nil {
		t.Fatal(err)
	}
	sim := &ssbteksim.Simulator{}
	send := func(text string) int {
		req := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(text))
		req.Header.Set("Content-Type", "text/xml; charset=utf-8")
		req.Header.Set("SOAPAction", `""`)
		w := httptest.NewRecorder()
		sim.ServeHTTP(w, req)
		return w.Code
	}
	if code := send(string(good)); code != 200 {
		t.Fatalf("a good question: %d", code)
	}
	for _, change := range [][2]string{{"162120009999", "16212000999"}, {number, "19921122238"}, {`<s:AF inkludera="true"/><s:CSN inkludera="true"/>`, `<s:CSN inkludera="true"/><s:AF inkludera="true"/>`},
		{"2026-09-01", "2026-13-01"}, {"<s:arendeidentitet>case1", "<s:arendeidentitet>"}, {"v9", "v8"}} {
		if !bytes.Contains(good, []byte(change[0])) {
			t.Fatalf("the question lacks %s", change[0])
		}
		if code := send(strings.Replace(string(good), change[0], change[1], 1)); code != 500 {
			t.Errorf("%s for %s: %d", change[1], change[0], code)
		}
	}
	for _, bad := range []register.Query{{}, {Number: "1", Case: "c", From: "2026-01-01", To: "2026-01-02"}, {Number: number, Case: "c", From: "2026-02-01", To: "2026-01-02"}} {
		if _, err := ssbtek.Question(c, bad); err == nil {
			t.Errorf("%+v was asked", bad)
		}
	}
}

// TestParseRefuses: what is not the contract's, or is about somebody else, is no answer.
func TestParseRefuses(t *testing.T) {
	good := string(ssbteksim.Answer(number, "", query.From, query.To, known, ssbteksim.Behaviour{}))
	same(t, "as it is", ssbtek.Parse([]byte(good), number), known)
	for name, text := range map[string]string{
		"nothing":            "",
		"a document type":    strings.Replace(good, "?>\n", "?>\n<!DOCTYPE x [<!ENTITY a \"aaaa\">]>", 1),
		"an entity":          strings.Replace(good, "Provkassan", "&a;", 1),
		"an instruction":     strings.Replace(good, "<soap:Body>", "<?php x?><soap:Body>", 1),
		"two documents":      good + good[strings.Index(good, "<soap:"):],
		"text after":         good + "x",
		"another encoding":   strings.Replace(good, "UTF-8", "ISO-8859-1", 1),
		"deep":               strings.Replace(good, "<ssbt:svarsdata>", strings.Repeat("<a>", 50)+strings.Repeat("</a>", 50)+"<ssbt:svarsdata>", 1),
		"another namespace":  strings.ReplaceAll(good, "ssbt/10", "ssbt/9"),
		"larger than enough": good + strings.Repeat(" ", ssbtek.MaxBytes),
	} {
		same(t, name, ssbtek.Parse([]byte(text), number), all(register.Malformed))
	}
	change := func(from, to string) string {
		if !strings.Contains(good, from) {
			t.Fatalf("the answer lacks %s", from)
		}
		return strings.Replace(good, from, to, 1)
	}
	data := func(name, content string) string {
		i, j := strings.Index(good, "<ssbt:"+name+">"), strings.Index(good, "</ssbt:"+name+">")
		return good[:i] + "<ssbt:" + name + ">" + content + good[j:]
	}
	failed := `<ssbt:error><ssbt:kalla>BT</ssbt:kalla><ssbt:felkod>1</ssbt:felkod><ssbt:felmeddelande>x</ssbt:felmeddelande></ssbt:error>`
	fk := func(json string) string {
		return data("FK", "<ssbt:data><ssbt:lefiJsonSvar>"+base64.StdEncoding.EncodeToString([]byte(json))+"</ssbt:lefiJsonSvar></ssbt:data>")
	}
	for name, c := range map[string]struct {
		text    string
		silence register.Silence
		who     []register.Agency
	}{
		"both data and error":     {strings.Replace(good, "</ssbt:TNS>", failed+"</ssbt:TNS>", 1), register.Malformed, []register.Agency{register.Transportstyrelsen}},
		"neither":                 {data("TNS", ""), register.Malformed, []register.Agency{register.Transportstyrelsen}},
		"an error":                {data("TNS", failed), register.Down, []register.Agency{register.Transportstyrelsen}},
		"an unknown source":       {data("TNS", strings.Replace(failed, "BT", "X", 1)), register.Malformed, []register.Agency{register.Transportstyrelsen}},
		"a failed result":         {change("<tns:resultat>OK", "<tns:resultat>FEL"), register.Down, []register.Agency{register.Transportstyrelsen}},
		"somebody else's benefit": {change("<in:IdentificationNumber>"+number, "<in:IdentificationNumber>199303012398"), register.Malformed, []register.Agency{register.Akassorna}},
		"a strange amount":        {change("<in:NettoEfterAvdrag>1250.50", "<in:NettoEfterAvdrag>1250.505"), register.Malformed, []register.Agency{register.Akassorna}},
		"a strange day":           {change("<in:Utbetalningsdatum>2026-10-20", "<in:Utbetalningsdatum>2026-10-40"), register.Malformed, []register.Agency{register.Akassorna}},
		"protected":               {change("<er:Sekretessmarkering>false", "<er:Sekretessmarkering>true"), register.Withheld, []register.Agency{register.Arbetsformedlingen}},
		"a status":                {change("<er:StatusSokandeinformationKod>0", "<er:StatusSokandeinformationKod>7"), register.Down, []register.Agency{register.Arbetsformedlingen}},
		"no base64":               {data("CSN", "<ssbt:data><ssbt:svar>*</ssbt:svar></ssbt:data>"), register.Malformed, []register.Agency{register.CSN}},
		"a document type inside":  {data("CSN", "<ssbt:data><ssbt:svar>"+base64.StdEncoding.EncodeToString([]byte(`<!DOCTYPE a [<!ENTITY b "c">]><CSNSvar>&b;</CSNSvar>`))+"</ssbt:svar></ssbt:data>"), register.Malformed, []register.Agency{register.CSN}},
		"no JSON":                 {fk("{"), register.Malformed, []register.Agency{register.Forsakringskassan, register.Pensions}},
		"members twice":           {fk(`{"utlamnare":[],"utlamnare":[]}`), register.Malformed, []register.Agency{register.Forsakringskassan, register.Pensions}},
		"nobody answered":         {fk(`{}`), register.Down, []register.Agency{register.Forsakringskassan, register.Pensions}},
		"another person's JSON":   {fk(`{"formansinformation":{"generellPersoninformation":[{"personnummer":"199303012398"}]}}`), register.Malformed, []register.Agency{register.Forsakringskassan, register.Pensions}},
	} {
		same(t, name, ssbtek.Parse([]byte(c.text), number), without(c.silence, c.who...))
	}
	// Another currency, a planned payment and a housing supplement are for a person.
	got := ssbtek.Parse([]byte(fk(`{"utlamnare":[{"utlamnare":{"kod":"FK"},"tillstand":{"kod":"OK"}},{"utlamnare":{"kod":"PM"},"tillstand":{"kod":"OK"}}],`+
		`"formansinformation":{"utbetalningsuppgift":[{"formansfamilj":{"beskrivning":"Sjukpenning"},"datum":"2026-10-01","nettobelopp":{"summa":10.5,"valuta":"EUR"}}],`+
		`"preliminarautbetalningar":[{"formansfamilj":{"beskrivning":"Sjukpenning"},"datum":"2026-11-25","nettobelopp":{"summa":100}}]},`+
		`"utbetalningar":[{"utbetalningsdatum":"2026-10-19","utbetalningsperiod":{"from":"2026-10-01","tom":"2026-10-31"},"nettobelopp":500,"utbetalningsrader":[{"formansgrupp":{"kod":"PM:BTI","beskrivning":"Bostadstillägg"}}]}]}`)), number)
	same(t, "for a person", got[:2], []register.Answer{
		{Agency: register.Forsakringskassan, Rows: []register.Row{{Amount: 1050, Paid: "2026-10-01", Text: "Sjukpenning i EUR"}, {Amount: 10000, Paid: "2026-11-25", Text: "Sjukpenning (planerad)"}}},
		{Agency: register.Pensions, Rows: []register.Row{{Amount: 50000, From: "2026-10-01", To: "2026-10-31", Paid: "2026-10-19", Text: "Bostadstillägg"}}}})
}

// FuzzParse: whatever comes, there is one answer for each agency, in order, and an
// agency that is silent has said nothing.
func FuzzParse(f *testing.F) {
	good := ssbteksim.Answer(number, "k", query.From, query.To, known, ssbteksim.Behaviour{})
	f.Add(good)
	f.Add(ssbteksim.Answer(number, "", query.From, query.To, nil, ssbteksim.Behaviour{Down: register.Agencies}))
	f.Add(good[:len(good)/2])
	f.Add([]byte(`<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`))
	f.Fuzz(func(t *testing.T, text []byte) {
		got := ssbtek.Parse(text, number)
		if len(got) != len(register.Agencies) {
			t.Fatalf("%d answers", len(got))
		}
		for i, a := range got {
			if a.Agency != register.Agencies[i] || a.Silence != "" && (len(a.Rows) > 0 || len(a.Notes) > 0) {
				t.Fatalf("answer %d: %+v", i, a)
			}
			for _, r := range a.Rows {
				if r.Text == "" || r.Amount > 1e12 || len(r.Paid) != len("2026-10-01") {
					t.Fatalf("a row: %+v", r)
				}
			}
		}
	})
}
