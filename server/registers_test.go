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
	if page := bo.post("/ansok", url.Values{"facts": {single}}); !strings.Contains(page.body, "Det kom inget svar från A-kassorna") {
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

// TestRegistersOfTwo: each adult sees what agencies say about them alone, and can say
// that it is wrong; only a caseworker reads what both have said.
func TestRegistersOfTwo(t *testing.T) {
	s := run(t, t.TempDir())
	alva, cleo := s.as(t, "alva"), s.as(t, "cleo")
	alva.couple("20040612-2382")
	check, key := alva.check()
	const row = "Försäkringskassan: Sjukpenning, 4\u00a0000\u00a0kr, utbetalt 25 oktober 2026"
	check.has(t, "Alva's check page", "Visar inga utbetalningar till dig: Försäkringskassan")
	alva.post("/ansok/skicka", url.Values{"key": {key}, "attest": {"ja"}})
	link := invitationLink.FindString(cleo.get("/mina").body)
	if first := cleo.get(link); strings.Contains(first.body, "Sjukpenning") {
		t.Error("agencies are shown before Cleo has said that they live together")
	}
	cleo.post(link, url.Values{"act": {"oppna"}}).has(t, "Cleo's page", row, "visas bara för dig och för en handläggare", "I ansökan står 0\u00a0kr")
	if a := cleo.post(link, url.Values{"act": {"skriv"}, "key": {key}, "disputed": {"FK:0"}, "dispute": {"Det var min systers"}}); a.code != 422 {
		t.Errorf("signed without attesting: %d", a.code)
	} else {
		a.has(t, "the form that comes back", "Det var min systers", `id="rad-FK:0" checked`)
	}
	sent := cleo.post(link, url.Values{"act": {"skriv"}, "key": {key}, "attest": {"ja"}, "disputed": {"FK:0"}, "dispute": {"Det var min systers"}})
	sent.has(t, "the sent application", "inte stämmer. En handläggare reder ut det")
	if page := alva.get(sent.path); page.code != 200 || strings.Contains(page.body, "min systers") {
		t.Errorf("Alva reads Cleo's words: %d", page.code)
	}
	s.as(t, "doris").get("/handlaggare/"+strings.TrimPrefix(sent.path, "/arende/")).has(t, "the desk",
		"Det här säger den sökande inte stämmer", "Försäkringskassan: Sjukpenning, 4\u00a0000\u00a0kr", "Det var min systers")
}
