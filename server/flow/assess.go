package flow

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/register"
)

// A Finding is one thing that is wrong with facts.
type Finding struct {
	Code string `json:"code"`
	Path string `json:"path"`
	Text string `json:"text"`
}

// Invalid says that facts cannot be computed, and why.
type Invalid struct{ Findings []Finding }

func (e *Invalid) Error() string { return fmt.Sprintf("the facts have %d errors", len(e.Findings)) }

// An Estimate is what the engine says of facts.
type Estimate struct {
	Facts        []byte // canonical
	Result       []byte // canonical
	Explanation  []byte
	Month        string
	Municipality string
	Outcome      string
	Support      int64 // öre
	InFull       bool
	Reasons      []string
	Questions    []string
	Sources      []string // of the incomes
	Adults       int
	Summary      []string // the sentences on what decides
	Agrees       bool     // the artefact gave the same bytes
	Incomes      []Income
	adults       []string // their ids, the applicant first
}

// answer is the part of the engine's answers that flow reads.
type answer struct {
	Errors      []Finding      `json:"errors"`
	Facts       jsontext.Value `json:"facts"`
	Result      jsontext.Value `json:"result"`
	Explanation jsontext.Value `json:"explanation"`
}

type factsPart struct {
	Month        string `json:"month"`
	Municipality string `json:"municipality"`
	Persons      []struct {
		ID       string         `json:"id"`
		Role     string         `json:"role"`
		Activity jsontext.Value `json:"activity"`
	} `json:"persons"`
	Incomes []struct {
		Kind   string         `json:"kind"`
		Person string         `json:"person"`
		Amount jsontext.Value `json:"amount"`
		Month  string         `json:"month"`
		Source string         `json:"source"`
	} `json:"incomes"`
}

type resultPart struct {
	Outcome       string         `json:"outcome"`
	Support       jsontext.Value `json:"support"`
	AppliedInFull bool           `json:"appliedInFull"`
	Reasons       []Finding      `json:"reasons"`
	Questions     []Finding      `json:"questions"`
}

type explanationPart struct {
	Summary []string `json:"summary"`
}

// Estimate computes facts by the native build alone, for showing what an
// application would give. The error is Invalid where the facts are.
func (s *Service) Estimate(facts []byte) (*Estimate, error) {
	guideline, err := s.guidelineOf(facts)
	if err != nil {
		return nil, err
	}
	return s.explain(facts, guideline)
}

// assess computes facts by both builds.
func (s *Service) assess(ctx context.Context, facts, guideline []byte) (*Estimate, error) {
	e, err := s.explain(facts, guideline)
	if err != nil {
		return nil, err
	}
	in := join(facts, guideline, nil)
	began := time.Now()
	native := s.Native("assess", in)
	s.Observer.Computed(Native, time.Since(began))
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	began = time.Now()
	released, err := s.Engine.Call(ctx, "assess", in)
	s.Observer.Computed(Released, time.Since(began))
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	var a answer
	if err == nil {
		err = json.Unmarshal(released, &a)
	}
	same := err == nil && bytes.Equal(released, native) && bytes.Equal(a.Result, e.Result) && bytes.Equal(a.Facts, e.Facts)
	e.Agrees = same && s.paramsOK
	if !e.Agrees {
		s.Observer.EngineDiffers()
		s.Log.Error("the artefact and the native build differ", "engine", s.engine, "trap", err != nil, "parameters", !s.paramsOK)
	}
	return e, nil
}

func (s *Service) explain(facts, guideline []byte) (*Estimate, error) {
	a, err := decodeAnswer(s.Native("explain", join(facts, guideline, s.Words)))
	if err != nil {
		return nil, err
	}
	var f factsPart
	var r resultPart
	var x explanationPart
	if err := errors.Join(json.Unmarshal(a.Facts, &f), json.Unmarshal(a.Result, &r), json.Unmarshal(a.Explanation, &x)); err != nil {
		return nil, errors.New("couldn't read the engine's answer")
	}
	e := &Estimate{Facts: a.Facts, Result: a.Result, Explanation: a.Explanation, Month: f.Month, Municipality: f.Municipality,
		Outcome: r.Outcome, InFull: r.AppliedInFull, Summary: x.Summary}
	if r.Support != nil && string(r.Support) != "null" {
		var ok bool
		if e.Support, ok = record.ParseKronor(string(r.Support)); !ok {
			return nil, errors.New("couldn't read the amount in the engine's answer")
		}
	}
	for _, reason := range r.Reasons {
		e.Reasons = append(e.Reasons, reason.Code)
	}
	for _, q := range r.Questions {
		e.Questions = append(e.Questions, q.Code)
	}
	for _, p := range f.Persons {
		if p.Role == "adult" {
			e.Adults++
			e.adults = append(e.adults, p.ID)
		}
	}
	for _, i := range f.Incomes {
		ore, ok := record.ParseKronor(string(i.Amount))
		if !ok {
			return nil, errors.New("couldn't read an income in the engine's answer")
		}
		e.Sources = append(e.Sources, i.Source)
		e.Incomes = append(e.Incomes, Income{Person: i.Person, Declared: register.Declared{Kind: i.Kind, Amount: ore, Month: i.Month}})
	}
	return e, nil
}

func decodeAnswer(text []byte) (answer, error) {
	var a answer
	if err := json.Unmarshal(text, &a); err != nil {
		return a, errors.New("couldn't read the engine's answer")
	}
	if len(a.Errors) > 0 {
		return a, &Invalid{a.Errors}
	}
	if a.Facts == nil || a.Result == nil {
		return a, errors.New("couldn't read the engine's answer: it is empty")
	}
	return a, nil
}

// guidelineOf finds the guideline of the municipality that facts name.
func (s *Service) guidelineOf(facts []byte) ([]byte, error) {
	if len(facts) > maxFacts {
		return nil, &Invalid{[]Finding{{Code: "too-large", Text: "Ansökan är för stor."}}}
	}
	var f factsPart
	if err := json.Unmarshal(facts, &f); err != nil {
		return nil, &Invalid{[]Finding{{Code: "malformed", Text: "Uppgifterna gick inte att läsa."}}}
	}
	g, ok := s.Guideline(f.Municipality, f.Month)
	if !ok {
		return nil, &Invalid{[]Finding{{Code: "municipality-unknown", Path: "facts.municipality", Text: "Kommunen är inte ansluten till tjänsten."}}}
	}
	return g, nil
}

// maxFacts leaves room in a record for the guideline and the rest.
const maxFacts = 128 << 10

// join writes the engine's input around parts that are JSON already. Parts that
// are not give an input that the engine refuses.
func join(facts, guideline, words []byte) []byte {
	b := make([]byte, 0, len(facts)+len(guideline)+len(words)+40)
	b = append(b, `{"facts":`...)
	b = append(b, facts...)
	b = append(b, `,"guideline":`...)
	b = append(b, guideline...)
	if words != nil {
		b = append(b, `,"words":`...)
		b = append(b, words...)
	}
	return append(b, '}')
}
