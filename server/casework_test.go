package server_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

var (
	caseLink = regexp.MustCompile(`href="/handlaggare/([a-z0-9]{26})"`)
	version  = regexp.MustCompile(`name="version" value="([0-9]+)"`)
)

// TestCasework takes a case that the machine may not decide to a caseworker and back.
func TestCasework(t *testing.T) {
	s := run(t, t.TempDir())
	alva := s.as(t, "alva")
	page := alva.apply(over, nil)
	if !strings.Contains(page.body, "En handläggare läser den") || !strings.Contains(page.body, "Hyran är högre än kommunens") {
		t.Fatalf("the waiting page: %s %s", page.path, page.body)
	}
	waiting := page.path

	doris := s.as(t, "doris")
	queue := doris.get("/handlaggare")
	m := caseLink.FindStringSubmatch(queue.body)
	if m == nil {
		t.Fatalf("the queue: %s", queue.body)
	}
	desk := doris.get("/handlaggare/" + m[1])
	for _, want := range []string{"Alva Exempel", "19921122-2386", "Hyra", "9\u00a0500", "Läs det här först", "högre än kommunens gräns", "Godkänn beräkningen"} {
		if !strings.Contains(desk.body, want) {
			t.Errorf("the desk lacks %q", want)
		}
	}
	to := "/handlaggare/" + m[1] + "/beslut"
	at := func(b *browser) string {
		t.Helper()
		v := version.FindStringSubmatch(b.get("/handlaggare/" + m[1]).body)
		if v == nil {
			t.Fatal("the desk has no form")
		}
		return v[1]
	}
	ruling := func(version, outcome, why string) url.Values {
		return url.Values{"version": {version}, "outcome": {outcome}, "provision": {"norm"}, "motivation": {why}}
	}
	first := at(doris)
	for name, c := range map[string]struct {
		form url.Values
		want string
	}{
		"nothing":         {ruling(first, "", ""), "Välj beslut"},
		"no reason":       {ruling(first, "partly", " "), "Skriv en motivering"},
		"unknown outcome": {ruling(first, "kanske", "Hyran"), "Välj beslut"},
		"warnings unread": {ruling(first, "refused", "Hyran"), "Kvittera varningarna först"},
	} {
		a := doris.post(to, c.form)
		if a.code != 422 || !strings.Contains(a.body, c.want) || !strings.Contains(a.body, "error-summary") {
			t.Errorf("%s: %d, lacks %q", name, a.code, c.want)
		}
		if why := strings.TrimSpace(c.form.Get("motivation")); !strings.Contains(a.body, why) {
			t.Errorf("%s: what was typed is gone", name)
		}
	}
	doris.read(m[1])
	if a := doris.post(to, ruling(at(doris), "partly", "Hyran")); a.code != 422 || !strings.Contains(a.body, "Godkänn beräkningen först") {
		t.Errorf("without an approved calculation: %d", a.code)
	}
	doris.approve(m[1])
	if page := doris.get("/handlaggare/" + m[1]).body; strings.Contains(page, "o-granted") || !strings.Contains(page, "Beräkningen ger inte allt som är sökt") {
		t.Error("the page offers to grant all")
	}
	if a := doris.post(to, ruling(at(doris), "granted", "Hyran")); a.code != 422 || !strings.Contains(a.body, "mindre än den sökande har sökt") {
		t.Errorf("less was called all: %d", a.code)
	}

	other := s.as(t, "dag")
	both := at(other)
	if a := doris.post(to, ruling(both, "partly", "Hyran är högre än kommunens tak.")); a.code != 200 {
		t.Fatalf("the ruling: %d %s", a.code, a.body)
	}
	late := other.post(to, ruling(both, "refused", "Mitt eget skäl står kvar."))
	if late.code != 409 || !strings.Contains(late.body, "Någon annan hann före") || !strings.Contains(late.body, "Mitt eget skäl står kvar.") {
		t.Errorf("the second caseworker: %d %s", late.code, late.body)
	}

	decided := alva.await(waiting, "Du får")
	for _, want := range []string{"7\u00a0220\u00a0kr", "Doris Demosson", "Hyran är högre än kommunens tak.", "en del av det du sökt", "tre veckor"} {
		if !strings.Contains(decided.body, want) {
			t.Errorf("the decision lacks %q", want)
		}
	}
	if strings.Contains(decided.body, "Ett program har fattat beslutet") || strings.Contains(decided.body, "Då finns det inget att överklaga") {
		t.Error("a human's partial decision is shown as a machine's in full")
	}
	if queue := doris.get("/handlaggare"); caseLink.MatchString(queue.body) {
		t.Error("a decided case stands in the queue")
	}
}

