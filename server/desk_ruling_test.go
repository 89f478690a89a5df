package server_test

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

var draft = regexp.MustCompile(`(?s)<textarea id="motivation"[^>]*>(.*?)</textarea>`)

// TestDecisionsSayWhatWasDecided: no letter says another thing than what was decided,
// and each names what it rests on.
func TestDecisionsSayWhatWasDecided(t *testing.T) {
	s := run(t, t.TempDir())
	doris := s.as(t, "doris")
	for _, c := range []struct {
		person, outcome, provision, why, says string
	}{
		{"alva", "refused", "disposal", "Du har inte sökt arbete.", "12 kap. 1 och 3 §§ socialtjänstlagen"},
		{"bo", "dismissed", "incomplete", "Vi vet inte var du bor.", "20 § förvaltningslagen"},
		{"cleo", "partly", "beyond", "Hyran är för hög.", "laglighetsprövning"},
	} {
		b := s.as(t, c.person)
		mine := b.apply(over, nil).path
		id := strings.TrimPrefix(mine, "/arende/")
		doris.approve(id)
		desk := "/handlaggare/" + id
		page := doris.get(desk)
		drafted := html.UnescapeString(draft.FindStringSubmatch(page.body)[1])
		if !strings.HasPrefix(drafted, "En del av det du har sökt beviljas.") {
			t.Fatalf("%s: the draft is %q", c.person, drafted)
		}
		form := url.Values{"version": {version.FindStringSubmatch(page.body)[1]}, "outcome": {c.outcome}, "provision": {c.provision}, "motivation": {drafted}}
		if c.outcome != "partly" {
			if a := doris.post(desk+"/beslut", form); a.code != 422 || !strings.Contains(a.body, "Motiveringen säger ett annat beslut") {
				t.Errorf("%s with the draft of another outcome: %d", c.outcome, a.code)
			}
		}
		form.Set("motivation", c.why)
		for _, wrong := range map[string][]string{"refused": {"", "incomplete", "beyond"}, "dismissed": {"", "norm"}, "partly": {"tried"}}[c.outcome] {
			form.Set("provision", wrong)
			if a := doris.post(desk+"/beslut", form); a.code != 422 || !strings.Contains(a.body, "Välj en bestämmelse") || !strings.Contains(a.body, c.why) {
				t.Errorf("%s by %q: %d", c.outcome, wrong, a.code)
			}
		}
		form.Set("provision", c.provision)
		if a := doris.post(desk+"/beslut", form); a.code != 200 {
			t.Fatalf("%s: %d", c.outcome, a.code)
		}
		b.await(mine, "Om du vill överklaga")
		for _, path := range []string{mine, mine + "/brev"} {
			a := b.get(path)
			a.has(t, path, c.why, c.says)
			if strings.Contains(a.body, "12 kap. 1 och 7 §§") {
				t.Errorf("%s rests on what nobody named", path)
			}
			if c.outcome != "partly" && strings.Contains(a.body, "du har sökt beviljas") {
				t.Errorf("%s of who was %s speaks of a grant", path, c.outcome)
			}
			if computed := strings.Contains(a.body, "Så räknade programmet"); computed == (c.outcome == "dismissed") {
				t.Errorf("%s of who was %s shows a calculation: %v", path, c.outcome, computed)
			}
		}
	}
}

// TestWrittenOff: a case whose application was taken back is written off by somebody with
// a name, which the person can appeal; it waits no longer, and nothing is paid.
func TestWrittenOff(t *testing.T) {
	s := run(t, t.TempDir())
	bo, doris := s.as(t, "bo"), s.as(t, "doris")
	mine := bo.apply(over, nil).path
	desk := "/handlaggare/" + strings.TrimPrefix(mine, "/arende/")
	bo.get(mine).has(t, "the case", mine+"/ta-tillbaka")
	bo.get(mine+"/ta-tillbaka").has(t, "the question", "Ta tillbaka ansökan för november 2026?", "Behåll ansökan")
	bo.post(mine+"/ta-tillbaka", nil).has(t, "the case", "Jag tar tillbaka min ansökan för november 2026.")
	doris.get("/handlaggare").has(t, "the queue", "Nytt från den sökande")
	doris.get(desk).has(t, "the desk", "Jag tar tillbaka min ansökan för november 2026.")
	doris.read(strings.TrimPrefix(mine, "/arende/"))
	form := url.Values{"version": {version.FindStringSubmatch(doris.get(desk).body)[1]}, "outcome": {"refused"}, "provision": {"withdrawn"}, "motivation": {"Du ringde och tog tillbaka ansökan."}}
	doris.post(desk+"/beslut", form).has(t, "a refusal", "Välj en bestämmelse")
	form.Set("outcome", "dismissed")
	if a := doris.post(desk+"/beslut", form); a.code != 200 {
		t.Fatalf("written off: %d", a.code)
	}
	bo.await(mine, "skrivs av")
	if a := bo.post(mine+"/ta-tillbaka", nil); a.code != 200 || strings.Count(a.body, "Jag tar tillbaka") != 1 {
		t.Errorf("taken back after the decision: %d", a.code)
	}
	for _, path := range []string{mine, mine + "/brev"} {
		a := bo.get(path)
		a.has(t, path, "Ditt ärende för november 2026 skrivs av", "Ansökan är tillbakatagen", "Doris Demosson", "Om du vill överklaga", "tog tillbaka ansökan")
		if strings.Contains(a.body, "avvisas") || strings.Contains(a.body, "Så räknade programmet") {
			t.Errorf("%s speaks of a dismissal, or shows a calculation", path)
		}
	}
	doris.get(desk).has(t, "the desk", "Avskrivet")
	if queue := doris.get("/handlaggare").body; caseLink.MatchString(queue) {
		t.Error("it waits at the desk")
	}
	s.as(t, "petra").get("/utbetalning").has(t, "the payments", "Inget att betala ut just nu")
}
