package server_test

import (
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skalig/skalig/engine/sol/conformance"
	"github.com/skalig/skalig/server"
	"github.com/skalig/skalig/server/demoidp"
	"github.com/skalig/skalig/server/doctor"
	"github.com/skalig/skalig/server/store/storetest"
)

// TestNothingPersonalLeaks reads a full run's log at its most talkative, every
// file but the sealed ones, and the metrics.
func TestNothingPersonalLeaks(t *testing.T) {
	data := t.TempDir()
	s := run(t, data)
	alva := s.as(t, "alva")
	granted := alva.apply(single, nil).path
	alva.get(granted + "/kvitto.json")
	s.as(t, "bo").apply(over, nil)
	s.as(t, "bo").get(granted)
	doris := s.as(t, "doris")
	id := caseLink.FindStringSubmatch(doris.get("/handlaggare").body)[1]
	doris.read(id)
	v := version.FindStringSubmatch(doris.get("/handlaggare/" + id).body)[1]
	doris.post("/handlaggare/"+id+"/beslut", url.Values{"version": {v}, "outcome": {"refused"}, "provision": {"norm"}, "motivation": {"Hemlig motivering om Bo"}})
	alva.post("/mina/konto", url.Values{"kind": {"bank"}, "clearing": {"5000"}, "number": {"0000019"}, "holder": {"Alva Exempel"},
		"landlord": {"Hemliga Värden"}, "landlord-number": {"1000-0008"}, "reference": {"OCR 5550001"}, "rent": {"6 500"}})
	petra := s.as(t, "petra")
	if m := batchLink.FindStringSubmatch(petra.post("/utbetalning/fil", nil).body); m == nil {
		t.Error("there is no payment file to leak")
	} else {
		s.as(t, "per").post(m[1]+"/slapp", nil)
		petra.get(m[1] + "/fil.xml")
		petra.answerFile(strings.Repeat("Hemlig Alva Exempel 5550001", 100))
	}
	petra.post("/utbetalning/stopp", url.Values{"case": {id}, "act": {"stop"}, "reason": {"Hemligt skäl"}})
	doris.post("/handlaggare/"+id+"/granser", url.Values{"from": {"2026-12"}, "until": {"2026-12"}, "max-rent": {"9500"}, "percent": {"5"}, "why": {"Hemlig gräns"}})
	alva.post("/ansok", url.Values{"facts": {strings.Repeat("199211222386", 30_000)}})
	alva.get("/arende/199211222386?namn=Alva+Exempel")
	doris.get("/auth/callback?state=199211222386&code=Alva")
	alva.couple("199303012398")
	alva.upload("/ansok/underlag/fil", "bank", "Hemlig Alva Exempel.pdf", letter)
	alva.upload("/ansok/underlag/fil", "bank", "199211222386.exe", []byte("Hemlig"))
	alva.post("/behov", url.Values{"municipality": {"9999"}, "text": {"Hemlig oro"}, "phone": {"199211222386"}})
	alva.post("/ansok/medsokande", url.Values{"partner-name": {"Bo Exempel"}, "partner-number": {"199303012399"}})
	doris.post("/handlaggare/ny", url.Values{"number": {"20040612-2382"}, "name": {"Cleo Exempel"}, "channel": {"phone"}})
	doris.get("/handlaggare/samtal")
	metrics := alva.get("/metrics").body
	s.stop()

	silent(t, s, data, map[string]string{"/metrics": metrics})
}

// TestNothingPersonalLeaksLater goes on where a case is decided: the agencies' rows, a
// correction and a claim, the next start, which decides everything again and meets a
// record that was changed, and what the doctor says of the folder.
func TestNothingPersonalLeaksLater(t *testing.T) {
	data := t.TempDir()
	s := run(t, data)
	alva, doris := s.as(t, "alva"), s.as(t, "doris")
	id := strings.TrimPrefix(alva.apply(single, nil).path, "/arende/")
	alva.post("/mina/konto", url.Values{"kind": {"bank"}, "clearing": {"5000"}, "number": {"0000019"}, "holder": {"Alva Exempel"}})
	s.as(t, "petra").post("/utbetalning/fil", nil)
	per := s.as(t, "per")
	per.post(batchLink.FindStringSubmatch(per.get("/utbetalning").body)[1]+"/slapp", nil)
	desk := "/handlaggare/" + id + "/rattelse"
	change := url.Values{"version": {version.FindStringSubmatch(doris.get(desk).body)[1]}, "outcome": {"partly"}, "amount": {"6 000"}, "ground": {"misled"}, "heard": {"needless"}, "heard-why": {"Du har själv sagt det."}, "motivation": {"Hemlig rättelse"}, "shown": {"600000"}}
	doris.post(desk, change)
	alva.await("/arende/"+id, "Nämnden har ändrat sitt beslut")
	claim := "/handlaggare/" + id + "/aterkrav"
	doris.post(claim, url.Values{"version": {version.FindStringSubmatch(doris.get(claim).body)[1]}, "how": {"handed"}, "note": {"Hemlig fråga om 6720"}}).has(t, "handed over", "Hemlig fråga")
	cleo := s.as(t, "cleo")
	disputed := cleo.apply(sick, url.Values{"disputed": {"FK:0"}, "dispute": {"Hemligt om min syster"}}).path
	doris.post("/handlaggare/"+strings.TrimPrefix(disputed, "/arende/")+"/register", nil)
	s.as(t, "bo").apply(single, nil) // the latest decision, which is then changed
	if log := s.log.String(); !strings.Contains(log, `"msg":"signed in"`) {
		t.Error("the sign-ins are not in the log that the test reads")
	}
	s.stop()
	storetest.Reseal(t, data, "decided", []byte("6720"), []byte("9720"))
	again := run(t, data)
	for deadline := time.Now().Add(time.Minute); !strings.Contains(again.log.String(), "a past decision does not replay"); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the record that was changed is not in the log that the test reads")
		}
	}
	metrics := again.browser(t).get("/metrics").body
	again.stop()
	found, err := doctor.Examine(t.Context(), doctor.Options{Data: data})
	if err != nil || len(found) < 5 {
		t.Fatalf("the doctor says %d things: %v", len(found), err)
	}
	var said strings.Builder
	for _, f := range found {
		said.WriteString(f.Text + "\n" + f.Do + "\n")
	}
	silent(t, s, data, map[string]string{"/metrics": metrics, "the log of the next start": again.log.String(), "the doctor": strings.ReplaceAll(said.String(), data, "DATA")})
}

