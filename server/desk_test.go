package server_test

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/skalig/skalig/server"
)

var shownEffect = regexp.MustCompile(`name="shown" value="(-?[0-9]+)"`)

// TestOverrideOnTheDesk changes a calculation by a typed row, whose effect is shown
// before anything is saved.
func TestOverrideOnTheDesk(t *testing.T) {
	s := run(t, t.TempDir())
	id := strings.TrimPrefix(s.as(t, "alva").apply(over, nil).path, "/arende/")
	doris := s.as(t, "doris")
	desk := "/handlaggare/" + id
	at := func() string { return version.FindStringSubmatch(doris.get(desk).body)[1] }
	form := func(act, what, amount, reason, ground string) url.Values {
		return url.Values{"version": {at()}, "act": {act}, "what": {what}, "amount": {amount}, "override-reason": {reason}, "ground": {ground}}
	}
	const ground = "12 kap. 1 § socialtjänstlagen (2025:400)"
	for name, c := range map[string]struct {
		form url.Values
		want string
	}{
		"nothing":       {form("preview", "", "", "", ""), "Välj vad du vill ändra"},
		"no amount":     {form("preview", "addition", "", "Skäl", ground), "Skriv beloppet"},
		"no reason":     {form("save", "addition", "500", "", ground), "Skriv varför du ändrar"},
		"no ground":     {form("save", "addition", "500", "Skäl", ""), "Välj vilken bestämmelse"},
		"other ground":  {form("save", "addition", "500", "Skäl", "12 kap. 8 § socialtjänstlagen (2025:400)"), "passar inte ändringen"},
		"unknown type":  {form("save", "amount:x", "500", "Skäl", ground), "Välj vad du vill ändra"},
		"unknown row":   {form("save", "cost-set:k9", "500", "Skäl", ground), "går inte att räkna på"},
		"strange month": {form("save", "months:p1", "många", "Skäl", ground), "Skriv antalet månader"},
	} {
		if a := doris.post(desk+"/andring", c.form); a.code != 422 || !strings.Contains(a.body, c.want) {
			t.Errorf("%s: %d, lacks %q", name, a.code, c.want)
		}
	}
	f := form("preview", "income-set:i1", "4 200", "Beloppet är före skatt.", ground)
	shown := doris.post(desk+"/andring", f)
	effect := shownEffect.FindStringSubmatch(shown.body)
	if shown.code != 200 || effect == nil || effect[1] != "80000" || !strings.Contains(shown.body, "+800\u00a0kr") {
		t.Fatalf("the effect: %d %v", shown.code, effect)
	}
	if a := doris.get(desk); strings.Contains(a.body, "Ändringar i beräkningen") {
		t.Error("a preview was saved")
	}
	f.Set("act", "save")
	if a := doris.post(desk+"/andring", f); a.code != 200 || strings.Contains(doris.get(desk).body, "Ändringar i beräkningen") {
		t.Errorf("saved without the effect that was shown: %d", a.code)
	}
	f.Set("shown", effect[1])
	stale := url.Values{}
	for k, v := range f {
		stale[k] = v
	}
	if a := doris.post(desk+"/andring", f); a.code != 200 || !strings.Contains(a.body, "Ändringar i beräkningen") || !strings.Contains(a.body, "8\u00a0020\u00a0kr") {
		t.Errorf("saved: %d", a.code)
	}
	stale.Set("shown", "0")
	if a := s.as(t, "dag").post(desk+"/andring", stale); a.code != 409 || !strings.Contains(a.body, "Någon annan hann före") || !strings.Contains(a.body, "Beloppet är före skatt.") {
		t.Errorf("an older page: %d", a.code)
	}
	doris.approve(id)
	if a := doris.get(desk); !strings.Contains(a.body, "Godkänd") || !strings.Contains(a.body, "Beloppet är före skatt.</textarea>") {
		t.Error("the approval, or the drafted motivation, is not shown")
	}
	if a := doris.post(desk+"/beslut", url.Values{"version": {at()}, "outcome": {"partly"}, "provision": {"norm"}, "motivation": {"Hyran är för hög."}}); a.code != 200 {
		t.Errorf("the ruling: %d", a.code)
	}
	s.as(t, "alva").await("/arende/"+id, "8\u00a0020\u00a0kr")
}

