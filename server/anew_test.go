package server_test

import (
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skalig/skalig/server"
)

// TestProofIsOld: what does most harm in another's hands asks who has been signed in for
// a while to prove it again, changes nothing before, and loses nothing that was typed.
func TestProofIsOld(t *testing.T) {
	var lasts atomic.Int64
	s := run(t, t.TempDir(), func(c *server.Config) {
		c.ProofLasts(func() time.Duration { return time.Duration(lasts.Load()) })
	})
	alva, other, petra, per, maja, doris := s.as(t, "alva"), s.as(t, "alva"), s.as(t, "petra"), s.as(t, "per"), s.as(t, "maja"), s.as(t, "doris")
	alva.apply(single, nil)
	account := func(number, holder string) answer {
		return alva.post("/mina/konto", url.Values{"kind": {"bank"}, "clearing": {"5000"}, "number": {number}, "holder": {holder}})
	}
	if a := account("0000019", "Alva Exempel"); a.code != 200 || !strings.Contains(a.body, "Vi betalar till det här kontot") {
		t.Fatalf("the first account, which leads nothing away: %d %s", a.code, a.body)
	}
	lasts.Store(int64(time.Hour))
	file := batchLink.FindStringSubmatch(petra.post("/utbetalning/fil", nil).body)
	if file == nil {
		t.Fatal("no payment file was made")
	}
	id := sessionID.FindStringSubmatch(alva.get("/sessioner").body)
	lasts.Store(0)

	acts := map[string]struct {
		who  *browser
		name string
		back string
		do   func() answer
		done func(a answer) bool // where it leads
		kept string              // on the page where they come back
	}{
		"another account": {alva, "alva", "/mina/konto", func() answer { return account("00 000 27", "Någon Annan") },
			func(a answer) bool { return strings.Contains(a.body, "0000027") }, `value="00 000 27"`},
		"to end a session": {alva, "alva", "/sessioner", func() answer { return alva.post("/sessioner", url.Values{"id": {id[1]}}) },
			func(answer) bool { return other.get("/mina").path != "/mina" }, "Här är du inloggad"},
		"to release a payment file": {per, "per", "/utbetalning", func() answer { return per.post(file[1]+"/slapp", nil) },
			func(answer) bool { return per.get(file[1]+"/fil.xml").code == 200 }, "Utbetalningar"},
		"to give roles": {maja, "maja", "/administration", func() answer {
			return maja.post("/administration/person", url.Values{"member": {"doris"}, "name": {"Doris Ny"}, "role": {"auditor", "approver"}})
		}, func(answer) bool { return doris.get("/handlaggare").path != "/handlaggare" }, `value="approver" checked`},
	}
	for what, act := range acts {
		lasts.Store(0)
		a := act.do()
		if a.code != 401 || !strings.Contains(a.body, "Legitimera dig igen") || !strings.Contains(a.body, "/logga-in?till="+act.back+`"`) {
			t.Errorf("%s: %d %s", what, a.code, a.body)
		}
		if act.done(act.who.get(act.back)) {
			t.Errorf("%s: it is done without a new proof", what)
		}
		act.do() // what was typed is not lost by looking at the page, which shows it once
		lasts.Store(int64(time.Hour))
		if a := act.who.choose(act.who.get("/logga-in?till="+act.back), act.name); a.path != act.back || !strings.Contains(a.body, act.kept) {
			t.Errorf("%s: after the proof at %s, without %q", what, a.path, act.kept)
		}
		if a := act.do(); !act.done(a) {
			t.Errorf("%s: not done after a new proof: %d", what, a.code)
		}
	}
}
