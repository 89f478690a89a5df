package site

import (
	"embed"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

//go:embed words/*.json
var wordFiles embed.FS

// Words are the page texts of one language by key. The forms of amounts, months and numbers (format.*, month.*) are the engine's.
type Words map[string]string

// openWords reads words/page.<language>.json and words/<language>.json, the engine's, which is kept as bytes too.
func openWords() (pages map[string]Words, engine map[string][]byte, err error) {
	pages, engine = make(map[string]Words), make(map[string][]byte)
	for _, l := range spoken {
		if engine[l.Code], err = EngineWords(l.Code); err != nil {
			return nil, nil, err
		}
		name := "words/page." + l.Code + ".json"
		file, err := wordFiles.ReadFile(name)
		if err != nil {
			return nil, nil, fmt.Errorf("couldn't read words: there is no %s", name)
		}
		var page struct {
			Page Words `json:"page"`
		}
		if err := json.Unmarshal(file, &page, json.RejectUnknownMembers(true)); err != nil {
			return nil, nil, fmt.Errorf("couldn't read %s: %w", name, err)
		}
		if err := page.Page.borrow(engine[l.Code]); err != nil {
			return nil, nil, fmt.Errorf("couldn't read words/%s.json: %w", l.Code, err)
		}
		page.Page["format.intl"] = l.Intl
		pages[l.Code] = page.Page
	}
	return pages, engine, nil
}

// borrow takes the language's name and forms from the engine's words.
func (w Words) borrow(file []byte) error {
	var engine struct {
		Name string            `json:"name"`
		Text map[string]string `json:"text"`
	}
	if err := json.Unmarshal(file, &engine); err != nil {
		return err
	}
	w["format.name"] = engine.Name
	for key, text := range engine.Text {
		number, isMonth := strings.CutPrefix(key, "month.")
		switch {
		case isMonth:
			w["month."+strings.Repeat("0", 2-len(number))+number] = text
		case strings.HasPrefix(key, "format."):
			w[key] = text
		}
	}
	return nil
}

// Words are the page texts of a language.
func (s *Site) Words(lang string) Words { return s.words[lang] }

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

// Count is the sentence of key in the form that the number n calls for, by CLDR: that of "<key>.<category>", else of "<key>", with {n}.
func (w Words) Count(key string, n int) (string, error) {
	tag, err := language.Parse(w["format.intl"])
	if err != nil {
		return "", fmt.Errorf("couldn't count in the language: %w", err)
	}
	categories := map[plural.Form]string{plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many"}
	form := key + "." + categories[plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0)]
	if _, ok := w[form]; !ok {
		form = key
	}
	return w.Text(form, "n", w.number(int64(n)))
}

// Kronor writes öre as a person reads it: 394050 is "3 940,50 kr". The spaces do not break.
func (w Words) Kronor(ore int64) string {
	sign := ""
	if ore < 0 {
		sign, ore = w["format.minus"], -ore
	}
	digits := sign + w.number(ore/100)
	if ore%100 != 0 {
		digits += fmt.Sprintf("%s%02d", w["format.decimal"], ore%100)
	}
	return strings.ReplaceAll(w["format.money"], "{n}", digits)
}

// number writes a whole number that is not negative with its digits in groups.
func (w Words) number(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + w["format.group"] + digits[i:]
	}
	return digits
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
	return w.Text("format.month", "name", name, "year", year)
}

// Day writes "2026-11-22" as "22 november 2026".
func (w Words) Day(day string) (string, error) {
	if len(day) != len("2026-11-22") {
		return "", fmt.Errorf("couldn't write a day: not of the form 2026-11-22")
	}
	month, err := w.Text("month." + day[5:7])
	if err != nil {
		return "", err
	}
	return w.Text("day.format", "day", strings.TrimPrefix(day[8:], "0"), "month", month, "number", strings.TrimPrefix(day[5:7], "0"), "year", day[:4])
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
