package site

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
)

//go:embed words/*.json
var wordFiles embed.FS

const swedish = "sv"

// Words are the page texts of one language by key.
type Words map[string]string

// openWords reads words/<part>.<language>.json (the pages', or those of an answer alone) and words/<language>.json (the engine's, kept as bytes).
func openWords() (pages, answers map[string]Words, engine map[string][]byte, err error) {
	pages, answers, engine = make(map[string]Words), make(map[string]Words), make(map[string][]byte)
	names, err := fs.Glob(wordFiles, "words/*.json")
	if err != nil {
		return nil, nil, nil, err
	}
	for _, name := range names {
		file, err := wordFiles.ReadFile(name)
		if err != nil {
			return nil, nil, nil, err
		}
		part, lang, ofPages := strings.Cut(strings.TrimSuffix(path.Base(name), ".json"), ".")
		if !ofPages {
			engine[part] = file
			continue
		}
		to := pages
		if part == "answer" {
			to = answers
		}
		if err := add(to, lang, file); err != nil {
			return nil, nil, nil, fmt.Errorf("couldn't read %s: %w", name, err)
		}
	}
	if pages[swedish] == nil {
		return nil, nil, nil, fmt.Errorf("couldn't read words: there is no words/page.%s.json", swedish)
	}
	return pages, answers, engine, nil
}

func add(to map[string]Words, lang string, file []byte) error {
	var f struct {
		Page Words `json:"page"`
	}
	if err := json.Unmarshal(file, &f, json.RejectUnknownMembers(true)); err != nil {
		return err
	}
	if to[lang] == nil {
		to[lang] = make(Words)
	}
	for key, text := range f.Page {
		if _, ok := to[lang][key]; ok {
			return fmt.Errorf("key %q stands in two files", key)
		}
		to[lang][key] = text
	}
	return nil
}

// Text is the sentence of key with {name} replaced by the argument that follows name.
func (w Words) Text(key string, args ...string) (string, error) {
	text, ok := w[key]
	if !ok {
		return "", fmt.Errorf("there are no words for %q", key)
	}
	if len(args)%2 != 0 {
		return "", fmt.Errorf("words for %q need pairs of name and value", key)
	}
	for i := 0; i < len(args); i += 2 {
		text = strings.ReplaceAll(text, "{"+args[i]+"}", args[i+1])
	}
	return text, nil
}

// Kronor writes öre as a person reads it: 394050 is "3 940,50 kr". The spaces do not break.
func (w Words) Kronor(ore int64) string {
	sign := ""
	if ore < 0 {
		sign, ore = "−", -ore
	}
	digits := strconv.FormatInt(ore/100, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "\u00a0" + digits[i:]
	}
	if ore%100 != 0 {
		digits += fmt.Sprintf(",%02d", ore%100)
	}
	return sign + digits + "\u00a0kr"
}

// Month writes "2026-11" as "november 2026".
func (w Words) Month(month string) (string, error) {
	year, number, ok := strings.Cut(month, "-")
	if !ok {
		return "", fmt.Errorf("couldn't write a month: not of the form 2026-11")
	}
	name, err := w.Text("month." + number)
	if err != nil {
		return "", err
	}
	return name + " " + year, nil
}

// Day writes "2026-11-22" as "22 november 2026".
func (w Words) Day(day string) (string, error) {
	if len(day) != len("2026-11-22") {
		return "", fmt.Errorf("couldn't write a day: not of the form 2026-11-22")
	}
	month, err := w.Month(day[:7])
	if err != nil {
		return "", err
	}
	return strings.TrimPrefix(day[8:], "0") + " " + month, nil
}

// with returns the words whose key begins with one of the prefixes: what a script needs, and no more.
func (w Words) with(prefixes ...string) Words {
	out := make(Words)
	for key, text := range w {
		for _, p := range prefixes {
			if strings.HasPrefix(key, p) {
				out[key] = text
			}
		}
	}
	return out
}
