package server_test

import (
	"net/url"
	"strings"
	"testing"
)

// TestHeardBeforeADecision: income that a caseworker enters lowers nobody's support before
// the party has been asked, and how stands in the decision, its letter and the court's file.
func TestHeardBeforeADecision(t *testing.T) {
	s := run(t, t.TempDir())
	alva := s.as(t, "alva")
	mine := alva.apply(over, nil).path
	id := strings.TrimPrefix(mine, "/arende/")
	doris := s.as(t, "doris")
	desk := "/handlaggare/" + id
	if a := doris.get(desk); strings.Contains(a.body, `id="heard"`) {
		t.Error("asked where nothing speaks against the party")
	}
	at := func() string { return version.FindStringSubmatch(doris.get(desk).body)[1] }
	doris.read(id)
	add := url.Values{"version": {at()}, "act": {"preview"}, "what": {"income-add:studentAid:p1"}, "amount": {"300"}, "override-reason": {"CSN betalar studiemedel."}, "ground": {"12 kap. 1 § socialtjänstlagen (2025:400)"}}
	shown := shownEffect.FindStringSubmatch(doris.post(desk+"/andring", add).body)
	if shown == nil || shown[1] != "-30000" {
		t.Fatalf("the effect: %v", shown)
	}
	add.Set("act", "save")
	add.Set("shown", shown[1])
	doris.post(desk+"/andring", add)
	doris.approve(id)
	form := url.Values{"version": {at()}, "outcome": {"partly"}, "provision": {"norm"}, "motivation": {"Du har studiemedel."}}
	doris.post(desk+"/beslut", form).has(t, "not heard", "Låt den sökande yttra sig först", `id="heard-answer"`, "Du har studiemedel.")
	form.Set("heard", "told")
	form.Set("heard-answer", "Jag slutade i oktober.")
	doris.post(desk+"/beslut", form).has(t, "half of it", "Välj dagen då den sökande fick veta", "Välj hur den sökande fick veta", "Jag slutade i oktober.")
	form.Set("heard-day", "2026-11-02")
	form.Set("heard-how", "oral")
	if a := doris.post(desk+"/beslut", form); a.code != 200 {
		t.Fatalf("heard: %d", a.code)
	}
	alva.await(mine, "fick du veta vad som talade emot, per telefon")
	alva.get(mine).has(t, "her page", "Ditt svar:", "Jag slutade i oktober.")
	alva.get(mine+"/brev").has(t, "her letter", "per telefon", "Jag slutade i oktober.")
	doris.get(desk).has(t, "the desk", "Kommunicerat den", "Jag slutade i oktober.")
}
