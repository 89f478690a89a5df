package site

import (
	"encoding/hex"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Static is a public page that needs no data. Title is the key of its words.
type Static struct{ Path, Name, Title string }

// Pattern is the page's pattern for a ServeMux.
func (p Static) Pattern() string {
	if p.Path == "/" {
		return "GET /{$}"
	}
	return "GET " + p.Path
}

// Statics are the pages a server mounts as they stand. Their titles are words: [Site.Title].
func Statics() []Static {
	return []Static{
		{"/", "start", "start.title"},
		{"/hjalp", "hjalp", "help.title"},
		{"/om", "om", "about.title"},
		{"/tillganglighet", "tillganglighet", "access.title"},
	}
}

// Title returns the words of a title in Swedish, for handlers that set [Page.Title].
func (s *Site) Title(key string) (string, error) { return s.words[swedish].Text(key) }

// Text returns the words of a key in Swedish, with {name} replaced by the argument after name.
func (s *Site) Text(key string, args ...string) (string, error) {
	return s.words[swedish].Text(key, args...)
}

// Kronor writes öre as a person reads it, in Swedish.
func (s *Site) Kronor(ore int64) string { return s.words[swedish].Kronor(ore) }

// Calculator is the data of the page rakna.
type Calculator struct {
	Engine     [32]byte // SHA-256 of engine.wasm, served at /engine/<hex>.wasm
	Month      string   // chosen from the start, 2026-11
	Months     []string // that can be chosen, newest first
	Guidelines []Guideline
	Places     []Place // every municipality, those with a guideline first
	Facts      []byte  // of the draft that the page changes; nil on the public page
}

// Form is the form as the calculator's page begins.
func (c Calculator) Form() *Form { return NewForm(c.Month, c.Months, c.Places) }

// ServerCalculator is the data of the page rakna-server: the same form, which the server reads, and what it answered.
type ServerCalculator struct {
	Form        *Form
	Sent        bool // answers were sent
	Explanation any  // of engine/words; nil where nothing was computed
	Range       string
	Missing     []FieldError
	Facts       string // to apply with
	Ready       bool   // every answer is there
	Open        bool   // the municipality takes applications here
	Place       string
	Month, Day  string
	Engine      string // SHA-256 in hex
}

// Places is the data of the page kommuner: names.
type Places struct{ Open, Examples []string }

// Guideline is one municipality's file as it is stored, with what the list shows.
type Guideline struct {
	Code, Name, Status string
	Open               bool // the municipality takes applications here
	File               []byte
}

// ReceiptCheck is the data of the page kvitto.
type ReceiptCheck struct {
	Verify [32]byte // SHA-256 of verify.wasm, served at /verify/<hex>.wasm
	Keys   []string // verifier keys of the logs the page trusts
}

// calculatorData is what the page's script reads from the element skalig-data; after it nothing is fetched but the engine.
type calculatorData struct {
	Engine     string          `json:"engine"`
	SHA256     string          `json:"sha256"`
	Month      string          `json:"month"`
	Guidelines []guidelineData `json:"guidelines"`
	Languages  []language      `json:"languages"`
	Facts      jsontext.Value  `json:"facts,omitempty"`
	Page       Words           `json:"page"`
}

// language is one in which the calculator's answer can be read.
type language struct {
	Code  string         `json:"code"`
	Name  string         `json:"name"`  // in the language itself
	Words jsontext.Value `json:"words"` // the engine's, handed to it as they stand
	Page  Words          `json:"page"`  // what stands around them, in place of the page's own
}

type guidelineData struct {
	Code   string         `json:"code"`
	Name   string         `json:"name"`
	Status string         `json:"status"`
	Open   bool           `json:"open"`
	File   jsontext.Value `json:"file"`
}

type receiptData struct {
	Verify string         `json:"verify"`
	SHA256 string         `json:"sha256"`
	Keys   []string       `json:"keys"`
	Words  jsontext.Value `json:"words"`
	Page   Words          `json:"page"`
}

// order is that of the list of languages: Swedish, the official one, first.
var order = []string{swedish, "sv-x-lattlast", "en"}

// languages puts the words of an answer together.
func languages(engine map[string][]byte, around map[string]Words) ([]language, error) {
	var all []language
	for _, code := range order {
		var file struct {
			Name string `json:"name"`
		}
		if err := json.Unmarshal(engine[code], &file); err != nil || file.Name == "" {
			return nil, fmt.Errorf("couldn't read words/%s.json: it has no name", code)
		}
		all = append(all, language{code, file.Name, jsontext.Value(engine[code]), around[code].with("")})
	}
	return all, nil
}

func (s *Site) calculatorData(lang string, c Calculator) calculatorData {
	hash := hex.EncodeToString(c.Engine[:])
	d := calculatorData{
		Engine: "/engine/" + hash + ".wasm", SHA256: hash, Month: c.Month,
		Languages: s.spoken, Facts: jsontext.Value(c.Facts),
		Page: s.words[lang].with("rakna.", "rows.", "month.", "status.", "program."),
	}
	for _, g := range c.Guidelines {
		d.Guidelines = append(d.Guidelines, guidelineData{g.Code, g.Name, g.Status, g.Open, jsontext.Value(g.File)})
	}
	return d
}

func (s *Site) receiptData(lang string, c ReceiptCheck) receiptData {
	hash := hex.EncodeToString(c.Verify[:])
	return receiptData{
		Verify: "/verify/" + hash + ".wasm", SHA256: hash, Keys: c.Keys,
		Words: jsontext.Value(s.engine[lang]),
		Page:  s.words[lang].with("kvitto.", "rows.", "status.", "month."),
	}
}
