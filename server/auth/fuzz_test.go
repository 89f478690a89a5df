package auth_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/idnumber"
)

// FuzzLocal: whatever an address asks to be sent back to, it is a path of this
// service as a browser understands it, or nothing.
func FuzzLocal(f *testing.F) {
	for _, to := range []string{"/mina", "/arende/a", "//evil.example/mina", `/mina\..\`, "/ansok//evil.example", "https://evil.example/mina", "/mina?a=b", "/mina\r\nA: b", "/mina/../../x", ""} {
		f.Add(to)
	}
	base := &url.URL{Scheme: "https", Host: "own.example", Path: "/logga-in"}
	f.Fuzz(func(t *testing.T, to string) {
		got := auth.Local(to)
		if got == "" {
			return
		}
		u, err := base.Parse(got)
		if err != nil || got != to || u.Host != base.Host || u.Scheme != base.Scheme || strings.ContainsAny(got, "\\\r\n\t") || strings.HasPrefix(got, "//") {
			t.Fatalf("%q leads to %v", to, u)
		}
	})
}

// FuzzPrevious: whatever stands in the claim of a previous number, who signs in is read
// as without it, and what comes of it is a coordination number that is not their own.
func FuzzPrevious(f *testing.F) {
	for _, claim := range []string{`"199211822383"`, `"199211222386"`, `"19921182-2383"`, `["199211822383"]`, `{"a":"199211822383"}`, `null`, `0`, `""`, `" 199211822383"`, `"１９９２１１８２２３８３"`} {
		f.Add([]byte(claim))
	}
	f.Fuzz(func(t *testing.T, claim []byte) {
		if !json.Valid(claim) {
			return
		}
		token := []byte(`{"` + auth.ClaimNumber + `":"` + number + `","` + auth.ClaimPrevious + `":` + string(claim) + `}`)
		got, previous, err := auth.Numbers(token)
		if err != nil || got != number {
			t.Fatalf("%s: %v, who signs in is %q", claim, err, got)
		}
		var said string
		if previous != "" && (!idnumber.Coordination(previous) || previous == number || json.Unmarshal(claim, &said) != nil || said != previous) {
			t.Fatalf("%s is read as %q", claim, previous)
		}
	})
}
