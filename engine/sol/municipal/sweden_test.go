package municipal_test

import (
	"strings"
	"testing"

	"github.com/skalig/skalig/engine/sol/municipal"
)

// Every municipality is there once, its code begins with one of the 21 counties',
// and the names stand in the order of the Swedish alphabet.
func TestSweden(t *testing.T) {
	all := municipal.Sweden()
	if len(all) != 290 {
		t.Fatalf("%d municipalities, want 290", len(all))
	}
	counties := " 01 03 04 05 06 07 08 09 10 12 13 14 17 18 19 20 21 22 23 24 25 "
	order := func(name string) string {
		return strings.NewReplacer("å", "{", "ä", "|", "ö", "}", "-", " ").Replace(strings.ToLower(name))
	}
	names := map[string]string{}
	for i, p := range all {
		if len(p.Code) != 4 || !strings.Contains(counties, " "+p.Code[:2]+" ") || names[p.Code] != "" || p.Name == "" {
			t.Errorf("%q %q is not a municipality, or stands twice", p.Code, p.Name)
		}
		names[p.Code] = p.Name
		if i > 0 && order(all[i-1].Name) > order(p.Name) {
			t.Errorf("%s stands before %s", all[i-1].Name, p.Name)
		}
	}
	for code, name := range map[string]string{"0180": "Stockholm", "0980": "Gotland", "1287": "Trelleborg", "1480": "Göteborg", "2584": "Kiruna", "2523": "Gällivare"} {
		if names[code] != name {
			t.Errorf("%s is %q, want %q", code, names[code], name)
		}
	}
	for _, e := range municipal.List() {
		if e.Code != municipal.Demo && names[e.Code] != e.Name {
			t.Errorf("the guideline of %s is named %q, the municipality %q", e.Code, e.Name, names[e.Code])
		}
	}
}
