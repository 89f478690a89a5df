package server_test

import (
	"net/url"
	"strings"
	"testing"
)

// TestCorrection lowers a decision that was paid: the effect is shown first, what was
// paid too much becomes a question to the board, and nothing is taken from anybody.
func TestCorrection(t *testing.T) {
	s := run(t, t.TempDir())
	alva := s.as(t, "alva")
	page := alva.apply(single, nil).path // 6 720
	id := page[len("/arende/"):]
	alva.post("/mina/konto", url.Values{"kind": {"bank"}, "clearing": {"5000"}, "number": {"0000019"}, "holder": {"Alva Exempel"}})
	petra, per, doris := s.as(t, "petra"), s.as(t, "per"), s.as(t, "doris")
	petra.post("/utbetalning/fil", nil)
	batch := batchLink.FindStringSubmatch(per.get("/utbetalning").body)[1]
	per.post(batch+"/slapp", nil)

	desk := "/handlaggare/" + id + "/rattelse"
	doris.get("/handlaggare/"+id).has(t, "the desk", desk)
	form := func(change ...string) url.Values {
		f := url.Values{"version": {version.FindStringSubmatch(doris.get(desk).body)[1]}, "outcome": {"partly"}, "amount": {"6 000"}, "ground": {"misled"}, "heard": {"needless"}, "heard-why": {"Du har själv sagt det."}, "motivation": {"Hyran var lägre."}}
		for i := 0; i+1 < len(change); i += 2 {
			f.Set(change[i], change[i+1])
		}
		return f
	}
	for name, c := range map[string]struct {
		form url.Values
		want string
	}{
		"no outcome":             {form("outcome", ""), "Välj beslut"},
		"no amount":              {form("amount", ""), "Skriv hela månadens belopp"},
		"no ground":              {form("ground", ""), "Välj varför beslutet får ändras"},
		"a ground of appeals":    {form("ground", "appeal"), "Välj varför beslutet får ändras"},
		"a ground for better":    {form("ground", "wrong"), "sämre för den sökande"},
		"the person not heard":   {form("heard", ""), "Låt den sökande yttra sig"},
		"refused, and not heard": {form("outcome", "refused", "amount", "", "heard", ""), "Låt den sökande yttra sig"},
		"why not":                {form("heard-why", " "), "Skriv varför det inte behövs"},
		"when":                   {form("heard", "told", "heard-day", "2099-01-01"), "Välj dagen då den sökande fick veta"},
		"how":                    {form("heard", "told", "heard-day", "2026-11-01"), "Välj hur den sökande fick veta"},
		"no motivation":          {form("motivation", " "), "Skriv en motivering"},
	} {
		if a := doris.post(desk, c.form); a.code != 422 {
			t.Errorf("%s: %d", name, a.code)
		} else {
			a.has(t, name, c.want)
		}
	}
	if a := doris.post(desk, form("version", "1")); a.code != 409 {
		t.Errorf("an old version: %d", a.code)
	}
	shown := doris.post(desk, form())
	shown.has(t, "the effect", "Från 6\u00a0720\u00a0kr till 6\u00a0000\u00a0kr: −720\u00a0kr", "720\u00a0kr är då för mycket utbetalt", "Beslutet är inte ändrat än")
	if a := doris.post(desk, form("amount", "5 000", "shown", "600000")); a.code != 200 {
		t.Errorf("another amount than was shown: %d", a.code)
	}
	alva.get(page).has(t, "before the change", `<span class="amount">6 720 kr`)
	if a := doris.post(desk, form("outcome", "granted", "shown", "600000")); a.code != 422 || !strings.Contains(a.body, "mindre än den sökande har sökt") {
		t.Errorf("less was called all: %d", a.code)
	}
	doris.post(desk, form("shown", "600000"))
	alva.await(page, "Nämnden har ändrat sitt beslut")
	alva.get(page).has(t, "the new decision", "720\u00a0kr mer är utbetalt", "Inget dras från dina kommande utbetalningar", "oriktiga eller vilseledande uppgifter", "Vi frågade inte dig innan", "Du har själv sagt det.")
	doris.get("/handlaggare/"+id).has(t, "the desk", "Kommunicering behövdes inte", "Du har själv sagt det.")
	doris.get("/handlaggare").has(t, "the queue", "För mycket utbetalt", "720\u00a0kr", "/handlaggare/"+id+"/aterkrav")
	petra.get("/utbetalning").has(t, "what is to be paid", "Inget att betala ut just nu")

	claim := "/handlaggare/" + id + "/aterkrav"
	at := version.FindStringSubmatch(doris.get(claim).body)[1]
	if a := doris.post(claim, url.Values{"version": {at}}); a.code != 422 {
		t.Errorf("nothing said: %d", a.code)
	}
	if a := doris.post(claim, url.Values{"version": {"1"}, "how": {"dropped"}, "note": {"§ 3"}}); a.code != 409 {
		t.Errorf("an old version: %d", a.code)
	}
	doris.post(claim, url.Values{"version": {at}, "how": {"handed"}, "note": {"Till utskottet"}}).has(t, "handed over", "Till utskottet")
	doris.get("/handlaggare").has(t, "the queue", "Lämnad till nämnden")
	at = version.FindStringSubmatch(doris.get(claim).body)[1]
	doris.post(claim, url.Values{"version": {at}, "how": {"claimed"}, "note": {"Utskottet § 3"}}).has(t, "claimed", "Pengarna är återbetalda", "Nämnden kräver inte längre")
	alva.get(page).has(t, "the claim", "Nämnden har beslutat att begära tillbaka")
	at = version.FindStringSubmatch(doris.get(claim).body)[1]
	doris.post(claim, url.Values{"version": {at}, "how": {"repaid"}, "note": {"Inbetalt den 3"}}).has(t, "paid back", "Återbetalt")
	alva.get(page).has(t, "the end", "Det är återbetalt")
}
