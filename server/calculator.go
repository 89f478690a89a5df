package server

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/engine/words"
	"github.com/skalig/skalig/server/form"
	"github.com/skalig/skalig/site"
	"github.com/skalig/skalig/wasm/contract"
)

// calculator is the public calculator, the same for everyone.
func (s *service) calculator(w http.ResponseWriter, r *http.Request) error {
	return s.spoken(w, r, "rakna", "rakna.title", func() any { return s.calculatorData() })
}

func (s *service) calculatorData() site.Calculator {
	months := s.flow.OpenMonths()
	data := site.Calculator{Engine: s.flow.EngineSHA256(), Month: months[0], Months: offered(months), Log: s.receiptCheckData()}
	known := map[string]bool{}
	for _, e := range s.book.List() {
		open := s.towns[e.Code] != nil
		if e.Code == municipal.Demo && !open {
			continue
		}
		known[e.Code] = true
		data.Guidelines = append(data.Guidelines, site.Guideline{Code: e.Code, Name: e.Name, Status: string(e.Status), Open: open, File: e.Bytes})
		data.Places = append(data.Places, site.Place{Code: e.Code, Name: e.Name, Known: true})
	}
	for _, p := range municipal.Sweden() {
		if !known[p.Code] {
			data.Places = append(data.Places, site.Place{Code: p.Code, Name: p.Name})
		}
	}
	return data
}

// offered are the months of the calculator, newest first: those that can be
// applied for. The engine says itself where a month lies beyond its parameters.
func offered(open []string) []string {
	out := make([]string, len(open))
	for i, m := range open {
		out[len(open)-1-i] = m
	}
	return out
}

// places says where one can apply here, and what to do elsewhere.
func (s *service) places(w http.ResponseWriter, r *http.Request) error {
	return s.spoken(w, r, "kommuner", "places.title", func() any {
		var data site.Places
		for _, g := range s.calculatorData().Guidelines {
			if g.Open {
				data.Open = append(data.Open, g.Name)
			} else {
				data.Examples = append(data.Examples, g.Name)
			}
		}
		return data
	})
}

// blankChildren are the children's cards of an empty form without script.
const blankChildren = 4

// serverForm is the empty form for who has no script.
func (s *service) serverForm(w http.ResponseWriter, r *http.Request) error {
	return s.spoken(w, r, "rakna-server", "rakna.server.title", func() any {
		f := s.calculatorData().Form()
		f.Server, f.Children = true, moreChildren(nil)
		return site.ServerCalculator{Form: f}
	})
}

// moreChildren adds cards with ids of their own.
func moreChildren(ids []string) []string {
	for n := 1; n < 50; n++ {
		id := "c" + strconv.Itoa(n)
		if slices.Contains(ids, id) {
			continue
		}
		if ids = append(ids, id); len(ids)%blankChildren == 0 {
			break
		}
	}
	return ids
}

// serverEstimate computes what was sent and answers with it. Nothing of it is
// kept or logged.
func (s *service) serverEstimate(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errors.Join(errForm, err)
	}
	lang, _ := site.Split(r.URL.Path)
	title, err := s.site.Title(lang, "rakna.server.title")
	if err != nil {
		return err
	}
	data := s.calculatorData()
	sent := form.Read(r.PostForm)
	f := data.Form()
	f.Server, f.Values, f.Children, f.Errors = true, sent.Values, sent.Children, map[string]string{}
	page := site.ServerCalculator{Form: f, Sent: true, Month: sent.Values["manad"], Day: s.c.Clock().Format("2006-01-02"), Engine: s.engineHex}
	for _, p := range data.Places {
		if p.Code == sent.Values["kommun"] {
			page.Place = p.Name
		}
	}
	for _, g := range data.Guidelines {
		page.Open = page.Open || g.Open && g.Code == sent.Values["kommun"]
	}
	code := http.StatusOK
	var errs []site.FieldError
	if sent.Values["barn-fler"] == "ja" || len(f.Children) == 0 {
		f.Children = moreChildren(f.Children)
	}
	if sent.Values["barn-fler"] != "ja" {
		if errs, err = s.estimateForm(lang, sent, &page); err != nil {
			return err
		}
	}
	if len(errs) > 0 {
		code = http.StatusUnprocessableEntity
		for _, e := range errs {
			f.Errors[e.Field] = e.Text
		}
	}
	s.render(w, r, code, "rakna-server", site.Page{Title: title, Lang: lang, Errors: errs, Data: page})
	return nil
}

