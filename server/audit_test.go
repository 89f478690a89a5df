package server_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server"
)

// TestReadings: a person sees that a caseworker has read the file, under her name,
// and what she may not see nobody else's page shows.
func TestReadings(t *testing.T) {
	s := run(t, t.TempDir())
	alva, bo := s.as(t, "alva"), s.as(t, "bo")
	queued := strings.TrimPrefix(alva.apply(over, nil).path, "/arende/")
	if page := alva.get("/mina/lasningar"); page.code != 200 || !strings.Contains(page.body, "Ingen annan har öppnat dina ärenden") {
		t.Errorf("before anyone has read: %d", page.code)
	}
	s.as(t, "doris").get("/handlaggare/" + queued)
	bo.get("/arende/" + queued)
	page := alva.get("/mina/lasningar")
	for _, want := range []string{"Doris Demosson, handläggare", "Läste ärendet", "2026-11-22 12:00", "En annan sökande", "(nekades)"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page lacks %q: %s", want, page.body)
		}
	}
	if strings.Contains(page.body, "Bo Exempel") {
		t.Error("the page names another applicant")
	}
	if page := bo.get("/mina/lasningar"); strings.Contains(page.body, "Doris") {
		t.Error("another person sees the reads")
	}
}

var leafLink = regexp.MustCompile(`/audit/rad/[0-9]+\.json`)

// TestAudit: the page stands open, and every leaf on it is opened by a receipt
// that verifies.
func TestAudit(t *testing.T) {
	data := t.TempDir()
	s := run(t, data)
	s.as(t, "alva").apply(single, nil)
	s.stop()
	s = run(t, data, func(c *server.Config) { c.Clock = func() time.Time { return noon.AddDate(0, 0, 1) } })
	b := s.browser(t)
	key := strings.TrimSpace(b.get("/log/key").body)
	var page answer
	for range 100 { // the digest over the day that has ended comes in the background
		if page = b.get("/audit"); len(leafLink.FindAllString(page.body, -1)) > 1 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	for _, want := range []string{"Granska tjänsten", "2026-11-22</td>", "Inget vittne krävs. Bara loggen själv har skrivit under.", key} {
		if page.code != 200 || !strings.Contains(page.body, strings.ReplaceAll(want, "+", "&#43;")) {
			t.Errorf("the page lacks %q (%d)", want, page.code)
		}
	}
	links := leafLink.FindAllString(page.body, -1)
	if len(links) < 2 {
		t.Fatalf("the page has %d leaves", len(links))
	}
	for _, link := range links {
		var a answer
		for range 100 {
			if a = b.get(link); a.code == 200 {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
		if rep := ledger.Verify([]byte(a.body), []string{key}); !rep.OK {
			t.Errorf("%s: %d %v", link, a.code, rep.Reason)
		}
	}
	if a := b.get("/audit/rad/1.json"); a.code != 404 {
		t.Errorf("a decision's leaf is opened for anyone: %d", a.code)
	}
	for _, bad := range []string{"01.json", "x.json", "1", "99999.json", "-1.json"} {
		if a := b.get("/audit/rad/" + bad); a.code != 404 {
			t.Errorf("%s: %d", bad, a.code)
		}
	}
}

// TestDifference: a release against itself gives nobody anything, and what is no
// release is not compared.
func TestDifference(t *testing.T) {
	s := run(t, t.TempDir())
	b := s.browser(t)
	engine := regexp.MustCompile(`/engine/([0-9a-f]{64})\.wasm`).FindStringSubmatch(b.get("/rakna").body)[1]
	for range 2 { // computed, and kept
		page := b.get("/audit/skillnad/" + engine + "/" + engine)
		if page.code != 200 || !strings.Contains(page.body, "Inget av 2000 påhittade hushåll får mer eller mindre") || !strings.Contains(page.body, "Par med barn") {
			t.Errorf("%d %s", page.code, page.body)
		}
	}
	for _, path := range []string{engine + "/" + strings.Repeat("0", 64), "x/" + engine} {
		if a := b.get("/audit/skillnad/" + path); a.code != 404 {
			t.Errorf("%s: %d", path, a.code)
		}
	}
}
