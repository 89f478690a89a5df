package site

import (
	"encoding/hex"

	"github.com/go-json-experiment/json/jsontext"
)

// Static is a public page that needs no data. Title is the key of its words.
type Static struct{ Path, Name, Title string }

// Statics are the pages a server mounts as they stand. Their titles are words: [Site.Title].
func Statics() []Static {
	return []Static{
		{"/", "start", "start.title"},
		{"/hjalp", "hjalp", "help.title"},
		{"/om", "om", "about.title"},
		{"/tillganglighet", "tillganglighet", "access.title"},
	}
}

// Title returns the words of a title in a language, for handlers that set [Page.Title].
func (s *Site) Title(lang, key string) (string, error) { return s.words[lang].Text(key) }

// Kronor writes an amount in öre as people do, in Swedish.
func (s *Site) Kronor(ore int64) string { return s.words[swedish].Kronor(ore) }

// Calculator is the data of the page rakna.
type Calculator struct {
	Engine     [32]byte // SHA-256 of engine.wasm, served at /engine/<hex>.wasm
	Month      string   // chosen from the start, 2026-11
	Months     []string // that can be chosen, newest first
	Guidelines []Guideline
	Places     []Place      // every municipality, those with a guideline first
	Log        ReceiptCheck // by which the page checks that the log names the engine
	Facts      []byte       // of the draft that the page changes; nil on the public page
}

// Form is the form as the calculator's page begins.
func (c Calculator) Form() *Form { return NewForm(c.Month, c.Months, c.Places) }

// ServerCalculator is the data of the page rakna-server: the same form, which the server reads, and what it answered.
type ServerCalculator struct {
	Form        *Form
	Sent        bool // answers were sent
	Explanation any  // of engine/words; nil where nothing was computed
	Range       string
	Surplus     bool // the incomes are enough: there is nothing to be had by this computation
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
	Policy string   // the witnesses that it demands; empty: none
	Host   string   // where the log's key can be fetched
}

// calculatorData is what the page's script reads from the element skalig-data; after it nothing is fetched but the engine.
type calculatorData struct {
	Engine       string          `json:"engine"`
	SHA256       string          `json:"sha256"`
	Month        string          `json:"month"`
	Guidelines   []guidelineData `json:"guidelines"`
	Language     tongueData      `json:"language"`
	Facts        jsontext.Value  `json:"facts,omitempty"`
	Verify       string          `json:"verify"`
	VerifySHA256 string          `json:"verifySHA256"`
	Keys         []string        `json:"keys"`
	Page         Words           `json:"page"`
}

// tongueData is the language that the answer is explained in.
type tongueData struct {
	Code  string         `json:"code"`
	Words jsontext.Value `json:"words"` // the engine's, handed to it as they stand
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
	Policy string         `json:"policy"`
	Words  jsontext.Value `json:"words"`
	Page   Words          `json:"page"`
}

func (s *Site) calculatorData(lang string, c Calculator) calculatorData {
	hash, verify := hex.EncodeToString(c.Engine[:]), hex.EncodeToString(c.Log.Verify[:])
	d := calculatorData{
		Verify: "/verify/" + verify + ".wasm", VerifySHA256: verify, Keys: c.Log.Keys,
		Engine: "/engine/" + hash + ".wasm", SHA256: hash, Month: c.Month,
		Language: tongueData{lang, jsontext.Value(s.engine[lang])}, Facts: jsontext.Value(c.Facts),
		Page: s.words[lang].with("rakna.", "rows.", "month.", "status.", "program.", "format.", "day."),
	}
	for _, g := range c.Guidelines {
		d.Guidelines = append(d.Guidelines, guidelineData{g.Code, g.Name, g.Status, g.Open, jsontext.Value(g.File)})
	}
	return d
}

func (s *Site) receiptData(lang string, c ReceiptCheck) receiptData {
	hash := hex.EncodeToString(c.Verify[:])
	return receiptData{
		Verify: "/verify/" + hash + ".wasm", SHA256: hash, Keys: c.Keys, Policy: c.Policy,
		Words: jsontext.Value(s.engine[lang]),
		Page:  s.words[lang].with("kvitto.", "rows.", "status.", "month.", "format.", "day."),
	}
}
