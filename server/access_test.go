package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server"
	"github.com/skalig/skalig/server/demoidp"
)

// TestRoutesAndRoles is every route for every kind of visitor, on an object of
// Alva's. 401 and 404 are final; 200 may be a page that asks to sign in ("in").
func TestRoutesAndRoles(t *testing.T) {
	s := run(t, t.TempDir())
	alva := s.as(t, "alva")
	granted := strings.TrimPrefix(alva.apply(single, nil).path, "/arende/")
	queued := strings.TrimPrefix(alva.apply(strings.Replace(over, "6500", "6400", 1), nil).path, "/arende/")
	if granted == queued {
		t.Fatal("two applications are one case")
	}
	visitors := map[string]*browser{"nobody": s.browser(t), "alva": alva, "bo": s.as(t, "bo"), "doris": s.as(t, "doris")}
	engine := regexp.MustCompile(`/engine/[0-9a-f]{64}\.wasm`).FindString(alva.get("/rakna").body)
	verify := regexp.MustCompile(`/verify/[0-9a-f]{64}\.wasm`).FindString(alva.get("/kvitto").body)
	everyone := func(want string) map[string]string {
		return map[string]string{"nobody": want, "alva": want, "bo": want, "doris": want}
	}
	reason := url.Values{"act": {"stop"}, "reason": {""}}
	for _, c := range []struct {
		method, path string
		form         url.Values
		want         map[string]string
	}{
		{"GET", "/", nil, everyone("200")},
		{"GET", "/rakna", nil, everyone("200")},
		{"GET", "/rakna/server", nil, everyone("200")},
		{"POST", "/rakna/server", household(), everyone("200")},
		{"GET", "/kommuner", nil, everyone("200")},
		{"GET", "/kvitto", nil, everyone("200")},
		{"GET", engine, nil, everyone("200")},
		{"GET", verify, nil, everyone("200")},
		{"GET", strings.Replace(engine, "engine", "verify", 1), nil, everyone("404")},
		{"GET", "/engine/x.wasm", nil, everyone("404")},
		{"GET", "/log/checkpoint", nil, everyone("200")},
		{"GET", "/audit", nil, everyone("200")},
		{"GET", "/audit/prov", nil, everyone("200")},
		{"GET", "/audit/rad/0.json", nil, everyone("200")},
		{"GET", "/audit/rad/1.json", nil, everyone("404")},
		{"GET", "/log/key", nil, everyone("200")},
		{"GET", "/log/../journal.db", nil, everyone("404")},
		{"GET", "/log/.state", nil, everyone("404")},
		{"GET", "/metrics", nil, everyone("200")},
		{"GET", "/healthz", nil, everyone("200")},
		{"GET", "/readyz", nil, everyone("200")},
		{"GET", "/nothing", nil, everyone("404")},
		{"GET", "/mina", nil, map[string]string{"nobody": "in", "alva": "200", "bo": "200", "doris": "404"}},
		{"GET", "/mina/lasningar", nil, map[string]string{"nobody": "in", "alva": "200", "bo": "200", "doris": "404"}},
		{"GET", "/granskning", nil, map[string]string{"nobody": "in", "alva": "404", "bo": "404", "doris": "404"}},
		{"POST", "/granskning/0/lott", url.Values{"secret": {"00"}}, map[string]string{"nobody": "401", "alva": "404", "bo": "404", "doris": "404"}},
		{"POST", "/granskning", url.Values{"count": {"1"}, "seal": {"00"}}, map[string]string{"nobody": "401", "alva": "404", "bo": "404", "doris": "404"}},
		{"GET", "/granskning/0/kvitton.jsonl", nil, map[string]string{"nobody": "in", "alva": "404", "bo": "404", "doris": "404"}},
		{"GET", "/handlaggare-urval", nil, map[string]string{"nobody": "in", "alva": "404", "bo": "404", "doris": "200"}},
		{"POST", "/handlaggare-urval/0", url.Values{}, map[string]string{"nobody": "401", "alva": "404", "bo": "404", "doris": "404"}},
		{"GET", "/ansok/kontrollera", nil, map[string]string{"nobody": "in", "alva": "200", "bo": "200", "doris": "404"}},
		{"GET", "/ansok/andra", nil, map[string]string{"nobody": "in", "alva": "200", "bo": "200", "doris": "404"}},
		{"GET", "/arende/" + granted, nil, map[string]string{"nobody": "in", "alva": "200", "bo": "404", "doris": "404"}},
		{"GET", "/arende/" + granted + "/kvitto.json", nil, map[string]string{"nobody": "in", "alva": "200", "bo": "404", "doris": "404"}},
		{"GET", "/arende/" + granted + "/kvitto.svg", nil, map[string]string{"nobody": "in", "alva": "200", "bo": "404", "doris": "404"}},
		{"GET", "/arende/" + queued, nil, map[string]string{"nobody": "in", "alva": "200", "bo": "404", "doris": "404"}},
		{"GET", "/arende/" + queued + "/kvitto.json", nil, map[string]string{"nobody": "in", "alva": "404", "bo": "404", "doris": "404"}},
		{"GET", "/arende/" + queued + "/kvitto.svg", nil, map[string]string{"nobody": "in", "alva": "404", "bo": "404", "doris": "404"}},
		{"GET", "/arende/aaaaaaaaaaaaaaaaaaaaaaaaaa", nil, map[string]string{"nobody": "in", "alva": "404", "bo": "404", "doris": "404"}},
		{"GET", "/arende/" + granted + "/brev", nil, map[string]string{"nobody": "in", "alva": "200", "bo": "404", "doris": "404"}},
		{"GET", "/arende/" + granted + "/beslut.pdf", nil, map[string]string{"nobody": "in", "alva": "404", "bo": "404", "doris": "404"}},
		{"GET", "/arende/" + granted + "/overklaga", nil, map[string]string{"nobody": "in", "alva": "200", "bo": "404", "doris": "404"}},
		{"GET", "/arende/" + queued + "/brev", nil, map[string]string{"nobody": "in", "alva": "404", "bo": "404", "doris": "404"}},
		{"GET", "/arende/" + queued + "/overklaga", nil, map[string]string{"nobody": "in", "alva": "404", "bo": "404", "doris": "404"}},
		{"POST", "/arende/" + granted + "/overklaga", url.Values{"step": {"change"}}, map[string]string{"nobody": "401", "alva": "422", "bo": "404", "doris": "404"}},
		{"POST", "/arende/" + granted + "/meddelande", url.Values{"message": {""}}, map[string]string{"nobody": "401", "alva": "422", "bo": "404", "doris": "404"}},
		{"POST", "/arende/" + granted + "/komplettering", url.Values{"answer": {""}}, map[string]string{"nobody": "401", "alva": "422", "bo": "404", "doris": "404"}},
		{"GET", "/handlaggare/" + granted + "/meddelande", nil, map[string]string{"nobody": "in", "alva": "404", "bo": "404", "doris": "200"}},
		{"POST", "/handlaggare/" + granted + "/meddelande", url.Values{"message": {""}}, map[string]string{"nobody": "401", "alva": "404", "bo": "404", "doris": "422"}},
		{"GET", "/handlaggare/" + queued + "/komplettering", nil, map[string]string{"nobody": "in", "alva": "404", "bo": "404", "doris": "200"}},
		{"POST", "/handlaggare/" + queued + "/komplettering", url.Values{"text": {""}}, map[string]string{"nobody": "401", "alva": "404", "bo": "404", "doris": "422"}},
		{"GET", "/handlaggare/" + granted + "/overklagande", nil, map[string]string{"nobody": "in", "alva": "404", "bo": "404", "doris": "200"}},
		{"GET", "/handlaggare/" + granted + "/overklagande.zip", nil, map[string]string{"nobody": "in", "alva": "404", "bo": "404", "doris": "404"}},
		{"POST", "/handlaggare/" + granted + "/overklagande/omprova", url.Values{"outcome": {""}}, map[string]string{"nobody": "401", "alva": "404", "bo": "404", "doris": "409"}},
		{"POST", "/handlaggare/" + granted + "/overklagande/overlamna", url.Values{"outcome": {""}}, map[string]string{"nobody": "401", "alva": "404", "bo": "404", "doris": "422"}},
		{"POST", "/handlaggare/" + granted + "/overklagande/klart", nil, map[string]string{"nobody": "401", "alva": "404", "bo": "404", "doris": "422"}},
		{"GET", "/handlaggare", nil, map[string]string{"nobody": "in", "alva": "404", "bo": "404", "doris": "200"}},
		{"GET", "/handlaggare/" + granted, nil, map[string]string{"nobody": "in", "alva": "404", "bo": "404", "doris": "200"}},
		{"GET", "/handlaggare/" + queued, nil, map[string]string{"nobody": "in", "alva": "404", "bo": "404", "doris": "200"}},
		{"GET", "/ansok", nil, map[string]string{"nobody": "200", "alva": "200", "bo": "200", "doris": "404"}},
		{"GET", "/ansok/kostnader", nil, map[string]string{"nobody": "in", "alva": "200", "bo": "200", "doris": "404"}},
		{"GET", "/ansok/okand", nil, map[string]string{"nobody": "in", "alva": "200", "bo": "200", "doris": "404"}},
		{"GET", "/ansok/vantar", nil, map[string]string{"nobody": "in", "alva": "200", "bo": "200", "doris": "404"}},
		{"GET", "/ansok/ta-bort", nil, map[string]string{"nobody": "in", "alva": "200", "bo": "200", "doris": "404"}},
		{"GET", "/ansok/underlag/1", nil, map[string]string{"nobody": "in", "alva": "200", "bo": "200", "doris": "404"}},
		{"GET", "/medsokande/" + granted, nil, map[string]string{"nobody": "in", "alva": "404", "bo": "404", "doris": "404"}},
		{"GET", "/arende/" + granted + "/underlag", nil, map[string]string{"nobody": "in", "alva": "200", "bo": "404", "doris": "404"}},
		{"GET", "/handlaggare/" + granted + "/dokument", nil, map[string]string{"nobody": "in", "alva": "404", "bo": "404", "doris": "200"}},
		{"POST", "/arende/" + granted + "/underlag", url.Values{}, map[string]string{"nobody": "401", "alva": "400", "bo": "404", "doris": "404"}},
		{"GET", "/arende/" + granted + "/underlag/1", nil, map[string]string{"nobody": "in", "alva": "404", "bo": "404", "doris": "404"}},
		{"GET", "/handlaggare/" + granted + "/dokument/1", nil, map[string]string{"nobody": "in", "alva": "404", "bo": "404", "doris": "404"}},
		{"GET", "/prata", nil, map[string]string{"nobody": "in", "alva": "200", "bo": "200", "doris": "404"}},
		{"GET", "/prata/tack", nil, map[string]string{"nobody": "in", "alva": "200", "bo": "200", "doris": "404"}},
		{"GET", "/behov", nil, map[string]string{"nobody": "in", "alva": "200", "bo": "200", "doris": "404"}},
		{"GET", "/sessioner", nil, map[string]string{"nobody": "in", "alva": "200", "bo": "200", "doris": "200"}},
		{"GET", "/handlaggare/samtal", nil, map[string]string{"nobody": "in", "alva": "404", "bo": "404", "doris": "200"}},
		{"GET", "/handlaggare/ny", nil, map[string]string{"nobody": "in", "alva": "404", "bo": "404", "doris": "200"}},
		{"GET", "/inmatning/aaaaaaaaaaaaaaaaaaaaaaaaaa", nil, map[string]string{"nobody": "in", "alva": "404", "bo": "404", "doris": "404"}},
		{"GET", "/inmatning/aaaaaaaaaaaaaaaaaaaaaaaaaa/kostnader", nil, map[string]string{"nobody": "in", "alva": "404", "bo": "404", "doris": "404"}},
		{"POST", "/ansok/ny", url.Values{"kind": {"x"}}, map[string]string{"nobody": "401", "alva": "422", "bo": "422", "doris": "404"}},
		{"POST", "/ansok/kostnader", url.Values{}, map[string]string{"nobody": "401", "alva": "200", "bo": "200", "doris": "404"}},
		{"POST", "/ansok/underlag/fil", url.Values{}, map[string]string{"nobody": "401", "alva": "200", "bo": "200", "doris": "404"}},
		{"POST", "/medsokande/" + granted, url.Values{"act": {"skriv"}}, map[string]string{"nobody": "401", "alva": "404", "bo": "404", "doris": "404"}},
		{"POST", "/prata", url.Values{"municipality": {"x"}}, map[string]string{"nobody": "401", "alva": "422", "bo": "422", "doris": "404"}},
		{"POST", "/handlaggare/samtal", url.Values{"id": {"x"}, "note": {"x"}}, map[string]string{"nobody": "401", "alva": "404", "bo": "404", "doris": "404"}},
		{"POST", "/handlaggare/ny", url.Values{}, map[string]string{"nobody": "401", "alva": "404", "bo": "404", "doris": "422"}},
		{"POST", "/inmatning/aaaaaaaaaaaaaaaaaaaaaaaaaa/skicka", url.Values{}, map[string]string{"nobody": "401", "alva": "404", "bo": "404", "doris": "404"}},
		{"POST", "/ansok", url.Values{"facts": {"{}"}}, everyone("422")},
		{"POST", "/ansok/skicka", url.Values{"key": {"x"}}, map[string]string{"nobody": "401", "alva": "409", "bo": "409", "doris": "404"}},
		{"POST", "/handlaggare/stopp", reason, map[string]string{"nobody": "401", "alva": "404", "bo": "404", "doris": "422"}},
		{"POST", "/handlaggare/" + queued + "/stopp", reason, map[string]string{"nobody": "401", "alva": "404", "bo": "404", "doris": "422"}},
		{"POST", "/handlaggare/" + queued + "/beslut", url.Values{}, map[string]string{"nobody": "401", "alva": "404", "bo": "404", "doris": "422"}},
		{"POST", "/handlaggare/aaaaaaaaaaaaaaaaaaaaaaaaaa/beslut", url.Values{}, map[string]string{"nobody": "401", "alva": "404", "bo": "404", "doris": "404"}},
	} {
		for who, b := range visitors {
			var a answer
			if c.method == "GET" {
				a = b.get(c.path)
			} else {
				a = b.post(c.path, c.form)
			}
			got := fmt.Sprint(a.code)
			if strings.HasPrefix(a.path, demoidp.Path) {
				got = "in"
			}
			if got != c.want[who] {
				t.Errorf("%s %s as %s: %s, want %s", c.method, c.path, who, got, c.want[who])
			}
		}
	}
}

