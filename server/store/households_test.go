package store_test

import (
	"strings"
	"testing"

	"github.com/skalig/skalig/server/store"
)

// Who has ever applied together is one household, in whatever order the cases come.
func TestHouseholds(t *testing.T) {
	for cases, want := range map[string]int{
		"": 0, "a": 1, "a,a": 1, "a,b": 2, "a+b": 1, "a,b,a+b": 1, "a+b,b+c,d": 2, "a,b,c,d,e": 5, "a+b,c+d,b+c": 1, "a,c,b,b+c": 2,
	} {
		var all []store.Untold
		for c := range strings.SplitSeq(cases, ",") {
			if c != "" {
				all = append(all, store.Untold{Adults: strings.Split(c, "+")})
			}
		}
		if got := store.Households(all); got != want {
			t.Errorf("%q is of %d households, want %d", cases, got, want)
		}
	}
}