var warningKey = regexp.MustCompile(`name="key" value="([^"]+)"`)

// read acknowledges every warning of a case.
func (b *browser) read(id string) {
	b.t.Helper()
	for {
		a := b.get("/handlaggare/" + id)
		key := warningKey.FindStringSubmatch(a.body)
		if key == nil {
			return
		}
		form := url.Values{"version": {version.FindStringSubmatch(a.body)[1]}, "key": {key[1]}, "note-" + key[1]: {"Läst och förstått"}}
		if a := b.post("/handlaggare/"+id+"/kvittera", form); a.code != 200 {
			b.t.Fatalf("acknowledging %s: %d", key[1], a.code)
		}
	}
}

// approve reads every warning of a case and approves its calculation.
func (b *browser) approve(id string) {
	b.t.Helper()
	b.read(id)
	form := url.Values{"version": {version.FindStringSubmatch(b.get("/handlaggare/" + id).body)[1]}}
	if a := b.post("/handlaggare/"+id+"/berakning", form); a.code != 200 {
		b.t.Fatalf("approving the calculation: %d", a.code)
	}
}

// await asks for a page until it holds a text.
func (b *browser) await(path, want string) answer {
	b.t.Helper()
	for range 200 {
		if a := b.get(path); strings.Contains(a.body, want) {
			return a
		}
		time.Sleep(10 * time.Millisecond)
	}
	b.t.Fatalf("%s never shows %q", path, want)
	return answer{}
}

// TestSwitch stops automatic decisions and starts them again.
func TestSwitch(t *testing.T) {
	s := run(t, t.TempDir())
	doris := s.as(t, "doris")
	if a := doris.post("/handlaggare/stopp", url.Values{"act": {"stop"}, "reason": {""}}); a.code != 422 || !strings.Contains(a.body, "Skriv varför") {
		t.Errorf("stopped without a reason: %d", a.code)
	}
	if a := doris.post("/handlaggare/stopp", url.Values{"act": {"explode"}, "reason": {"x"}}); a.code != 400 {
		t.Errorf("an unknown act: %d", a.code)
	}
	if a := doris.post("/handlaggare/stopp", url.Values{"act": {"stop"}, "reason": {"Nya riktlinjer"}}); a.code != 200 || !strings.Contains(a.body, "stoppade") {
		t.Errorf("stopped: %d", a.code)
	}
	if a := s.as(t, "alva").apply(single, nil); !strings.Contains(a.body, "Kommunen har stoppat automatiska beslut") {
		t.Errorf("an application while stopped: %s", a.body)
	}
	if a := doris.post("/handlaggare/stopp", url.Values{"act": {"start"}, "reason": {"Klart"}}); a.code != 200 || !strings.Contains(a.body, "<strong>på</strong>") {
		t.Errorf("started: %d", a.code)
	}
	if a := s.as(t, "bo").apply(single, nil); !strings.Contains(a.body, "Du får") {
		t.Errorf("an application after: %s", a.body)
	}
	id := caseLink.FindStringSubmatch(doris.get("/handlaggare").body)[1]
	if a := doris.post("/handlaggare/"+id+"/stopp", url.Values{"act": {"stop"}, "reason": {"Bo"}}); a.code != 200 {
		t.Errorf("stopped for a household: %d", a.code)
	}
}

// TestAsksForAHuman sends the flags of the page to check.
func TestAsksForAHuman(t *testing.T) {
	s := run(t, t.TempDir())
	if a := s.as(t, "alva").apply(single, url.Values{"human": {"ja"}}); !strings.Contains(a.body, "Du har bett att en människa") {
		t.Errorf("human: %s", a.body)
	}
	if a := s.as(t, "bo").apply(single, url.Values{"acute": {"ja"}}); !strings.Contains(a.body, "akut behov") {
		t.Errorf("acute: %s", a.body)
	}
	_, queue, _ := strings.Cut(s.as(t, "doris").get("/handlaggare").body, "<table")
	if a, b := strings.Index(queue, "akut behov"), strings.Index(queue, "bett att en människa"); a < 0 || b < a {
		t.Errorf("the acute need does not come first: %s", queue)
	}
}
