package server_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
)

var lastNews = regexp.MustCompile(`name="last" value="([0-9]+)"`)

// TestNewsReachesTheDesk: what those who apply write stands in a list and on the desk until
// a caseworker has taken it in, and nothing is decided unseen while an answer is awaited.
func TestNewsReachesTheDesk(t *testing.T) {
	s := run(t, t.TempDir())
	alva, bo, doris := s.as(t, "alva"), s.as(t, "bo"), s.as(t, "doris")
	granted := alva.apply(single, nil).path
	alva.await(granted, "Ditt kvitto")
	waiting := bo.apply(over, nil).path
	desk := "/handlaggare/" + strings.TrimPrefix(waiting, "/arende/")
	if a := doris.get("/handlaggare"); strings.Contains(a.body, "Nytt från den sökande") {
		t.Error("there is news before anybody has written")
	}
	alva.post(granted+"/meddelande", url.Values{"message": {"Jag har fått jobb."}})
	bo.post(waiting+"/meddelande", url.Values{"message": {"Kan ni ringa?"}})
	doris.get("/handlaggare").has(t, "the queue", "Nytt från den sökande", "Avgjort", "Nytt: Meddelande", desk+"#nytt")
	doris.get("/handlaggare/"+strings.TrimPrefix(granted, "/arende/")).has(t, "a decided case", "Nytt från den sökande", "Jag har fått jobb.")
	page := doris.get(desk)
	page.has(t, "the desk", "Kan ni ringa?")
	last := lastNews.FindStringSubmatch(page.body)
	if last == nil {
		t.Fatal("the desk has no way to say that it is taken in")
	}
	before := version.FindStringSubmatch(page.body)[1]
	if a := doris.post(desk+"/sett", url.Values{"last": {last[1]}}); a.code != 200 || strings.Contains(a.body, "Kan ni ringa?") || version.FindStringSubmatch(a.body)[1] != before {
		t.Errorf("taken in: %d", a.code)
	}
	if a := doris.get("/handlaggare"); strings.Contains(a.body, "Nytt: ") || !strings.Contains(a.body, "Avgjort") {
		t.Error("the list after one of two is taken in")
	}
	doris.post("/handlaggare/"+strings.TrimPrefix(granted, "/arende/")+"/meddelande", url.Values{"message": {"Grattis!"}})
	if a := doris.get("/handlaggare"); strings.Contains(a.body, "Nytt från den sökande") {
		t.Error("a message that is answered is still new")
	}

	doris.approve(desk[len("/handlaggare/"):])
	doris.post(desk+"/komplettering", url.Values{"text": {"Skicka hyresavtalet."}, "due": {"2026-12-09"}})
	doris.get("/handlaggare").has(t, "the queue", "Väntar på svar till 9 december 2026")
	page = doris.get(desk)
	page.has(t, "the desk", "Skicka hyresavtalet.", "svaret har inte kommit", "Dagen har inte gått")
	ruling := url.Values{"version": {version.FindStringSubmatch(page.body)[1]}, "outcome": {"refused"}, "provision": {"norm"}, "motivation": {"Hyran är för hög."}}
	if a := doris.post(desk+"/beslut", ruling); a.code != 422 || !strings.Contains(a.body, "Kvittera varningarna först") {
		t.Errorf("decided while an answer is awaited: %d", a.code)
	}
	bo.post(waiting+"/komplettering", url.Values{"answer": {"Här är det."}})
	page = doris.get(desk)
	page.has(t, "the desk", "Svar på din fråga", "Här är det.")
	if strings.Contains(page.body, "svaret har inte kommit") {
		t.Error("an answer is awaited that has come")
	}
	ruling.Set("version", version.FindStringSubmatch(page.body)[1])
	if a := doris.post(desk+"/beslut", ruling); a.code != 200 {
		t.Errorf("after the answer: %d", a.code)
	}
}
