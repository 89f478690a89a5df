package server_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// household is what a browser without script sends for the single parent of the
// browser tests: 3 940 + 2 720 + 1 410 and costs of 6 670,50, less 5 250.
func household(more ...string) url.Values {
	v := url.Values{"manad": {"2026-11"}, "kommun": {"9999"}, "vuxna": {"1"}, "p1-age": {"34"}, "p1-before": {"no"}, "c1-age": {"5"}, "c1-lunch": {"away"},
		"c2-age": {""}, "gemenskap": {"nej"}, "tenure": {"rent"}, "rooms": {"2"}, "rent": {"6 200,50"}, "electricity": {"350"}, "homeInsurance": {"120 kr"},
		"p1-sicknessBenefit": {"4 000"}, "p1-childBenefit": {"1250"}, "rakna": {"ja"}}
	for i := 0; i < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v
}

// TestEstimateByTheServer is the calculator without script: the same form, the
// same lines, what is missing and between which amounts, and the form as it was.
func TestEstimateByTheServer(t *testing.T) {
	s := run(t, t.TempDir())
	b := s.browser(t)
	empty := b.get("/rakna/server")
	for _, want := range []string{`name="p1-age"`, `name="c4-age"`, `action="/rakna/server"`, "sparar inget"} {
		if !strings.Contains(empty.body, want) {
			t.Errorf("the empty form lacks %s", want)
		}
	}
	for _, c := range []struct {
		name string
		form url.Values
		code int
		want []string
	}{
		{"a single parent", household(), 200, []string{"9 490,50 kr", "Ensam vuxen", "12 kap. 2 § socialtjänstförordningen", "Dina svar skickades till servern", `value="6 200,50"`,
			`name="c1-lunch" id="c1-lunch-away" value="away" checked`, "Från riksnorm till bistånd", `action="/ansok"`, "Kommun: Demokommun. Månad: november 2026"}},
		{"a rent that is not known", household("rent", "", "rent-okand", "ja"), 200, []string{"Mellan 3 290 kr och 11 890 kr per månad", "Hyra eller avgift: du har svarat att du inte vet", `href="#rent"`}},
		{"a lunch that is not known", household("c1-lunch", "unknown"), 200, []string{"Mellan 9 490,50 kr och 9 830,50 kr per månad", "Var äter barnet lunch"}},
		{"a municipality that is not connected", household("kommun", "0114"), 200, []string{"Upplands Väsby tar inte emot ansökningar här", "9 490,50 kr"}},
		{"another card for a child", household("barn-fler", "ja"), 200, []string{`name="c4-age"`, `value="6 200,50"`}},
		{"an amount that can't be read", household("rent", "många"), 422, []string{"Fel: ", `href="#rent"`, `id="rent-error"`, "Skriv beloppet med siffror", `value="många"`}},
		{"no age", household("p1-age", ""), 422, []string{`href="#p1-age"`, "Hur gammal är du i slutet av månaden?"}},
		{"markup", household("rent", `"><b>x`), 422, []string{"&#34;&gt;&lt;b&gt;x"}},
		{"nothing", url.Values{}, 422, []string{"Rätta det här"}},
	} {
		a := b.post("/rakna/server", c.form)
		body := strings.ReplaceAll(a.body, "\u00a0", " ")
		if a.code != c.code {
			t.Errorf("%s: %d, want %d", c.name, a.code, c.code)
		}
		for _, want := range c.want {
			if !strings.Contains(body, want) {
				t.Errorf("%s: the answer lacks %s", c.name, want)
			}
		}
		if got := a.head.Get("Cache-Control"); !strings.Contains(got, "no-store") {
			t.Errorf("%s: Cache-Control %q", c.name, got)
		}
	}
	sent := b.post("/rakna/server", household())
	if _, facts, ok := strings.Cut(sent.body, `name="facts" value="`); !ok || !strings.Contains(facts, "skalig/facts/1") {
		t.Error("one can't go on to apply")
	}
}

// TestServerEstimateKeepsNothing looks for an amount that was sent in all that
// the service writes.
func TestServerEstimateKeepsNothing(t *testing.T) {
	dir := t.TempDir()
	s := run(t, dir)
	if a := s.browser(t).post("/rakna/server", household("rent", "6 543,21")); a.code != 200 || len(a.head.Values("Set-Cookie")) > 0 {
		t.Fatalf("answered %d, cookies %v", a.code, a.head.Values("Set-Cookie"))
	}
	s.stop()
	if text := s.log.String(); strings.Contains(text, "6543") || strings.Contains(text, "6 543") || !strings.Contains(text, "/rakna/server") {
		t.Error("the log holds what was sent, or nothing of the request")
	}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if strings.Contains(string(data), "6543") || strings.Contains(string(data), "6 543") {
			t.Errorf("%s holds what was sent", filepath.Base(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPlaces(t *testing.T) {
	a := run(t, t.TempDir()).browser(t).get("/kommuner")
	open, rest, _ := strings.Cut(a.body, `id="annars"`)
	if a.code != 200 || !strings.Contains(open, "Demokommun") || !strings.Contains(rest, "Malmö") || strings.Contains(open, "Malmö") {
		t.Errorf("the page of municipalities answers %d and confuses where one can apply", a.code)
	}
}
