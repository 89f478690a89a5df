package server_test

import (
	"net/url"
	"strings"
	"testing"
)

// Of Cleo the demonstration's Social Insurance Agency shows 4 000 kr in October.
var sick = strings.Replace(single, `"amount":5000`, `"amount":4000`, 1)

// TestRegistersOnTheCheckPage: what agencies show, whom nobody heard from, and
// what a difference leads to.
func TestRegistersOnTheCheckPage(t *testing.T) {
	s := run(t, t.TempDir())
	cleo := s.as(t, "cleo")
	page := cleo.post("/ansok", url.Values{"facts": {sick}})
	for _, want := range []string{"Försäkringskassan: Sjukpenning, 4\u00a0000\u00a0kr, utbetalt 25 oktober 2026", "Visar inga utbetalningar till dig: "} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the check page lacks %q", want)
		}
	}
	if strings.Contains(page.body, "Du har skrivit") {
		t.Error("what agrees is held to differ")
	}
	// 5 220 + 6 500 − 4 000 = 7 720.
	granted := cleo.apply(sick, nil)
	if !strings.Contains(granted.body, "7\u00a0720\u00a0kr") || !strings.Contains(granted.body, "register") {
		t.Errorf("what agrees was not granted: %s", granted.body)
	}

	hidden := strings.Replace(sick, `"amount":4000`, `"amount":3999`, 1)
	if page := cleo.post("/ansok", url.Values{"facts": {hidden}}); !strings.Contains(page.body, "Försäkringskassan visar 4\u00a0000\u00a0kr i ") || !strings.Contains(page.body, "Du har skrivit 3\u00a0999\u00a0kr") {
		t.Error("the check page does not tell of the difference")
	}
	if a := cleo.apply(hidden, nil); !strings.Contains(a.body, "ett högre belopp") {
		t.Errorf("a difference did not go to a human: %s", a.body)
	}

	doris := s.as(t, "doris")
	id := caseLink.FindStringSubmatch(doris.get("/handlaggare").body)[1]
	if desk := doris.post("/handlaggare/"+id+"/register", nil); desk.code != 200 || desk.path != "/handlaggare/"+id || !strings.Contains(desk.body, "4\u00a0000") {
		t.Errorf("asked again: %d %s", desk.code, desk.path)
	}
	if page := cleo.get("/arende/" + id); !strings.Contains(page.body, "Myndigheterna tillfrågades igen") {
		t.Error("the applicant is not told that the agencies were asked again")
	}

	bo := s.as(t, "bo")
	if page := bo.post("/ansok", url.Values{"facts": {single}}); !strings.Contains(page.body, "Svarade inte nu: A-kassorna") {
		t.Error("a silent agency is not named")
	}
	if a := bo.apply(single, nil); !strings.Contains(a.body, "6\u00a0720\u00a0kr") {
		t.Error("a silent agency counted against Bo")
	}
}

// TestDisputedRow: who says that a row is wrong meets a human.
func TestDisputedRow(t *testing.T) {
	s := run(t, t.TempDir())
	cleo := s.as(t, "cleo")
	if a := cleo.apply(sick, url.Values{"disputed": {"FK:0"}, "dispute": {"Bidraget är min systers"}}); !strings.Contains(a.body, "inte stämmer. En handläggare reder ut det") {
		t.Errorf("a disputed row did not go to a human: %s", a.body)
	}
	for _, bad := range []string{"FK", "FK:x", "XX:1", "FK:99999"} {
		if a := cleo.apply(sick, url.Values{"disputed": {bad}}); a.code != 400 {
			t.Errorf("disputed %q: %d", bad, a.code)
		}
	}
}
