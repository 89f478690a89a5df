package words_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/words"
	"github.com/skalig/skalig/site"
)

// first is the language whose file the others are held to. A key is added there
// and then in each other file.
const first = "sv"

// languages returns every language that has a file of the engine's words: the
// files of site/words with one dot in their names.
func languages(t testing.TB) []string {
	t.Helper()
	files, err := os.ReadDir("../../site/words")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range files {
		if lang, isWords := strings.CutSuffix(f.Name(), ".json"); isWords && !strings.Contains(lang, ".") {
			all = append(all, lang)
		}
	}
	if !slices.Contains(all, first) {
		t.Fatalf("no %s among %v", first, all)
	}
	return all
}

func open(t testing.TB, lang string) *words.Words {
	t.Helper()
	file, err := site.EngineWords(lang)
	if err != nil {
		t.Fatal(err)
	}
	r := engine.NewReader(file, "words")
	w := words.Read(r)
	r.Done()
	if p := r.Problems(); len(p) > 0 {
		t.Fatal(p)
	}
	return w
}

func texts(w *words.Words) map[string]string {
	all := map[string]string{}
	w.Keys(func(key, text string) { all[key] = text })
	return all
}

// eachLanguage runs a test for every language.
func eachLanguage(t *testing.T, test func(t *testing.T, lang string, w *words.Words)) {
	for _, lang := range languages(t) {
		t.Run(lang, func(t *testing.T) { test(t, lang, open(t, lang)) })
	}
}

var placeholder = regexp.MustCompile(`\{[a-z][a-z-]*\}`)

func placeholders(text string) []string {
	all := placeholder.FindAllString(text, -1)
	slices.Sort(all)
	return slices.Compact(all)
}

// TestLanguagesSayTheSame holds that each file has the same keys, and each key
// the same placeholders: a translation leaves no figure out.
func TestLanguagesSayTheSame(t *testing.T) {
	want := texts(open(t, first))
	eachLanguage(t, func(t *testing.T, lang string, w *words.Words) {
		if w.Language != lang {
			t.Errorf("the file is named %s and says its language is %q", lang, w.Language)
		}
		if strings.TrimSpace(w.Name) == "" {
			t.Error("the language has no name")
		}
		got := texts(w)
		for key, text := range want {
			if numberForm.MatchString(key) {
				continue // each language has its own: TestNumbersHaveTheirForms
			}
			if translated, ok := got[key]; !ok {
				t.Errorf("no words for %s", key)
			} else if a, b := placeholders(text), placeholders(translated); !slices.Equal(a, b) {
				t.Errorf("%s has %v, and %v in %s", key, b, a, first)
			}
		}
		for key := range got {
			if _, ok := want[key]; !ok && !numberForm.MatchString(key) {
				t.Errorf("%s is not in %s", key, first)
			}
		}
	})
}

// TestTextsAreWhole finds empty texts, stray braces and spaces, and sentences
// that begin small or do not end.
func TestTextsAreWhole(t *testing.T) {
	eachLanguage(t, func(t *testing.T, _ string, w *words.Words) {
		for key, text := range texts(w) {
			switch rest := placeholder.ReplaceAllString(text, "X"); {
			case key == "format.group": // may be a space
			case text == "" || text != strings.TrimSpace(text) || strings.Contains(text, "  "):
				t.Errorf("%s has a space too many or no text: %q", key, text)
			case strings.ContainsAny(rest, "{}<>"):
				t.Errorf("%s has a stray sign: %q", key, text)
			case isSentence(key) && !strings.ContainsRune(".?؟።", []rune(rest)[len([]rune(rest))-1]):
				t.Errorf("%s does not end: %q", key, text)
			case isSentence(key) && unicode.IsLower([]rune(rest)[0]):
				t.Errorf("%s begins small: %q", key, text)
			}
		}
	})
}

// isSentence says whether the key's text stands alone as a sentence.
func isSentence(key string) bool {
	group, _, _ := strings.Cut(key, ".")
	return slices.Contains([]string{"headline", "summary", "detail", "status", "reason", "question", "problem", "distance"}, group)
}

// TestAmountsDoNotBreak holds that no line break can part an amount from its
// unit or its digits.
func TestAmountsDoNotBreak(t *testing.T) {
	eachLanguage(t, func(t *testing.T, _ string, w *words.Words) {
		if got := w.Money(123456789); strings.Contains(got, " ") {
			t.Errorf("%q has a space that breaks", got)
		}
	})
}

// longest is the most words a sentence may have in a language. Easy Swedish has
// the private subtag lattlast.
func longest(lang string) int {
	if strings.HasSuffix(lang, "-x-lattlast") {
		return 15
	}
	return 25
}

var sentenceEnd = regexp.MustCompile(`[.!?:;؟።፤](?:\s|$)`)

// sentences parts a text; an amount counts as one word.
func sentences(text string) (all [][]string) {
	for _, s := range sentenceEnd.Split(text, -1) {
		if w := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' }); len(w) > 0 {
			all = append(all, w)
		}
	}
	return all
}

func TestSentencesAreShort(t *testing.T) {
	eachLanguage(t, func(t *testing.T, lang string, w *words.Words) {
		for key, text := range texts(w) {
			for _, s := range sentences(text) {
				if len(s) > longest(lang) {
					t.Errorf("%s: %d words: %s", key, len(s), strings.Join(s, " "))
				}
			}
		}
	})
}
