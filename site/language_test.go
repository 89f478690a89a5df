package site_test

import (
	"strings"
	"testing"

	"github.com/skalig/skalig/site"
)

// FuzzSplit: whatever an address is, it has a language that there is, and a page's path
// that the address ends in; and an address that was made comes back.
func FuzzSplit(f *testing.F) {
	for _, address := range []string{"/", "/rakna", "/ar/rakna", "/en", "/lattlast/kvitto", "//en/", "en/rakna", "", "/xx/rakna", "/en/en/rakna", "/uk/rakna/server?x#y"} {
		f.Add(address)
	}
	f.Fuzz(func(t *testing.T, address string) {
		code, path := site.Split(address)
		known := false
		for _, c := range site.Languages() {
			known = known || c == code
			if made := site.Address(c, address); made != address && strings.HasPrefix(address, "/") {
				if of, back := site.Split(made); of != c || strings.TrimSuffix(back, "/") != strings.TrimSuffix(address, "/") {
					t.Errorf("%q in %s is %q, which is %q in %s", address, c, made, back, of)
				}
			}
		}
		if !known || !strings.HasSuffix("/"+address, path) && path != "/" {
			t.Errorf("%q is the path %q in %q", address, path, code)
		}
	})
}
