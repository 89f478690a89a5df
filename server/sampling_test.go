package server_test

import (
	"bytes"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/sample"
)

var (
	sampleLink = regexp.MustCompile(`/granskning/([0-9]+)/kvitton\.jsonl`)
	answerForm = regexp.MustCompile(`action="/handlaggare-urval/([0-9]+)"`)
	answerLeaf = regexp.MustCompile(`name="([0-9]+)" id="g`)
	lotForm    = regexp.MustCompile(`action="(/granskning/[0-9]+/lott)"`)
)

// lot is an auditor's secret, and its seal.
func lot(b byte) (secret, seal string) {
	raw := [32]byte(bytes.Repeat([]byte{b}, 32))
	return fmt.Sprintf("%x", raw), fmt.Sprintf("%x", sample.Seal(raw))
}

// sampled asks for a sample, and opens the lot when the request is published.
func (b *browser) sampled(count string) (path string, a answer) {
	b.t.Helper()
	secret, seal := lot(9)
	asked := b.post("/granskning", url.Values{"count": {count}, "seal": {seal}})
	form := lotForm.FindStringSubmatch(asked.body)
	if asked.code != 200 || form == nil {
		b.t.Fatalf("asking: %d %s", asked.code, asked.body)
	}
	for range 200 {
		if a = b.post(form[1], url.Values{"secret": {secret}}); a.code != 422 || !strings.Contains(a.body, "inte publicerad ännu") {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if a.code != 200 {
		b.t.Fatalf("opening the lot: %d %s", a.code, a.body)
	}
	return form[1], a
}

// TestSampling: an auditor asks by a sealed lot and opens it when the request is in
// the log, everyone sees what is missing, the municipality
// gives one and withholds another, the auditor reads what was given and nothing
// else, and the person whose decision it was sees that.
func TestSampling(t *testing.T) {
	s := run(t, t.TempDir())
	alva, bo, rut, doris := s.as(t, "alva"), s.as(t, "bo"), s.as(t, "rut"), s.as(t, "doris")
	alva.apply(single, nil)
	bo.apply(single, nil)
	_, seal := lot(9)
	for _, bad := range []url.Values{{"count": {"0"}, "seal": {seal}}, {"count": {"201"}, "seal": {seal}}, {"count": {"2"}, "seal": {seal[1:]}},
		{"count": {"2"}, "seal": {strings.Repeat("g", 64)}}, {"count": {"x"}, "seal": {""}}} {
		if a := rut.post("/granskning", bad); a.code != 422 {
			t.Errorf("%v: %d", bad, a.code)
		}
	}
	other, _ := lot(8)
	_, waits := lot(7)
	if a := rut.post("/granskning", url.Values{"count": {"1"}, "seal": {waits}}); a.code != 200 || !strings.Contains(a.body, "lotten är inte öppnad") {
		t.Errorf("before the lot is opened: %d %s", a.code, a.body)
	} else if a := rut.post(lotForm.FindStringSubmatch(a.body)[1], url.Values{"secret": {other}}); a.code != 422 || !strings.Contains(a.body, "en annan lott") {
		t.Errorf("another lot: %d %s", a.code, a.body)
	}
	if a := doris.get("/handlaggare-urval"); strings.Contains(a.body, "Svara revisorn") || !strings.Contains(a.body, "har inte öppnat sin lott") {
		t.Errorf("there is something to answer before the lot is opened: %s", a.body)
	}
	path, a := rut.sampled("2")
	if !strings.Contains(a.body, "2 saknar svar") {
		t.Fatalf("opening the lot: %s", a.body)
	}
	if secret, _ := lot(9); rut.post(path, url.Values{"secret": {secret}}).code != 422 {
		t.Error("the lot was opened again")
	}
	if a := alva.post(path, url.Values{"secret": {other}}); a.code != 404 {
		t.Errorf("another role opens a lot: %d", a.code)
	}
	if a := s.browser(t).get("/audit"); !strings.Contains(a.body, "Revisorerna i Demokommun") || !strings.Contains(a.body, "<td>1, 2</td>") || !strings.Contains(a.body, "<td>lotten är inte öppnad</td>") {
		t.Errorf("what is missing is not shown to everyone: %s", a.body)
	}
	page := doris.get("/handlaggare-urval")
	form := answerForm.FindStringSubmatch(page.body)
	leaves := answerLeaf.FindAllStringSubmatch(page.body, -1)
	if form == nil || len(leaves) != 2 {
		t.Fatalf("the form to answer with: %d %s", page.code, page.body)
	}
	asked := form[1]
	if a := rut.get("/granskning/" + asked + "/kvitton.jsonl"); a.code != 200 || strings.Contains(a.body, `\"kind\":\"decision\"`) {
		t.Errorf("before the answer: %d %.80s", a.code, a.body)
	}
	if a := doris.post("/handlaggare-urval/"+asked, url.Values{}); a.code != 422 {
		t.Errorf("an empty answer: %d", a.code)
	}
	if a := doris.post("/handlaggare-urval/"+asked, url.Values{"0": {"ge"}}); a.code != 422 {
		t.Errorf("a leaf that was not asked for: %d", a.code)
	}
	answer := url.Values{leaves[0][1]: {"ge"}, leaves[1][1]: {"sekretess"}}
	if a := doris.post("/handlaggare-urval/"+asked, answer); a.code != 200 || strings.Contains(a.body, "Svara revisorn") {
		t.Errorf("answering: %d", a.code)
	}
	if a := doris.post("/handlaggare-urval/"+asked, answer); a.code != 422 {
		t.Errorf("answering again: %d", a.code)
	}
	list := rut.get("/granskning")
	if !strings.Contains(list.body, "1 är utlämnade") || !strings.Contains(list.body, "0 saknar svar") || !strings.Contains(list.body, "1 lämnas inte ut av sekretess") {
		t.Errorf("the auditor's list: %s", list.body)
	}
	link := sampleLink.FindString(list.body)
	got := rut.get(link)
	lines := strings.SplitAfter(got.body, "\n")
	// The leaves of the lot and the answer come first, from when they are published.
	if got.code != 200 || strings.Count(got.body, `\"kind\":\"decision\"`) != 1 || len(lines) != 2+strings.Count(got.body, `\"what\":\"revealed\"`)+strings.Count(got.body, `\"what\":\"answered\"`) {
		t.Fatalf("the disclosed receipts: %d, %d lines", got.code, len(lines))
	}
	rep := ledger.Verify([]byte(lines[len(lines)-2]), []string{strings.TrimSpace(alva.get("/log/key").body)})
	if want, _ := strconv.ParseUint(leaves[0][1], 10, 64); !rep.OK || rep.Index != want {
		t.Errorf("the receipt: %+v", rep)
	}
	for _, personal := range []string{"Alva", "Bo Exempel", "199211222386", "199303012398"} {
		if strings.Contains(got.body, personal) {
			t.Errorf("the receipt holds %s", personal)
		}
	}
	for _, who := range []*browser{alva, doris} {
		if a := who.get(link); a.code != 404 {
			t.Errorf("another role reads the sample: %d", a.code)
		}
	}
	seen := strings.Contains(alva.get("/mina/lasningar").body, "Rut Demosson, revisor") != strings.Contains(bo.get("/mina/lasningar").body, "Rut Demosson, revisor")
	if !seen {
		t.Error("not exactly the one whose decision was given sees that the auditor has read it")
	}
}
