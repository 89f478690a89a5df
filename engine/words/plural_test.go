package words_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
	"github.com/skalig/skalig/engine/words"
)

var numberForm = regexp.MustCompile(`^format\.(years|days)\.(zero|one|two|few|many)$`)

// cldr gives the category of n in a language by CLDR, as another has implemented it.
func cldr(lang string, n int) string {
	if lang == "prs" {
		lang = "fa" // x/text knows Dari as Persian
	}
	names := map[plural.Form]string{plural.Other: "other", plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many"}
	return names[plural.Cardinal.MatchPlural(language.MustParse(lang), n, 0, 0, 0, 0)]
}

// TestNumbersHaveTheirForms holds each language to CLDR: a file with a form for
// each category writes that form of every number, and nothing is a form of a
// category that the language does not have.
func TestNumbersHaveTheirForms(t *testing.T) {
	eachLanguage(t, func(t *testing.T, lang string, w *words.Words) {
		all := texts(w)
		had := map[string]bool{}
		for n := range 400 {
			category := cldr(lang, n)
			had[category] = true
			want, ok := all["format.days."+category]
			if !ok {
				want = all["format.days"]
			}
			if got := w.Days(n); got != strings.ReplaceAll(want, "{n}", strconv.Itoa(n)) {
				t.Errorf("%d days: %q, want %q as CLDR says %s", n, got, want, category)
			}
		}
		for key := range all {
			if m := numberForm.FindStringSubmatch(key); m != nil && !had[m[2]] {
				t.Errorf("%s: the language has no such form", key)
			}
		}
		if len(had) > 2 {
			for category := range had {
				for _, unit := range []string{"days", "years"} {
					if _, ok := all["format."+unit+"."+category]; !ok && category != "other" {
						t.Errorf("no form format.%s.%s", unit, category)
					}
				}
			}
		}
	})
}

// TestAgesAreInflected reads the age in a child's name, where a language inflects it.
func TestAgesAreInflected(t *testing.T) {
	for lang, want := range map[string][3]string{
		"sv": {"barn 1, 1 år", "barn 1, 3 år", "barn 1, 11 år"},
		"en": {"child 1, age 1", "child 1, age 3", "child 1, age 11"},
		"uk": {"дитина 1, 1 рік", "дитина 1, 3 роки", "дитина 1, 11 років"},
		"ar": {"الطفل 1، سنة واحدة", "الطفل 1، 3 سنوات", "الطفل 1، 11 سنة"},
	} {
		if !slices.Contains(languages(t), lang) {
			t.Errorf("there is no %s", lang)
			continue
		}
		w := open(t, lang)
		for i, age := range []int{1, 3, 11} {
			f := &sol.Facts{Month: engine.MonthOf(2026, 11), Persons: []sol.Person{{ID: "p1", Adult: true, Age: 40}, {ID: "c1", Age: age}}}
			if got := strings.ReplaceAll(w.Who(f, "c1"), "\u00a0", " "); got != want[i] {
				t.Errorf("%s: %q, want %q", lang, got, want[i])
			}
		}
	}
}
