package site_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/skalig/skalig/site"
)

// Each term of the glossary is what its language's files say, and each language that is a translation has a column.
func TestGlossaryIsUsed(t *testing.T) {
	file, err := os.ReadFile("words/glossary.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for line := range strings.Lines(string(file)) {
		if cells, ok := strings.CutPrefix(strings.TrimSpace(line), "| "); ok {
			rows = append(rows, strings.Split(strings.TrimSuffix(cells, " |"), " | "))
		}
	}
	langs := rows[0]
	for _, lang := range site.Languages() {
		if lang != "sv-x-lattlast" && !slices.Contains(langs, lang) {
			t.Errorf("the glossary has no column for %s", lang)
		}
	}
	for i, lang := range langs {
		engine, err := site.EngineWords(lang)
		if err != nil {
			t.Fatal(err)
		}
		said := strings.ToLower(string(engine) + strings.Join(slices.Collect(maps.Values(pageWords(t, lang))), "\n"))
		for _, row := range rows[1:] {
			if len(row) != len(langs) {
				t.Fatalf("the glossary's row %q has %d cells of %d", row[0], len(row), len(langs))
			}
			if !strings.Contains(said, strings.ToLower(row[i])) {
				t.Errorf("%s never says %q for %q", lang, row[i], row[0])
			}
		}
	}
}
