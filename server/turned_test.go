package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestTurnedAway: who tries what is not allowed leaves a line by route and number, which
// says nothing of them; who has merely lost the way leaves none.
func TestTurnedAway(t *testing.T) {
	s := run(t, t.TempDir())
	alva, bo := s.as(t, "alva"), s.as(t, "bo")
	path := alva.apply(over, nil).path
	for range 3 {
		bo.get(path)
	}
	bo.post("/mina/konto", url.Values{"number": {"1", "2"}})
	req, err := http.NewRequest(http.MethodPost, s.url+"/prata", strings.NewReader("text=x"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Origin", "https://elsewhere.example")
	alva.do(req)
	alva.post("/prata", url.Values{"text": {strings.Repeat("x", 300<<10)}})
	s.browser(t).get("/mina")
	alva.get("/finns-inte-alls")
	s.stop()

	want := map[string]bool{
		`"route":"GET /arende/{id}","code":404,"times":3`: true,
		`"route":"POST /mina/konto","code":400,"times":1`: true,
		`"route":"POST /prata","code":403,"times":1`:      true,
		`"route":"POST /prata","code":413,"times":1`:      true,
	}
	for line := range strings.Lines(s.log.String()) {
		_, said, ok := strings.Cut(strings.TrimSpace(line), `"msg":"requests were turned away",`)
		if said = strings.TrimSuffix(said, "}"); ok && !want[said] {
			t.Errorf("told: %s", said)
		}
		delete(want, said)
	}
	for said := range want {
		t.Errorf("not told: %s", said)
	}
}
