package municipality_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/server/demo"
	"github.com/skalig/skalig/server/municipality"
	"github.com/skalig/skalig/server/store"
)

func TestCheck(t *testing.T) {
	if err := municipality.Check(demo.Municipalities()); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(m []municipality.Municipality){
		"four digits":                 func(m []municipality.Municipality) { m[0].Code = "99" },
		"the code stands there twice": func(m []municipality.Municipality) { m[1].Code = m[0].Code },
		"another municipality's too":  func(m []municipality.Municipality) { m[1].Organisation = m[0].Organisation },
		"no name":                     func(m []municipality.Municipality) { m[0].Name = " " },
		"no postal address":           func(m []municipality.Municipality) { m[0].Contact.Post = "" },
		"delegation has no reference": func(m []municipality.Municipality) { m[0].Delegation.Caseworkers = "" },
		"unknown kind":                func(m []municipality.Municipality) { m[0].Delegation.Kinds = []string{"all"} },
		"unknown source":              func(m []municipality.Municipality) { m[0].Delegation.Sources = []string{"hearsay"} },
		"no languages":                func(m []municipality.Municipality) { m[0].Languages = nil },
		"not one word":                func(m []municipality.Municipality) { m[0].Organisation = "demo@kommun" },
		"stands there twice":          func(m []municipality.Municipality) { m[0].People = append(m[0].People, m[0].People[0]) },
		"or an unknown one":           func(m []municipality.Municipality) { m[0].People[0].Roles = []store.Role{store.Operator} },
		"no valid IBAN":               func(m []municipality.Municipality) { m[0].Payment.IBAN = "SE4500000000099990000002" },
		"sign-in lacks":               func(m []municipality.Municipality) { m[0].SignIn = &municipality.SignIn{Issuer: "https://idp.example"} },
	} {
		all := demo.Municipalities()
		change(all)
		if err := municipality.Check(all); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// TestGuidelines: a municipality's own files take the place of what is built in,
// and each month has the one in force.
func TestGuidelines(t *testing.T) {
	all := demo.Municipalities()
	text, ok := municipal.File(municipal.Demo)
	if !ok {
		t.Fatal("there is no guideline of the demonstration")
	}
	dir := t.TempDir()
	write := func(name, from, max string) string {
		path := filepath.Join(dir, name)
		changed := strings.NewReplacer(`"from": "2026-01"`, `"from": "`+from+`"`, `"max": 7000`, `"max": `+max).Replace(string(text))
		if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	all[0].Guidelines = []string{write("later.json", "2026-07", "7200"), write("first.json", "2026-01", "7100")}
	book, err := municipality.Open(all)
	if err != nil {
		t.Fatal(err)
	}
	for month, want := range map[string]string{"2026-01": `"max": 7100`, "2026-06": `"max": 7100`, "2026-07": `"max": 7200`, "2027-01": `"max": 7200`, "then": `"max": 7200`} {
		if e, ok := book.For(municipal.Demo, month); !ok || !strings.Contains(string(e.Bytes), want) {
			t.Errorf("%s: lacks %s", month, want)
		}
	}
	if e, ok := book.For(demo.Neighbour, "2026-11"); !ok || e.Name != "Grannkommun" {
		t.Errorf("the neighbour's: %v %s", ok, e.Name)
	}
	if _, ok := book.For("0000", "2026-11"); ok {
		t.Error("an unknown municipality has a guideline")
	}
	if n := len(book.List()); n != len(municipal.List())+1 {
		t.Errorf("%d municipalities are listed", n)
	}
	all[1].Guidelines = all[0].Guidelines
	if _, err := municipality.Open(all); err == nil {
		t.Error("a municipality may use another's guideline")
	}
}