// estimateForm computes the form into the page, or says what is to be mended.
func (s *service) estimateForm(lang string, sent *form.Reading, page *site.ServerCalculator) ([]site.FieldError, error) {
	if len(sent.Faults) > 0 {
		return s.faults(lang, sent.Faults)
	}
	var guideline []byte
	if e, ok := s.book.For(sent.Values["kommun"], sent.Values["manad"]); ok {
		guideline = e.Bytes
	}
	vocabulary, err := site.EngineWords(lang)
	if err != nil {
		return nil, err
	}
	var a struct {
		Facts       jsontext.Value `json:"facts"`
		Result      struct{ Outcome string }
		Explanation *words.Explanation `json:"explanation"`
		Errors      []struct{ Code, Path, Text string }
	}
	if err := json.Unmarshal(contract.Explain(contract.Input(sent.Filled, guideline, vocabulary)), &a, json.MatchCaseInsensitiveNames(true)); err != nil {
		return nil, errForm
	}
	if len(a.Errors) > 0 {
		var errs []site.FieldError
		for _, e := range a.Errors {
			errs = append(errs, site.FieldError{Field: sent.Controls[strings.TrimPrefix(e.Path, "facts.")], Text: e.Text})
		}
		return errs, nil
	}
	for i, q := range a.Explanation.Questions { // as the form puts it, where nobody has begun to answer
		if control := sent.Controls[q.Path]; strings.HasSuffix(control, "-before-no") {
			if a.Explanation.Questions[i].Text, err = s.control(lang, control); err != nil {
				return nil, err
			}
		}
	}
	if len(sent.Unknown) == 0 {
		page.Explanation = a.Explanation
	} else if page.Missing, err = s.missing(lang, sent, a.Explanation); err != nil {
		return nil, err
	}
	page.Facts = string(a.Facts)
	page.Ready = len(sent.Unknown) == 0 && a.Result.Outcome != "missing"
	page.Surplus = page.Ready && a.Result.Outcome == "surplus"
	if page.Ready {
		return nil, nil
	}
	b, err := s.bounds(sent, guideline)
	if err != nil {
		return nil, err
	}
	if page.Range, err = s.between(lang, b); err != nil || page.Explanation == nil || !b.sure() {
		return nil, err
	}
	e := a.Explanation
	head := "rakna.head.support"
	if b.Lowest.Ore() == 0 {
		head = "rakna.head.surplus"
	}
	e.Amount, e.Summary, page.Range = s.site.Words(lang).Kronor(b.Lowest.Ore()), append([]string{page.Range}, e.Summary...), ""
	e.Headline, err = s.site.Words(lang).Text(head)
	return nil, err
}

// missing says which amounts are not known, and what else the engine asks.
func (s *service) missing(lang string, sent *form.Reading, e *words.Explanation) ([]site.FieldError, error) {
	var out []site.FieldError
	for _, path := range sent.Unknown {
		control := sent.Controls[path+".amount"]
		label, err := s.control(lang, control)
		if err != nil {
			return nil, err
		}
		text, err := s.site.Words(lang).Text("rakna.unknown.list", "label", label)
		if err != nil {
			return nil, err
		}
		out = append(out, site.FieldError{Field: control, Text: text})
	}
	for _, q := range e.Questions {
		out = append(out, site.FieldError{Field: sent.Controls[q.Path], Text: q.Text})
	}
	return out, nil
}

// bounds are the amounts between which the support lies; nil: there is no such bound.
type bounds struct {
	Lowest  *kronor `json:"lowest"`
	Highest *kronor `json:"highest"`
}

// sure holds where the support is the same whatever the answers are.
func (b bounds) sure() bool { return b.Lowest != nil && b.Highest != nil && *b.Lowest == *b.Highest }

func (s *service) bounds(sent *form.Reading, guideline []byte) (b bounds, err error) {
	unknown, err := json.Marshal(sent.Unknown, json.FormatNilSliceAsNull(false))
	if err != nil {
		return b, err
	}
	in := contract.Input(sent.Filled, guideline, nil)
	in = append(append(append(in[:len(in)-1], `,"unknown":`...), unknown...), '}')
	if err := json.Unmarshal(contract.Bounds(in), &b); err != nil {
		return b, errForm
	}
	return b, nil
}

// between says bounds in a sentence.
func (s *service) between(lang string, b bounds) (string, error) {
	if b.Lowest == nil {
		return s.site.Words(lang).Text("rakna.range.none")
	}
	low := s.site.Words(lang).Kronor(b.Lowest.Ore())
	switch {
	case b.Highest == nil:
		return s.site.Words(lang).Text("rakna.range.from", "low", low)
	case *b.Highest == *b.Lowest:
		return s.site.Words(lang).Text("rakna.range.same", "low", low)
	case b.Lowest.Ore() == 0:
		return s.site.Words(lang).Text("rakna.range.upto", "high", s.site.Words(lang).Kronor(b.Highest.Ore()))
	}
	return s.site.Words(lang).Text("rakna.range.between", "low", low, "high", s.site.Words(lang).Kronor(b.Highest.Ore()))
}

// problemTexts are the engine's words for what is wrong, by its codes.
func problemTexts(lang string) (map[string]string, error) {
	vocabulary, err := site.EngineWords(lang)
	if err != nil {
		return nil, err
	}
	var engine struct {
		Text map[string]string `json:"text"`
	}
	if err := json.Unmarshal(vocabulary, &engine); err != nil {
		return nil, err
	}
	out := map[string]string{}
	for key, text := range engine.Text {
		if code, ok := strings.CutPrefix(key, "problem."); ok {
			out[code] = text
		}
	}
	return out, nil
}

// faults are what cannot be read, said in the engine's words where it has them.
func (s *service) faults(lang string, all []form.Fault) ([]site.FieldError, error) {
	texts, err := problemTexts(lang)
	if err != nil {
		return nil, err
	}
	var out []site.FieldError
	for _, f := range all {
		label, err := s.control(lang, f.Control)
		if err != nil {
			return nil, err
		}
		text := label
		switch f.Code {
		case "missing":
		case "count":
			text, err = s.site.Words(lang).Text("rakna.count", "label", label)
		default:
			text += ": " + texts[f.Code]
		}
		if err != nil {
			return nil, err
		}
		out = append(out, site.FieldError{Field: f.Control, Text: text})
	}
	return out, nil
}

// control is the name of a control.
func (s *service) control(lang, control string) (string, error) {
	if control == "" {
		return "", nil
	}
	return s.site.Words(lang).Text(site.LabelOf(control))
}
