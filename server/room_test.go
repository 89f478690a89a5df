package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/skalig/skalig/server"
)

// TestFullDisk takes the room away from a running service: what can't be kept is
// refused in plain words, what needs no room goes on, and all of it goes on when
// there is room again.
func TestFullDisk(t *testing.T) {
	const keep = 64 << 20
	var free atomic.Uint64
	free.Store(keep)
	s := run(t, t.TempDir(), func(c *server.Config) { c.Free = free.Load })
	alva, bo := s.as(t, "alva"), s.as(t, "bo")
	decided := alva.apply(single, nil)
	started := bo.post("/ansok", url.Values{"facts": {single}})
	key := formKey.FindStringSubmatch(started.body)
	if key == nil {
		t.Fatalf("no form at %s (%d)", started.path, started.code)
	}
	sendIt := func() answer {
		return bo.post("/ansok/skicka", url.Values{"key": {key[1]}, "attest": {"ja"}})
	}
	refused := func(a answer, what string) {
		t.Helper()
		if a.code != http.StatusInsufficientStorage || a.head.Get("Retry-After") == "" {
			t.Errorf("%s is answered by %d", what, a.code)
		}
		a.has(t, what, "kan inte ta emot", "räknas bara en gång", "ring kommunen")
	}
	public := func(ready int, metric string) {
		t.Helper()
		for _, path := range []string{"/", "/rakna", "/log/checkpoint", "/log/tile/entries/000.p/1", "/audit", "/kvitto", "/kommuner", "/healthz", "/v1/parameters"} {
			if a := s.browser(t).get(path); a.code != http.StatusOK {
				t.Errorf("with %d bytes free %s is answered by %d", free.Load(), path, a.code)
			}
		}
		if a := s.browser(t).get("/readyz"); a.code != ready {
			t.Errorf("with %d bytes free /readyz is %d: %s", free.Load(), a.code, a.body)
		}
		s.browser(t).get("/metrics").has(t, "the metrics", metric)
	}
	public(http.StatusOK, "skalig_disk_full 0\n")

	free.Store(keep - 1)
	public(http.StatusServiceUnavailable, "skalig_disk_full 1\n")
	refused(sendIt(), "an application")
	if a := alva.get(decided.path); a.code != http.StatusOK {
		t.Errorf("a decision can't be read: %d", a.code)
	}

	free.Store(0)
	public(http.StatusServiceUnavailable, "skalig_disk_full 2\n")
	refused(sendIt(), "an application")
	refused(alva.get(decided.path), "a decision")
	refused(alva.get("/mina"), "the own cases")

	free.Store(keep)
	public(http.StatusOK, "skalig_disk_full 0\n")
	if a := sendIt(); a.code != http.StatusOK || !strings.HasPrefix(a.path, "/arende/") {
		t.Errorf("with room again the form leads to %s (%d)", a.path, a.code)
	}
	if a := sendIt(); a.code != http.StatusOK { // it is counted once
		t.Errorf("sent once more it leads to %s (%d)", a.path, a.code)
	}
	if a := bo.get("/mina"); strings.Count(a.body, `href="/arende/`) != 1 {
		t.Errorf("bo has %d cases", strings.Count(a.body, `href="/arende/`))
	}
	if a := alva.get(decided.path); a.code != http.StatusOK {
		t.Errorf("a decision can't be read: %d", a.code)
	}
}
