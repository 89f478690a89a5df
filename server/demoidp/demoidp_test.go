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