func TestBadInput(t *testing.T) {
	s := run(t, t.TempDir())
	b := s.as(t, "alva")
	children := &strings.Builder{}
	for i := range 51 {
		fmt.Fprintf(children, `,{"id":"c%d","role":"child","age":8}`, i)
	}
	change := func(old, new string) string { return strings.Replace(single, old, new, 1) }
	for name, c := range map[string]struct {
		facts string
		code  int
		want  string
	}{
		"10 MB":           {strings.Repeat("x", 10<<20), 413, "för stort"},
		"just too large":  {strings.Repeat("x", 256<<10), 413, "för stort"},
		"invalid UTF-8":   {change("p1", "p\xff"), 400, "kom inte fram"},
		"unknown field":   {change(`"persons"`, `"extra":1,"persons"`), 422, "har inte skickats"},
		"repeated field":  {change(`"persons"`, `"month":"2026-11","persons"`), 422, "har inte skickats"},
		"2027":            {strings.NewReplacer("2026-11", "2027-01", "2026-10", "2026-12").Replace(single), 422, "2027"},
		"51 children":     {change(`,"monthsInRow":0}`, `,"monthsInRow":0}`+children.String()), 422, "har inte skickats"},
		"deep nesting":    {strings.Repeat("[", 20_000), 422, "har inte skickats"},
		"nothing":         {"", 422, "har inte skickats"},
		"register's word": {change("declared", "register"), 422, "Bara kommunen"},
	} {
		a := b.post("/ansok", url.Values{"facts": {c.facts}})
		if a.code != c.code || !strings.Contains(a.body, c.want) || !strings.Contains(a.body, `lang="sv"`) {
			t.Errorf("%s: %d, want %d with %q: %.300s", name, a.code, c.code, c.want, a.body)
		}
	}
	if a := b.post("/ansok", url.Values{"facts": {single, single}}); a.code != 400 {
		t.Errorf("a field twice: %d", a.code)
	}
	if mine := b.get("/mina"); !strings.Contains(mine.body, "Du har inga ärenden") {
		t.Error("bad input made a case")
	}
	if a := b.apply(single, url.Values{"attest": {""}}); a.code != 422 || !strings.Contains(a.body, "Intyga att uppgifterna stämmer") {
		t.Errorf("sent without attesting: %d", a.code)
	}
}

