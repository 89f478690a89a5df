package auth_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/skalig/skalig/server/auth"
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
