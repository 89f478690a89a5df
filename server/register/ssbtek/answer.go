package ssbtek

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/skalig/skalig/server/register"
)

// The bounds of a document.
const (
	maxDepth    = 40
	maxElements = 50_000
	maxRows     = 500 // of one agency
)

var errForm = errors.New("the answer is not of the contract's form")

type envelope struct {
	XMLName xml.Name `xml:"http://schemas.xmlsoap.org/soap/envelope/ Envelope"`
	Body    struct {
		Response *response `xml:"http://schema.forsakringskassan.se/integration/ssbt/10 hamtaBastjanstInformationResponse"`
	} `xml:"http://schemas.xmlsoap.org/soap/envelope/ Body"`
}

type response struct {
	Data *struct {
		AF  []block[af]  `xml:"http://schema.forsakringskassan.se/integration/ssbt/10 AF"`
		CSN []block[csn] `xml:"http://schema.forsakringskassan.se/integration/ssbt/10 CSN"`
		FK  []block[fk]  `xml:"http://schema.forsakringskassan.se/integration/ssbt/10 FK"`
		SKV []block[skv] `xml:"http://schema.forsakringskassan.se/integration/ssbt/10 SKV"`
		SO  []block[so]  `xml:"http://schema.forsakringskassan.se/integration/ssbt/10 SO"`
		TNS []block[tns] `xml:"http://schema.forsakringskassan.se/integration/ssbt/10 TNS"`
		MIV []block[miv] `xml:"http://schema.forsakringskassan.se/integration/ssbt/10 MIV"`
	} `xml:"http://schema.forsakringskassan.se/integration/ssbt/10 svarsdata"`
}

// block is one agency's: data or an error.
type block[T any] struct {
	Data  []T `xml:"http://schema.forsakringskassan.se/integration/ssbt/10 data"`
	Error []struct {
		Source string `xml:"http://schema.forsakringskassan.se/integration/ssbt/10 kalla"`
		Code   string `xml:"http://schema.forsakringskassan.se/integration/ssbt/10 felkod"`
	} `xml:"http://schema.forsakringskassan.se/integration/ssbt/10 error"`
}

// Parse reads an answer about the person with the identity number. It always gives
// one answer for each of register.Agencies.
func Parse(text []byte, number string) []register.Answer {
	var e envelope
	if err := decode(text, &e); err != nil || e.Body.Response == nil || e.Body.Response.Data == nil {
		return silent(register.Malformed)
	}
	d := e.Body.Response.Data
	got := map[register.Agency]register.Answer{}
	put := func(answers ...register.Answer) {
		for _, a := range answers {
			if len(a.Rows) > maxRows || len(a.Notes) > maxRows {
				a = register.Answer{Agency: a.Agency, Silence: register.Malformed}
			}
			got[a.Agency] = a
		}
	}
	put(read(d.AF, number, readAF, register.Arbetsformedlingen)...)
	put(read(d.CSN, number, readCSN, register.CSN)...)
	put(read(d.FK, number, readFK, register.Forsakringskassan, register.Pensions)...)
	put(read(d.SKV, number, readSKV, register.Skatteverket)...)
	put(read(d.SO, number, readSO, register.Akassorna)...)
	put(read(d.TNS, number, readTNS, register.Transportstyrelsen)...)
	put(read(d.MIV, number, readMIV, register.Migrationsverket)...)
	out := make([]register.Answer, len(register.Agencies))
	for i, a := range register.Agencies {
		out[i] = got[a]
	}
	return out
}

// errWithheld and errDown are what a reader finds in an agency's data.
var (
	errWithheld = errors.New("the person's data is protected")
	errDown     = errors.New("the agency says that it could not answer")
)

// read gives the answers of the agencies that share a block.
func read[T any](blocks []block[T], number string, reader func(T, string) ([]register.Answer, error), agencies ...register.Agency) []register.Answer {
	all := func(s register.Silence) []register.Answer {
		out := make([]register.Answer, len(agencies))
		for i, a := range agencies {
			out[i] = register.Answer{Agency: a, Silence: s}
		}
		return out
	}
	if len(blocks) != 1 || len(blocks[0].Data)+len(blocks[0].Error) != 1 {
		return all(register.Malformed)
	}
	if e := blocks[0].Error; len(e) == 1 {
		if e[0].Source != "SSBT" && e[0].Source != "BT" {
			return all(register.Malformed)
		}
		return all(register.Down)
	}
	answers, err := reader(blocks[0].Data[0], number)
	switch {
	case errors.Is(err, errWithheld):
		return all(register.Withheld)
	case errors.Is(err, errDown):
		return all(register.Down)
	case err != nil:
		return all(register.Malformed)
	}
	return answers
}

// decode reads a document strictly: first that it is small and plain, then what
// it says.
func decode(text []byte, to any) error {
	if len(text) > MaxBytes {
		return errForm
	}
	if err := plain(text); err != nil {
		return err
	}
	d := decoder(text)
	if err := d.Decode(to); err != nil {
		return errForm
	}
	return nil
}

func decoder(text []byte) *xml.Decoder {
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Strict, d.Entity = true, nil
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errForm } // UTF-8 alone
	return d
}

// plain holds that a document has one root, no document type, no processing
// instruction but its declaration, and is neither deep nor long.
func plain(text []byte) error {
	d := decoder(text)
	depth, elements, roots := 0, 0, 0
	for {
		at := d.InputOffset()
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return errForm
		}
		switch t := token.(type) {
		case xml.Directive:
			return errForm
		case xml.ProcInst:
			if at != 0 || t.Target != "xml" {
				return errForm
			}
		case xml.StartElement:
			if depth == 0 {
				roots++
			}
			depth, elements = depth+1, elements+1
			if depth > maxDepth || elements > maxElements || len(t.Attr) > 40 {
				return errForm
			}
		case xml.EndElement:
			depth--
		case xml.CharData:
			if depth == 0 && strings.TrimSpace(string(t)) != "" {
				return errForm
			}
		}
	}
	if roots != 1 || depth != 0 {
		return errForm
	}
	return nil
}

// ore reads an amount of kronor with at most two decimals that matter.
func ore(s string) (int64, bool) {
	s = strings.TrimSpace(s)
	rest, negative := strings.CutPrefix(s, "-")
	whole, part, _ := strings.Cut(rest, ".")
	part = strings.TrimRight(part, "0")
	if whole == "" || len(whole) > 9 || len(part) > 2 || strings.Trim(whole+part, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+(part + "00")[:2], 10, 64)
	if err != nil {
		return 0, false
	}
	if negative {
		n = -n
	}
	return n, true
}

// label makes an agency's own words fit for a page: short, on one line.
func label(words ...string) string {
	s := strings.Join(strings.Fields(strings.Join(words, " ")), " ")
	if r := []rune(s); len(r) > 120 {
		s = string(r[:119]) + "…"
	}
	return s
}