// TestInterpreterOnTheDesk: the first page of a case says that an interpreter is wanted.
func TestInterpreterOnTheDesk(t *testing.T) {
	s := run(t, t.TempDir())
	doris := s.as(t, "doris")
	for person, language := range map[string]string{"alva": "tigrinja", "bo": ""} {
		b := s.as(t, person)
		b.begin()
		b.fillIn(map[string]url.Values{})
		b.post("/ansok/kontakt", url.Values{"phone": {"070-000 00 03"}, "language": {language}})
		_, key := b.check()
		sent := b.post("/ansok/skicka", url.Values{"key": {key}, "attest": {"ja"}, "human": {"ja"}})
		page := doris.get("/handlaggare/" + strings.TrimPrefix(sent.path, "/arende/"))
		if said := strings.Contains(page.body, "Vill ha tolk: <strong>tigrinja</strong>"); page.code != 200 || said != (language != "") || !said && strings.Contains(page.body, "tolk:") {
			t.Errorf("%s, %q: %d at %s, said: %v", person, language, page.code, page.path, said)
		}
	}
}

// TestProtectedOnTheDesk: nothing of a protected household is shown before who may
// open the case has said why.
func TestProtectedOnTheDesk(t *testing.T) {
	s := run(t, t.TempDir())
	id := strings.TrimPrefix(s.as(t, "alva").apply(over, nil).path, "/arende/")
	doris, dag := s.as(t, "doris"), s.as(t, "dag")
	desk := "/handlaggare/" + id
	if a := doris.post(desk+"/skydd", url.Values{"act": {"stop"}, "reason-skydd": {""}}); a.code != 422 {
		t.Errorf("without a reason: %d", a.code)
	}
	if a := doris.post(desk+"/skydd", url.Values{"act": {"stop"}, "reason-skydd": {"Skatteverket"}}); a.path != "/handlaggare" || strings.Contains(a.body, id) {
		t.Errorf("protected: %s", a.path)
	}
	if a := doris.get(desk); a.code != 404 {
		t.Errorf("without the right: %d", a.code)
	}
	gate := dag.get(desk)
	if gate.code != 200 || !strings.Contains(gate.body, "skyddade uppgifter") || strings.Contains(gate.body, "Alva") || strings.Contains(gate.body, "1992") {
		t.Errorf("before opening: %d %s", gate.code, gate.body)
	}
	for _, path := range []string{"/beslut", "/berakning", "/andring", "/kvittera", "/granser"} {
		if a := dag.post(desk+path, url.Values{"version": {"2"}, "outcome": {"refused"}, "motivation": {"x"}}); strings.Contains(a.body, "Alva") || a.code == 500 {
			t.Errorf("%s before opening: %d", path, a.code)
		}
	}
	if a := dag.post(desk+"/oppna", url.Values{"reason": {" "}}); a.code != 422 || strings.Contains(a.body, "Alva") {
		t.Errorf("opened without a reason: %d", a.code)
	}
	if a := dag.post(desk+"/oppna", url.Values{"reason": {"Handlägger ärendet"}}); a.code != 200 || !strings.Contains(a.body, "Alva Exempel") {
		t.Errorf("opened: %d", a.code)
	}
}

