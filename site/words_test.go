package site_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/site"
)

// pageWords reads every file of page words in Swedish.
func pageWords(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("words/*.sv.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("found no words: %v", err)
	}
	all := make(map[string]string)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var f struct{ Page map[string]string }
		if err := json.Unmarshal(data, &f); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for key, text := range f.Page {
			all[key] = text
		}
	}
	return all
}

var (
	inTemplate = regexp.MustCompile(`\bt \(?(?:printf )?"([^"]+)"`)
	inScript   = regexp.MustCompile("[\"`]((?:rakna|kvitto|rows|status|program|month)\\.[^\"` ]*)[\"`]")
	inGo       = regexp.MustCompile(`"((?:start|help|about|access)\.title)"`)
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
	words := pageWords(t)
	for key, file := range used(t) {
		if _, ok := words[key]; !ok && !strings.Contains(key, "*") && !strings.HasSuffix(key, ".") {
			t.Errorf("%s asks for %q, which has no words", file, key)
		}
	}
}

func TestEveryWordIsUsed(t *testing.T) {
	asked := used(t)
	page := render(t, "rakna", site.Page{Title: "x", Path: "/rakna", Data: calculator()})
	for key, text := range pageWords(t) {
		if !reached(key, asked) && !strings.Contains(page, ">"+text+"<") {
			t.Errorf("nothing uses %q", key)
		}
	}
}

// An answer in another language than the page's is in that language altogether; easy Swedish may use the Swedish words around it.
func TestAnswersHaveWordsInTheirLanguage(t *testing.T) {
	page := render(t, "rakna", site.Page{Title: "x", Path: "/rakna", Data: calculator()})
	files, err := filepath.Glob("words/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		if !strings.Contains(name, ".") && !strings.Contains(page, `<option value="`+name+`"`) {
			t.Errorf("%s can't be chosen", file)
		}
	}
	var english struct{ Page map[string]string }
	data, err := os.ReadFile("words/answer.en.json")
	if err == nil {
		err = json.Unmarshal(data, &english)
	}
	if err != nil {
		t.Fatal(err)
	}
	swedish := pageWords(t)
	around := func(key string) bool {
		return strings.HasPrefix(key, "rows.") || strings.HasPrefix(key, "status.") || strings.HasPrefix(key, "rakna.head.") && key != "rakna.head.wait"
	}
	for key := range swedish {
		if around(key) && english.Page[key] == "" {
			t.Errorf("%q has no English words", key)
		}
	}
	for key := range english.Page {
		if swedish[key] == "" {
			t.Errorf("nothing uses the English words of %q", key)
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

var sentence = regexp.MustCompile(`[.!?:](?:\s|$)`)

func TestSentencesAreShort(t *testing.T) {
	const most = 25 // words
	for key, text := range pageWords(t) {
		for _, s := range sentence.Split(text, -1) {
			if n := len(strings.Fields(s)); n > most {
				t.Errorf("%s has a sentence of %d words: %q", key, n, s)
			}
		}
	}
}

// Every reason that a receipt can be refused for has a sentence, and every step a name.
func TestReasonsOfTheLedgerHaveWords(t *testing.T) {
	words := pageWords(t)
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
	words := site.Words(pageWords(t))
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
