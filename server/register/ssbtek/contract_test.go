package ssbtek_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skalig/skalig/server/outline"
	"github.com/skalig/skalig/server/register"
	"github.com/skalig/skalig/server/register/ssbtek"
	"github.com/skalig/skalig/server/register/ssbtek/contract"
	"github.com/skalig/skalig/server/register/ssbteksim"
)

// answers are what the simulator says of somebody of whom all agencies know
// something, of somebody unknown, and when agencies are down, left out or protect
// the person.
func simulated() map[string][]byte {
	out := map[string][]byte{}
	withheld := append([]register.Answer(nil), known...)
	withheld[3] = register.Answer{Agency: register.Arbetsformedlingen, Silence: register.Withheld}
	for name, people := range map[string][]register.Answer{"known": known, "unknown": nil, "withheld": withheld} {
		for how, b := range map[string]ssbteksim.Behaviour{"well": {}, "down": {Down: register.Agencies}, "missing": {Missing: []register.Agency{register.CSN, register.Migrationsverket}}} {
			out[name+" "+how] = ssbteksim.Answer(number, "k", query.From, query.To, people, b)
		}
	}
	return out
}

// TestContract: what the client asks and what the simulator says are the contract's,
// and with any element taken away or changed they are not.
func TestContract(t *testing.T) {
	_, c := world(t)
	question, err := ssbtek.Question(c, query)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := contract.Question(question); err != nil {
		t.Error(err)
	}
	for name, answer := range simulated() {
		if _, err := contract.Answer(answer); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	w := httptest.NewRecorder()
	(&ssbteksim.Simulator{}).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", nil))
	if _, err := contract.Fault(w.Body.Bytes()); err != nil || w.Code != http.StatusInternalServerError {
		t.Errorf("a fault: %d, %v", w.Code, err)
	}

	refused := 0
	for _, c := range []struct {
		good []byte
		read func([]byte) (*outline.Node, error)
	}{{question, contract.Question}, {simulated()["known well"], contract.Answer}} {
		for _, name := range elements(c.good) {
			for _, to := range []string{name + "x", "e:" + strings.TrimPrefix(name, "ssbt:"), ""} {
				bad := bytes.ReplaceAll(c.good, []byte("</"+name+">"), []byte("</"+to+">"))
				bad = open(name).ReplaceAll(bad, []byte("<"+to+"$1"))
				if to == "" { // without the element, and with what it holds
					bad = []byte(regexp.MustCompile(`(?s)<`+name+`[ >].*?</`+name+`>|<`+name+`[^>]*/>`).ReplaceAllString(string(c.good), ""))
				}
				if _, err := c.read(bad); err == nil && !(to == "" && slices.Contains(optional, name)) {
					t.Errorf("with %q for %s it is the contract's", to, name)
				} else if err != nil {
					refused++
				}
			}
		}
	}
	if refused < 150 {
		t.Errorf("only %d changed messages were refused", refused)
	}
}

// optional are the elements that may be missing: the contract does not demand them,
// or asks for none, or more than one was there.
var optional = []string{"e:Header", "s:korrelationsid", "s:fraga", "s:version",
	"ssbt:korrelationsid", "ssbt:AF", "ssbt:CSN", "ssbt:FK", "ssbt:SKV", "ssbt:SO", "ssbt:TNS", "ssbt:MIV",
	"er:Sekretessmarkering", "er:ArbetssokandeInfo", "er:Arbetssokande", "in:Arbetsloshetsersattning", "in:Utbetalningar",
	"tns:fordonsinnehav", "fordon:fordon", "response", "personnummer", "svarCollection", "beslutsTypNamn", "giltighetstid"}

func open(name string) *regexp.Regexp { return regexp.MustCompile(`<` + name + `([ />])`) }

// elements are the names in a message, but for the Tax Agency's document, which is a
// text to the contract.
func elements(message []byte) []string {
	var out []string
	plain := regexp.MustCompile(`(?s)<!\[CDATA\[.*?\]\]>`).ReplaceAll(message, nil)
	for _, m := range regexp.MustCompile(`<([a-zA-Z][a-zA-Z:]*)[ />]`).FindAllSubmatch(plain, -1) {
		if name := string(m[1]); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// TestDemonstration: what a demonstration's agencies know comes over the wire as it
// was written down, of every test person, and of who is unknown.
func TestDemonstration(t *testing.T) {
	today := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	demo := register.NewDemo(today, number, "199303012398", "200406122382")
	place, err := ssbteksim.Open(&ssbteksim.Simulator{People: demo})
	if err != nil {
		t.Fatal(err)
	}
	defer place.Close(t.Context()) //nolint:errcheck // the test is over
	client, err := ssbtek.Connect(ssbtek.Config{URL: place.URL, Organisation: "162120009999", Name: "Demokommun", Actor: "9999"}, place.Client, place.Roots())
	if err != nil {
		t.Fatal(err)
	}
	rows, silent := 0, 0
	for _, who := range []string{number, "199303012398", "200406122382", "199001012385"} {
		for _, to := range []string{"2026-11-22", "2026-10-24"} {
			q := register.Query{Municipality: "9999", Number: who, Case: "c", From: "2026-09-01", To: to}
			got := client.Ask(t.Context(), q)
			same(t, fmt.Sprintf("%s until %s", who, to), got, demo.Ask(t.Context(), q))
			for _, a := range got {
				rows += len(a.Rows)
			}
			silent += len(register.Result{Answers: got}.Silent())
		}
	}
	if rows != 1 || silent != 2 {
		t.Errorf("%d rows and %d silences came over the wire, want 1 and 2", rows, silent)
	}
}