// TestRefusedFactsAreNotLogged sends what the engine refuses: every text of a set of
// facts is made a secret in turn, at every door that takes facts.
func TestRefusedFactsAreNotLogged(t *testing.T) {
	s := run(t, t.TempDir(), func(c *server.Config) { c.Rate = 100_000 })
	b := s.as(t, "alva")
	cases, err := conformance.Cases()
	if err != nil {
		t.Fatal(err)
	}
	const secret = "Hemlig199211222386"
	refused := 0
	send := func(facts string) {
		if a := b.post("/ansok", url.Values{"facts": {facts}}); a.code >= 400 {
			refused++
		}
		b.foreign("/v1/assess", `{"facts":`+facts+`}`)
		b.foreign("/v1/explain", `{"facts":`+facts+`}`)
	}
	parts := strings.Split(single, `"`)
	for i := 1; i < len(parts); i += 2 { // a name or a text
		changed := slices.Clone(parts)
		changed[i] = secret
		send(strings.Join(changed, `"`))
	}
	for _, amount := range []string{`"` + secret + `"`, "199211222386", "-199211222386", "1992.11222386", "{\"" + secret + "\":1}"} {
		send(strings.Replace(single, "6500", amount, 1))
	}
	send(single + secret)
	for _, c := range cases[:min(len(cases), 20)] {
		b.foreign("/v1/assess", strings.Replace(string(c.Input), `"facts":{`, `"facts":{"`+secret+`":1,`, 1))
	}
	s.stop()
	if refused < 20 {
		t.Errorf("only %d sets of facts were refused", refused)
	}
	if leaked := personal(s.log.String()); leaked != "" {
		t.Errorf("the log holds …%q…", leaked)
	}
}

// secrets are what no log, metric or unsealed file may hold.
func secrets() []string {
	all := []string{"Hemlig", "6720", "672000", "9500", "650000", "5550001", "10000008", "1000-0008"}
	for _, p := range demoidp.Persons {
		all = append(all, p.Name, strings.Fields(p.Name)[0])
		if p.Number != "" {
			all = append(all, p.Number, p.Number[2:8]+"-"+p.Number[8:], p.Number[2:])
		}
	}
	return all
}

// personal gives what a log holds about a person, with what stands around it. Numbers of
// four digits stand there by chance, in durations.
func personal(log string) string {
	for _, secret := range secrets() {
		if i := strings.Index(log, secret); i >= 0 && len(secret) > 4 || i >= 0 && secret[0] > '9' {
			return log[max(0, i-80):min(len(log), i+80)]
		}
	}
	return ""
}

// silent holds that nothing personal stands in the service's log, in its folder or in
// other texts, and that the log was at its most talkative.
func silent(t *testing.T, s *site, data string, texts map[string]string) {
	t.Helper()
	texts["the log"] = s.log.String()
	err := filepath.WalkDir(data, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		texts[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for where, text := range texts {
		for _, secret := range secrets() {
			// Short numbers stand by chance in binary files and among durations.
			if len(secret) < 5 && secret[0] <= '9' || strings.HasPrefix(where, "/") && len(secret) < 6 {
				continue
			}
			if i := strings.Index(text, secret); i >= 0 {
				t.Errorf("%s holds %q: …%q…", where, secret, text[max(0, i-80):min(len(text), i+80)])
			}
		}
	}
	if !strings.Contains(s.log.String(), `"route":"GET /arende/{id}"`) {
		t.Error("the log is not as talkative as the test believes")
	}
}
