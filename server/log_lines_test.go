package server_test

import (
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"github.com/skalig/skalig/server"
)

// TestNothingTypedIsALogLine sends line breaks and what looks like a line of the log in
// every place, and names of a megabyte: none of it is in the log, and each line is ours.
func TestNothingTypedIsALogLine(t *testing.T) {
	log := &syncBuffer{}
	s := run(t, t.TempDir(), func(c *server.Config) {
		c.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	forged := "x\r\ntime=2020-01-01T00:00:00Z level=ERROR msg=forged"
	alva, doris := s.as(t, "alva"), s.as(t, "doris")
	path := alva.apply(over, nil).path
	for _, at := range []string{"/", "/arende/", path + "/underlag/", "/handlaggare/", "/log/tile/", "/verifiera?kvitto=", "/logga-in?till="} {
		alva.get(at + url.PathEscape(forged))
		doris.get(at + url.QueryEscape(forged))
	}
	alva.post(path+"/meddelande", url.Values{"message": {forged}, forged: {forged}})
	alva.post("/ansok", url.Values{"facts": {strings.Replace(single, "p1", forged, 1)}})
	alva.upload(path+"/underlag", forged, forged+".pdf", letter)
	doris.post("/handlaggare/ny", url.Values{"number": {forged}, "name": {forged}, "channel": {forged}})

	long := strings.Repeat("forged ", 1<<20/7)
	if a := doris.post("/handlaggare/ny", url.Values{"number": {"199211222386"}, "name": {long}, "channel": {"paper"}}); a.code < 400 || a.code > 499 {
		t.Errorf("a name of a megabyte: %d", a.code)
	}
	if a := alva.upload(path+"/underlag", "bank", long+".pdf", letter); a.code >= 500 || strings.Contains(a.body, long[:1000]) {
		t.Errorf("a file with a name of a megabyte: %d", a.code)
	}
	if a := alva.get(path); a.code != 200 {
		t.Errorf("afterwards: %d", a.code)
	}
	s.stop()
	lines := strings.Split(strings.TrimSuffix(log.String(), "\n"), "\n")
	for _, line := range lines {
		if !strings.HasPrefix(line, "time=") || strings.HasPrefix(line, "time=2020") || strings.Contains(line, "forged") || strings.Contains(line, "\r") || len(line) > 16<<10 {
			t.Errorf("a line of the log: %.300q", line)
		}
	}
	if len(lines) < 20 {
		t.Errorf("the log has %d lines", len(lines))
	}
}