// TestDoubleSubmit presses the button 16 times at once, and once more later.
func TestDoubleSubmit(t *testing.T) {
	s := run(t, t.TempDir())
	b := s.as(t, "alva")
	page := b.post("/ansok", url.Values{"facts": {single}})
	form := url.Values{"key": {formKey.FindStringSubmatch(page.body)[1]}, "attest": {"ja"}}
	paths := make([]string, 16)
	var wg sync.WaitGroup
	for i := range paths {
		wg.Go(func() { paths[i] = b.post("/ansok/skicka", form).path })
	}
	wg.Wait()
	for _, p := range append(paths, b.post("/ansok/skicka", form).path) {
		if p != paths[0] || !strings.HasPrefix(p, "/arende/") {
			t.Errorf("a press led to %s, the first to %s", p, paths[0])
		}
	}
	if back := b.get("/ansok/kontrollera"); back.path != paths[0] {
		t.Errorf("going back leads to %s", back.path)
	}
	form.Set("human", "ja")
	if a := b.post("/ansok/skicka", form); a.code != http.StatusConflict || !strings.Contains(a.body, "har redan skickats med andra uppgifter") {
		t.Errorf("the same form with other content: %d", a.code)
	}
	if n := strings.Count(b.get("/mina").body, `href="/arende/`); n != 1 {
		t.Errorf("there are %d cases", n)
	}
}

// TestRestart starts again on the same data: what was decided is there, its
// receipt verifies, and the person is still signed in.
func TestRestart(t *testing.T) {
	data := t.TempDir()
	s := run(t, data)
	b := s.as(t, "alva")
	page := b.apply(single, nil)
	receipt := b.get(page.path + "/kvitto.json")
	key := b.get("/log/key")
	addr := strings.TrimPrefix(s.url, "http://")
	s.stop()
	run(t, data, func(c *server.Config) { c.Addr = addr })
	if again := b.get(page.path); again.code != 200 || !strings.Contains(again.body, "Du får") {
		t.Errorf("after the restart: %d %s", again.code, again.path)
	}
	if again := b.get(page.path + "/kvitto.json"); again.body != receipt.body {
		t.Error("the receipt is another")
	}
	if rep := ledger.Verify([]byte(receipt.body), []string{strings.TrimSpace(key.body)}); !rep.OK {
		t.Errorf("the receipt does not verify: %+v", rep)
	}
}