// TestQueueAndWorkload filters by reason, and counts without telling of anybody.
func TestQueueAndWorkload(t *testing.T) {
	s := run(t, t.TempDir())
	s.as(t, "alva").apply(over, nil)
	s.as(t, "bo").apply(single, url.Values{"human": {"ja"}})
	s.as(t, "cleo").apply(single, nil)
	doris := s.as(t, "doris")
	for query, want := range map[string]int{"": 2, "?orsak=human-asked": 1, "?orsak=not-in-full": 1, "?orsak=acute-need": 2, "?orsak=x&ordning=nyast": 2} {
		if n := len(caseLink.FindAllString(doris.get("/handlaggare"+query).body, -1)); n != want {
			t.Errorf("%s: %d cases, want %d", query, n, want)
		}
	}
	page := doris.get("/handlaggare/arbetet?minuter=90")
	for _, want := range []string{"gånger 90 minuter", "ett antagande", `<td class="num">1</td><td class="num">0</td><td class="num">2</td>`} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the workload page lacks %q: %s", want, page.body)
		}
	}
	if strings.Contains(page.body, "Alva") || strings.Contains(page.body, "Cleo") {
		t.Error("the workload page names somebody")
	}
}

// TestQueuePages: the queue is shown page by page, in the order and by the reason chosen.
func TestQueuePages(t *testing.T) {
	s := run(t, t.TempDir(), func(c *server.Config) { c.AtATime(2) })
	for _, who := range []string{"alva", "bo", "cleo"} {
		s.as(t, who).apply(over, nil)
	}
	doris := s.as(t, "doris")
	count := func(page string) int { return len(caseLink.FindAllString(page, -1)) }
	first := doris.get("/handlaggare?ordning=nyast&orsak=not-in-full")
	first.has(t, "the first page", "3 ärenden väntar", "Ärende 1–2 av 3", `rel="next"`)
	if count(first.body) != 2 || strings.Contains(first.body, `rel="prev"`) {
		t.Errorf("the first page: %s", first.body)
	}
	next := regexp.MustCompile(`href="([^"]+)" rel="next"`).FindStringSubmatch(first.body)
	second := doris.get(html.UnescapeString(next[1]))
	second.has(t, "the second page", "Ärende 3 av 3", `rel="prev"`, `value="not-in-full" selected`, `value="nyast" selected`)
	if count(second.body) != 1 || strings.Contains(second.body, `rel="next"`) {
		t.Errorf("the second page: %s", second.body)
	}
	doris.get("/handlaggare?sida=9").has(t, "behind the last", "Sidan är tom", `sida=2"`)
	for _, odd := range []string{"0", "-1", "x", "99999999999999999999"} {
		if a := doris.get("/handlaggare?sida=" + odd); a.code != 200 || count(a.body) != 2 {
			t.Errorf("page %s: %d", odd, a.code)
		}
	}
}

// TestBoundsOnTheDesk sets a household's bounds and takes them away.
func TestBoundsOnTheDesk(t *testing.T) {
	s := run(t, t.TempDir())
	id := strings.TrimPrefix(s.as(t, "alva").apply(over, nil).path, "/arende/")
	doris := s.as(t, "doris")
	set := func(from, until, rent, percent, why string) answer {
		return doris.post("/handlaggare/"+id+"/granser", url.Values{"act": {"set"}, "from": {from}, "until": {until}, "max-rent": {rent}, "percent": {percent}, "why": {why}})
	}
	for want, a := range map[string]answer{
		"Skriv den högsta hyran": set("2026-12", "2027-02", "", "20", "Skäl"),
		"Skriv procent":          set("2026-12", "2027-02", "7000", "mycket", "Skäl"),
		"Skriv varför du sätter": set("2026-12", "2027-02", "7000", "20", ""),
		"Skriv första och sista": set("2026-12", "2028-02", "7000", "20", "Skäl"),
	} {
		if a.code != 422 || !strings.Contains(a.body, want) {
			t.Errorf("%s: %d", want, a.code)
		}
	}
	if a := set("2026-12", "2027-02", "7 000", "20 %", "Lönen växlar."); a.code != 200 || !strings.Contains(a.body, "högst 7\u00a0000\u00a0kr i hyra") {
		t.Errorf("set: %d", a.code)
	}
	if a := doris.post("/handlaggare/"+id+"/granser", url.Values{"act": {"remove"}}); a.code != 200 || !strings.Contains(a.body, "Inga gränser") {
		t.Errorf("removed: %d", a.code)
	}
}
