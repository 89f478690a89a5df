package server_test

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/skalig/skalig/server/demoidp"
)

var twinForm = regexp.MustCompile(`name="same" value="(\d+)"`)

// as signs a test person in, whose id is not on the page.
func (s *site) test(t *testing.T, p demoidp.Person) *browser {
	t.Helper()
	b := s.browser(t)
	b.choose(b.get("/logga-in"), p.ID)
	return b
}

// TestNumberChanges: who applied with a coordination number and is registered since goes
// on with the personal identity number that the provider says took its place: the draft,
// the cases, the account, the readings and the sessions are there. No file and no log
// holds either number, and a restart changes nothing.
func TestNumberChanges(t *testing.T) {
	dir := t.TempDir()
	s := run(t, dir)
	before := s.test(t, demoidp.Visiting(7))
	granted := before.apply(single, nil)
	if !strings.Contains(granted.body, "6\u00a0720") {
		t.Fatalf("not granted: %s", granted.path)
	}
	queued := before.apply(over, nil).path
	before.post("/mina/konto", url.Values{"kind": {"bank"}, "clearing": {"5000"}, "number": {"0000019"}, "holder": {"Prov Exempel"}})
	before.begin()
	before.post("/ansok/grund", url.Values{"month": {"2026-12"}, "municipality": {"9999"}})

	stranger := s.test(t, demoidp.Registered(8))
	after := s.test(t, demoidp.Registered(7))
	look := func(when string, after *browser) {
		for _, path := range []string{granted.path, queued} {
			if a := after.get(path); a.code != 200 || a.path != path {
				t.Errorf("%s: %s is %d at %s", when, path, a.code, a.path)
			}
		}
		mine := after.get("/mina").body
		for _, path := range []string{granted.path, queued} {
			if !strings.Contains(mine, path) {
				t.Errorf("%s: %s is not among her cases", when, path)
			}
		}
		if a := after.get("/mina/konto"); !strings.Contains(a.body, "0019") {
			t.Errorf("%s: the account is not hers", when)
		}
	}
	look("at once", after)
	if a := stranger.get(granted.path); a.code != 404 {
		t.Errorf("a stranger reads her case: %d", a.code)
	}
	if a := before.get(granted.path); a.code != 200 {
		t.Errorf("the session from before the change: %d", a.code)
	}
	if a := after.get("/sessioner"); strings.Count(a.body, "Inloggad ") != 2 {
		t.Errorf("she does not see both of her sessions: %d", strings.Count(a.body, "Inloggad "))
	}
	if a := after.get("/ansok"); !strings.Contains(a.body, "Klar") {
		t.Errorf("the draft is not hers: %s", a.path)
	}
	// The draft goes on with today's number: sent, it is a case of the same person.
	after.fillIn(map[string]url.Values{"grund": {"month": {"2026-12"}}})
	_, key := after.check()
	sent := after.post("/ansok/skicka", url.Values{"key": {key}, "attest": {"ja"}})
	if !strings.HasPrefix(sent.path, "/arende/") {
		t.Fatalf("the draft is not sent: %s %s", sent.path, faults(sent.body))
	}
	if again := after.post("/ansok/skicka", url.Values{"key": {key}, "attest": {"ja"}}); again.path != sent.path {
		t.Errorf("sent again it leads to %s", again.path)
	}
	s.stop()
	said := s.log.String()
	s = run(t, dir)
	look("after a restart", s.test(t, demoidp.Test(7)))
	s.stop()
	said += s.log.String()
	for _, number := range []string{demoidp.Test(7).Number, demoidp.Visiting(7).Coordination} {
		if strings.Contains(said, number) {
			t.Error("the log holds a number")
		}
	}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		for _, number := range []string{demoidp.Test(7).Number, demoidp.Visiting(7).Coordination} {
			if strings.Contains(string(text), number) {
				t.Errorf("%s holds a number", path)
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestTwoOpenNumbers: with open cases under both numbers nothing is joined; what is
// applied for goes to a human, who sees both and says that they are one.
func TestTwoOpenNumbers(t *testing.T) {
	s := run(t, t.TempDir())
	old := s.test(t, demoidp.Visiting(7)).apply(over, nil).path
	fresh := s.test(t, demoidp.Test(7)) // of whom the provider says nothing yet
	own := fresh.apply(over, nil).path
	after := s.test(t, demoidp.Registered(7))
	if a := after.get(old); a.code != 404 {
		t.Errorf("joined without a human: %d", a.code)
	}
	december := strings.ReplaceAll(strings.ReplaceAll(single, "2026-11", "2026-12"), "2026-10", "2026-11")
	unclear := after.apply(december, nil)
	if !strings.Contains(unclear.body, "under ett tidigare personnummer eller samordningsnummer") {
		t.Errorf("not referred to a human: %s", unclear.path)
	}
	doris, erik := s.as(t, "doris"), s.as(t, "erik")
	desk := "/handlaggare/" + strings.TrimPrefix(own, "/arende/")
	page := doris.get(desk)
	row := twinForm.FindStringSubmatch(page.body)
	if row == nil || !strings.Contains(page.body, "Kan vara samma person") || !strings.Contains(page.body, strings.TrimPrefix(old, "/arende/")) {
		t.Fatalf("the caseworker is not told: %s", page.body)
	}
	form := url.Values{"same": {row[1]}, "reason-person-" + row[1]: {"Hon har visat sitt registerutdrag."}}
	if a := erik.post(desk+"/person", form); a.code != 404 {
		t.Errorf("another municipality's caseworker: %d", a.code)
	}
	bare := url.Values{"same": {row[1]}, "reason-person-" + row[1]: {" "}}
	if a := doris.post(desk+"/person", bare); a.code != 422 || !strings.Contains(a.body, "Skriv hur du vet det") {
		t.Errorf("without a reason: %d", a.code)
	}
	if a := doris.post(desk+"/person", form); a.code != 200 || strings.Contains(a.body, "Kan vara samma person") {
		t.Errorf("judged: %d %s", a.code, a.path)
	}
	if a := doris.post(desk+"/person", form); a.code != 409 {
		t.Errorf("judged twice: %d", a.code)
	}
	for _, path := range []string{old, own, unclear.path} {
		if a := after.get(path); a.code != 200 {
			t.Errorf("%s: %d", path, a.code)
		}
	}
}

// TestUnborn: a number of a day that has not come is nobody's, at the desk and as the
// co-applicant's.
func TestUnborn(t *testing.T) {
	const number = "20270101-2383"
	s := run(t, t.TempDir())
	doris, alva := s.as(t, "doris"), s.as(t, "alva")
	if a := doris.post("/handlaggare/ny", url.Values{"number": {number}, "name": {"Cleo Exempel"}, "channel": {"paper"}}); a.code != 422 || !strings.Contains(a.body, "inte har kommit än") {
		t.Errorf("at the desk: %d %s", a.code, faults(a.body))
	}
	alva.begin()
	alva.fillIn(map[string]url.Values{"hushall": {"adults": {"2"}, "p2-age": {"30"}, "p2-before": {"no"}}})
	if a := alva.post("/ansok/medsokande", url.Values{"partner-name": {"Bo Exempel"}, "partner-number": {number}}); a.code != 422 || !strings.Contains(a.body, "inte har kommit än") {
		t.Errorf("as co-applicant: %d %s", a.code, faults(a.body))
	}
}
