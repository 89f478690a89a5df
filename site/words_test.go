package site_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/site"
)

// pageWords reads a language's page words as they stand in its file.
func pageWords(t *testing.T, lang string) map[string]string {
	t.Helper()
	data, err := os.ReadFile("words/page." + lang + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var f struct{ Page map[string]string }
	if err := json.Unmarshal(data, &f); err != nil {
		t.Fatalf("%s: %v", lang, err)
	}
	return f.Page
}

var (
	placeholder = regexp.MustCompile(`\{[^}]*\}`)
	numberForm  = regexp.MustCompile(`\.(zero|one|two|few|many)$`)
)

func placeholders(text string) []string {
	all := placeholder.FindAllString(text, -1)
	slices.Sort(all)
	return slices.Compact(all)
}

// A translation has every key of Swedish and no other, and each key the same placeholders: it leaves no figure out. A key with a number has
// the forms that CLDR gives the language.
func TestLanguagesSayTheSame(t *testing.T) {
	first := pageWords(t, "sv")
	for _, lang := range site.Languages() {
		got := pageWords(t, lang)
		counted := map[string]bool{}
		for key, text := range first {
			if numberForm.MatchString(key) {
				counted[numberForm.ReplaceAllString(key, "")] = true
				continue
			}
			translated, ok := got[key]
			switch a, b := placeholders(text), placeholders(translated); {
			case !ok:
				t.Errorf("%s has no words for %s", lang, key)
			case key == "day.format":
				if strings.ContainsAny(strings.NewReplacer("{day}", "", "{month}", "", "{number}", "", "{year}", "").Replace(translated), "{}") {
					t.Errorf("%s writes a day as %q", lang, translated)
				}
			case !slices.Equal(a, b):
				t.Errorf("%s: %s has %v, and %v in Swedish", lang, key, b, a)
			case strings.TrimSpace(translated) != translated || translated == "" || strings.Contains(translated, "  "):
				t.Errorf("%s: %s has a space too many or no text: %q", lang, key, translated)
			case strings.ContainsAny(placeholder.ReplaceAllString(translated, ""), "{}<>"):
				t.Errorf("%s: %s has a stray sign: %q", lang, key, translated)
			}
		}
		for key, text := range got {
			base := numberForm.ReplaceAllString(key, "")
			if _, ok := first[key]; !ok && !(base != key && counted[base]) {
				t.Errorf("%s: %s is not in Swedish", lang, key)
			}
			if base != key && !slices.Contains(categories(lang), numberForm.FindStringSubmatch(key)[1]) {
				t.Errorf("%s: the language has no form %s", lang, key)
			}
			if a, b := placeholders(text), placeholders(got[base]); base != key && !slices.Equal(a, b) && !slices.Equal(a, nil) {
				t.Errorf("%s: %s has %v, and %s %v", lang, key, a, base, b)
			}
		}
		for key := range counted {
			for _, form := range categories(lang) {
				if _, ok := got[key+"."+form]; !ok && form != "other" {
					t.Errorf("%s has no form %s.%s", lang, key, form)
				}
			}
		}
	}
}

// categories are those of CLDR that whole numbers have in a language.
func categories(lang string) []string {
	if lang == "prs" {
		lang = "fa" // as x/text knows Dari
	}
	names := map[plural.Form]string{plural.Other: "other", plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many"}
	var all []string
	for n := range 200 {
		if c := names[plural.Cardinal.MatchPlural(language.MustParse(lang), n, 0, 0, 0, 0)]; !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	return all
}

// A legal term stands in Swedish beside its translation, on each page where it is first met.
func TestLegalTermsKeepTheirSwedish(t *testing.T) {
	for _, lang := range site.Languages() {
		if strings.HasPrefix(lang, "sv") {
			continue
		}
		got := pageWords(t, lang)
		for key, term := range map[string]string{
			"layout.what": "ekonomiskt bistånd", "start.get.1": "ekonomiskt bistånd", "start.get.2": "riksnormen", "start.who.1": "socialnämnden",
			"about.sum.1": "riksnormen", "about.sum.4": "bistånd", "about.lead": "skälig levnadsnivå", "rakna.from": "jobbstimulans",
			"rakna.income.sicknessBenefit": "sjukpenning", "rakna.income.activityGrant": "aktivitetsstöd", "rakna.income.housingBenefit": "bostadsbidrag",
			"rakna.sum.earlierSurplus.hint": "överskott", "kvitto.outcome.refused": "avslag",
		} {
			if !strings.Contains(strings.ToLower(got[key]), term) {
				t.Errorf("%s: %s lacks the Swedish %q: %q", lang, key, term, got[key])
			}
		}
	}
}

var (
	inTemplate = regexp.MustCompile(`\b(?:t|count) \(?(?:printf )?"([^"]+)"`)
	inScript   = regexp.MustCompile("[\"`]((?:rakna|kvitto|rows|status|program|month|format|day)\\.[^\"` ]*)[\"`]")
	inGo       = regexp.MustCompile(`"((?:start|help|about|access)\.title|day\.format)"`)
	hole       = regexp.MustCompile(`\$\{[^}]*\}|%s`)
)

// used returns the keys that pages and scripts ask for. A part that is filled in at run time is a *.
func used(t *testing.T) map[string]string {
	t.Helper()
	keys := make(map[string]string)
	for pattern, find := range map[string]*regexp.Regexp{"pages/*.html": inTemplate, "ts/*.ts": inScript, "*.go": inGo} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range find.FindAllSubmatch(data, -1) {
				for _, key := range m[1:] {
					if len(key) > 0 && bytes.Contains(key, []byte(".")) {
						keys[hole.ReplaceAllString(string(key), "*")] = file
					}
				}
			}
		}
	}
	return keys
}

func TestEveryKeyHasWords(t *testing.T) {
	words := pageWords(t, "sv")
	for key, file := range used(t) {
		if _, ok := words[key]; !ok && !borrowed(key) && !strings.Contains(key, "*") && !strings.HasSuffix(key, ".") {
			t.Errorf("%s asks for %q, which has no words", file, key)
		}
	}
}

// borrowed says whether the words come from the engine's file.
func borrowed(key string) bool {
	return strings.HasPrefix(key, "format.") || strings.HasPrefix(key, "month.")
}

func TestEveryWordIsUsed(t *testing.T) {
	asked := used(t)
	page := render(t, "rakna", site.Page{Title: "x", Path: "/rakna", Data: calculator()})
	for key, text := range pageWords(t, "sv") {
		if !reached(numberForm.ReplaceAllString(key, ""), asked) && !strings.Contains(page, ">"+text+"<") {
			t.Errorf("nothing uses %q", key)
		}
	}
}

func reached(key string, asked map[string]string) bool {
	for pattern := range asked {
		before, after, open := strings.Cut(pattern, "*")
		switch {
		case key == pattern:
			return true
		case open && strings.HasPrefix(key, before) && strings.HasSuffix(key, after):
			return true
		case strings.HasSuffix(pattern, ".") && strings.HasPrefix(key, pattern): // "month." + n
			return true
		}
	}
	return false
}

// Amounts and days follow the language; so do the forms of a number.
func TestFormsOfLanguages(t *testing.T) {
	s := open(t)
	for lang, want := range map[string][]string{
		"sv":            {"1 234 567,05 kr", "3 december 2026", "Loggen har 1 rad.", "Loggen har 1 200 rader."},
		"sv-x-lattlast": {"1 234 567,05 kronor", "3 december 2026", "Loggen har 1 rad.", "Loggen har 1 200 rader."},
		"en":            {"1,234,567.05 kr", "3 December 2026", "The log has 1 row.", "The log has 1,200 rows."},
		"ar":            {"1,234,567.05 kr", "3 ديسمبر 2026", "في السجل سطر واحد (1).", "في السجل 1,200 سطر."},
		"so":            {"1,234,567.05 kr", "3 Disembar 2026", "Diiwaanku wuxuu leeyahay hal saf (1).", "Diiwaanku wuxuu leeyahay 1,200 saf."},
		"prs":           {"1,234,567.05 kr", "3 دسمبر 2026", "ثبت 1 سطر دارد.", "ثبت 1,200 سطر دارد."},
		"ti":            {"1,234,567.05 kr", "3 ታሕሳስ 2026", "እቲ መዝገብ 1 መስመር ኣለዎ።", "እቲ መዝገብ 1,200 መስመራት ኣለዎ።"},
		"uk":            {"1 234 567,05 kr", "3.12.2026", "У журналі 1 рядок.", "У журналі 1 200 рядків."},
		"fi":            {"1 234 567,05 kr", "3.12.2026", "Lokissa on 1 rivi.", "Lokissa on 1 200 riviä."},
	} {
		w := s.Words(lang)
		day, err := w.Day("2026-12-03")
		one, err1 := w.Count("program.log.rows", 1)
		many, err2 := w.Count("program.log.rows", 1200)
		if err := errors.Join(err, err1, err2); err != nil {
			t.Fatal(err)
		}
		for i, got := range []string{w.Kronor(123456705), day, one, many} {
			if got = strings.NewReplacer("\u00a0", " ", "\u2066", "", "\u2069", "").Replace(got); got != want[i] {
				t.Errorf("%s writes %q, want %q", lang, got, want[i])
			}
		}
	}
}

// Every reason that a receipt can be refused for has a sentence, and every step a name.
func TestReasonsOfTheLedgerHaveWords(t *testing.T) {
	words := pageWords(t, "sv")
	for _, reason := range ledger.Reasons() {
		if words["kvitto.reason."+string(reason)] == "" {
			t.Errorf("the ledger's reason %q has no words", reason)
		}
	}
	for _, step := range []string{ledger.StepFormat, ledger.StepCommitment, ledger.StepRecord, ledger.StepInclusion, ledger.StepSignature} {
		if words["kvitto.step."+step] == "" {
			t.Errorf("the ledger's step %q has no words", step)
		}
	}
}

func TestAmountsAndDates(t *testing.T) {
	words := open(t).Words("sv")
	for ore, want := range map[int64]string{
		0:          "0 kr",
		5:          "0,05 kr",
		52200:      "522 kr",
		394000:     "3 940 kr",
		24975:      "249,75 kr",
		1234567890: "12 345 678,90 kr",
		-100000:    "−1 000 kr",
	} {
		want = strings.ReplaceAll(want, " ", "\u00a0")
		if got := words.Kronor(ore); got != want {
			t.Errorf("Kronor(%d) = %q, want %q", ore, got, want)
		}
	}
	if got, err := words.Month("2026-11"); got != "november 2026" || err != nil {
		t.Errorf("Month = %q, %v", got, err)
	}
	if got, err := words.Day("2026-12-03"); got != "3 december 2026" || err != nil {
		t.Errorf("Day = %q, %v", got, err)
	}
	for _, bad := range []string{"", "2026", "2026-13", "november"} {
		if got, err := words.Month(bad); err == nil {
			t.Errorf("Month(%q) = %q, want an error", bad, got)
		}
	}
	if _, err := words.Text("no.such.key"); err == nil {
		t.Error("a key without words gave no error")
	}
}
