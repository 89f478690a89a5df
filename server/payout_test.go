package server_test

import (
	"net/url"
	"strings"
	"testing"
)

// TestPayoutIsAskedFor: who has said no account is asked for one wherever money is
// spoken of, and told which one it is afterwards.
func TestPayoutIsAskedFor(t *testing.T) {
	s := run(t, t.TempDir())
	alva := s.as(t, "alva")
	const lacks, knows = "Vi vet inte", "slutar på 0019"
	pages := func(want, not string, paths ...string) {
		t.Helper()
		for _, path := range paths {
			if a := alva.get(path); a.code != 200 || !strings.Contains(a.body, want) || strings.Contains(a.body, not) {
				t.Errorf("%s: %d, want %q and not %q", path, a.code, want, not)
			}
		}
	}
	alva.post("/ansok", url.Values{"facts": {single}})
	pages(lacks, knows, "/ansok/kontrollera")
	pages(`Vart pengarna ska</a> <span class="tag">Frivillig`, knows, "/ansok")
	pages("Tillbaka till din ansökan", lacks, "/mina/konto")
	decided := alva.apply(single, nil)
	if !strings.Contains(decided.body, "Du får allt du sökt") {
		t.Fatalf("not granted: %s", decided.body)
	}
	pages("Vi vet inte vart pengarna ska", knows, decided.path, "/mina")
	pages("När brevet skrevs visste vi inte", knows, decided.path+"/brev")
	alva.post("/mina/konto", url.Values{"kind": {"bank"}, "clearing": {"5000"}, "number": {"0000019"}, "holder": {"Alva Exempel"}})
	pages(knows, lacks, decided.path, "/mina", decided.path+"/brev")
	pages("", "Tillbaka till din ansökan", "/mina/konto")
	alva.post("/ansok/ny", url.Values{"kind": {"supplement"}})
	pages(knows, lacks, "/ansok")
}
