package server_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server"
	"github.com/skalig/skalig/server/inspection"
	"github.com/skalig/skalig/server/record"
)

// TestStatistics: when the month has ended its figures are a leaf, a page, a CSV
// file and a receipt; they tie out with the log, and tell of no few people.
func TestStatistics(t *testing.T) {
	data := t.TempDir()
	s := run(t, data)
	s.as(t, "alva").apply(single, nil)
	s.as(t, "bo").apply(single, nil)
	if page := s.browser(t).get("/audit/statistik/9999/2026-11"); page.code != 404 {
		t.Errorf("before the month has ended: %d", page.code)
	}
	s.stop()
	s = run(t, data, func(c *server.Config) { c.Clock = func() time.Time { return noon.AddDate(0, 0, 10) } })
	b := s.browser(t)
	var receipt answer
	for range 100 {
		if receipt = b.get("/audit/statistik/9999/2026-11.json"); receipt.code == 200 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	rep := ledger.Verify([]byte(receipt.body), []string{strings.TrimSpace(b.get("/log/key").body)})
	if !rep.OK || rep.Leaf.Kind != ledger.Statistics {
		t.Fatalf("the receipt: %d %+v", receipt.code, rep)
	}
	st, err := record.ParseStatistics(rep.Record)
	if err != nil || st.Decisions != 2 || st.Month != "2026-11" {
		t.Errorf("%+v %v", st, err)
	}
	for _, c := range st.Cells {
		if !c.Hidden && c.Value > 0 && (c.Row != "all" || c.Column != "all") {
			t.Errorf("of two decisions %+v is shown", c)
		}
	}
	var lines strings.Builder
	lines.WriteString("municipality,month,table,row,column,value\n")
	for _, c := range st.Cells {
		value := ""
		if !c.Hidden {
			value = strconv.FormatUint(c.Value, 10)
		}
		lines.WriteString(strings.Join([]string{"9999", "2026-11", c.Table, c.Row, c.Column, value}, ",") + "\n")
	}
	if csv := b.get("/audit/statistik/9999/2026-11.csv"); csv.body != lines.String() {
		t.Errorf("the file says other than the leaf: %s", csv.body)
	}
	page := b.get("/audit/statistik/9999/2026-11")
	if page.code != 200 || !strings.Contains(page.body, "Statistik för Demokommun, november 2026") || !strings.Contains(page.body, "2 beslut") {
		t.Errorf("the page: %d %s", page.code, page.body)
	}
	if csv := b.get("/audit/statistik/9999/2026-11.csv"); csv.code != 200 || !strings.Contains(csv.body, "9999,2026-11,outcome,all,all,2\n") || !strings.Contains(csv.body, "9999,2026-11,change,overturned,all,0\n") {
		t.Errorf("the file: %d %s", csv.code, csv.body)
	}
	if a := b.get("/audit"); !strings.Contains(a.body, "/audit/statistik/9999/2026-11") {
		t.Error("the month is not on the page of the log")
	}
	for _, path := range []string{"/audit/statistik/9999/2026-12", "/audit/statistik/9998/2026-11", "/audit/statistik/9999/2026-11.xml"} {
		if a := b.get(path); a.code != 404 {
			t.Errorf("%s: %d", path, a.code)
		}
	}
	drawn := regexp.MustCompile(`href="/omprovning/[a-z0-9]{26}"`)
	if page := s.as(t, "doris").get("/omprovning"); len(drawn.FindAllString(page.body, -1)) != 1 {
		t.Errorf("of two automatic grants one is drawn for a human without anybody's asking: %d %s", page.code, page.body)
	}
	s.stop()
	if r, err := inspection.Check(t.Context(), data, inspection.Options{}); err != nil || r.Wrong > 0 {
		t.Errorf("%v %+v", err, r)
	}
}
