package demoidp_test

import (
	"regexp"
	"testing"

	"github.com/skalig/skalig/server/demoidp"
	"github.com/skalig/skalig/server/idnumber"
)

// TestOnlyTestNumbers: the numbers are valid, and of the serials that the Swedish
// Tax Agency has set aside for tests.
func TestOnlyTestNumbers(t *testing.T) {
	set := regexp.MustCompile(`^(199|200)[0-9]{5}23[89][0-9]$`)
	names := regexp.MustCompile(`^\pL+ (Exempel|Demosson)$`)
	for _, p := range demoidp.Persons {
		if p.Number != "" && (!idnumber.Valid(p.Number) || !set.MatchString(p.Number)) {
			t.Errorf("%s has the number %s", p.ID, p.Number)
		}
		if (p.Number == "") == (p.Affiliation == "") || !names.MatchString(p.Name) {
			t.Errorf("%s: %+v", p.ID, p)
		}
	}
}

// TestManyTestPersons: the first, the last and some between have numbers of the
// series for tests, and each is who the provider finds under the id.
func TestManyTestPersons(t *testing.T) {
	set := regexp.MustCompile(`^19(6[5-9]|[78][0-9])[0-9]{4}9[89][0-9]{2}$`)
	seen := map[string]bool{}
	for n := 0; n < demoidp.Tests; n += 61 {
		p := demoidp.Test(n)
		if !idnumber.Valid(p.Number) || !set.MatchString(p.Number) || seen[p.Number] {
			t.Errorf("person %d has the number %s", n, p.Number)
		}
		seen[p.Number] = true
	}
	if last := demoidp.Test(demoidp.Tests - 1); !set.MatchString(last.Number) {
		t.Errorf("the last has the number %s", last.Number)
	}
}
