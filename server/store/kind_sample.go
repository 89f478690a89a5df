package store

import (
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/go-memdb"
)

// The kinds of a sample.
const (
	KindAsked    Kind = "sample-asked"
	KindRevealed Kind = "sample-revealed"
	KindAnswered Kind = "sample-answered"
)

// Asked is the head of a sample that an auditor asks for.
type Asked struct {
	Place
	Seal string `json:"seal"` // of the auditor's secret, hex
	By   string `json:"by"`
}

// Kind implements Head.
func (Asked) Kind() Kind { return KindAsked }

func (h Asked) name() string { return "" }

func (h Asked) may(c Caller, _ *View, _ Draft) bool {
	return c.Role == Auditor && c.Ref != "" && h.By == c.Ref && c.Municipality != "" && h.Municipality == c.Municipality
}

func (h Asked) apply(txn *memdb.Txn, _ *Event) error {
	return txn.Insert("samples", &Sample{Index: h.Index, Municipality: h.Municipality, Seal: h.Seal})
}

// Revealed is the head of the auditor's secret, with what it draws.
type Revealed struct {
	Place
	Asked   uint64   `json:"asked"`   // index of the leaf that asked
	Indexes []uint64 `json:"indexes"` // of the decisions' leaves
	By      string   `json:"by"`
}

// Kind implements Head.
func (Revealed) Kind() Kind { return KindRevealed }

func (h Revealed) name() string { return "" }

func (h Revealed) may(c Caller, v *View, _ Draft) bool {
	s, err := v.Sample(h.Asked)
	return err == nil && c.Role == Auditor && c.Ref != "" && h.By == c.Ref && c.Municipality != "" &&
		h.Municipality == c.Municipality && s.Municipality == c.Municipality
}

func (h Revealed) apply(txn *memdb.Txn, e *Event) error {
	s, err := sampleOf(txn, h.Asked)
	if err != nil || s.Revealed {
		return errors.Join(err, fmt.Errorf("%w: row %d draws a sample that nobody asked for, or again", errApply, e.Seq))
	}
	s.Revealed, s.Indexes = true, h.Indexes
	return txn.Insert("samples", &s)
}

// Answered is the head of the municipality's answer.
type Answered struct {
	Place
	Asked uint64   `json:"asked"` // index of the leaf that asked
	Given []uint64 `json:"given"` // what the auditor may now read
	Kept  []uint64 `json:"kept"`  // what is withheld
	By    string   `json:"by"`
}

// Kind implements Head.
func (Answered) Kind() Kind { return KindAnswered }

func (h Answered) name() string { return "" }

func (h Answered) may(c Caller, v *View, _ Draft) bool {
	s, err := v.Sample(h.Asked)
	return err == nil && c.Role == Caseworker && c.Ref != "" && h.By == c.Ref && c.Municipality != "" &&
		h.Municipality == c.Municipality && s.Municipality == c.Municipality
}

func (h Answered) apply(txn *memdb.Txn, e *Event) error {
	s, err := sampleOf(txn, h.Asked)
	if err != nil {
		return fmt.Errorf("%w: row %d answers a sample that nobody asked for", errApply, e.Seq)
	}
	s.Given = append(slices.Clone(s.Given), h.Given...)
	s.Kept = append(slices.Clone(s.Kept), h.Kept...)
	for i, x := range append(slices.Clone(s.Given), s.Kept...) {
		if !slices.Contains(s.Indexes, x) || slices.Contains(append(slices.Clone(s.Given), s.Kept...)[:i], x) {
			return fmt.Errorf("%w: row %d answers what was not asked for, or twice", errApply, e.Seq)
		}
	}
	return txn.Insert("samples", &s)
}

// A Sample is what was asked for and what was answered.
type Sample struct {
	Index        uint64 // of the leaf that asked
	Municipality string
	Seal         string // hex
	Revealed     bool   // the secret is shown; until then nothing is drawn
	Indexes      []uint64
	Given        []uint64
	Kept         []uint64
}

// Missing are the indexes that have no answer.
func (s *Sample) Missing() []uint64 {
	var out []uint64
	for _, x := range s.Indexes {
		if !slices.Contains(s.Given, x) && !slices.Contains(s.Kept, x) {
			out = append(out, x)
		}
	}
	return out
}

// Sample finds a sample by the index of the leaf that asked.
func (v *View) Sample(asked uint64) (Sample, error) { return sampleOf(v.txn, asked) }

func sampleOf(txn *memdb.Txn, asked uint64) (Sample, error) {
	found, err := txn.First("samples", "id", asked)
	if err != nil {
		return Sample{}, err
	}
	if s, _ := found.(*Sample); s != nil {
		return *s, nil
	}
	return Sample{}, ErrNotFound
}

// Sample finds a sample by the index of the leaf that asked. It is public.
func (s *Store) Sample(asked uint64) (Sample, error) { return s.view().Sample(asked) }

// Samples gives every sample, oldest first. They are public.
func (s *Store) Samples() ([]Sample, error) {
	it, err := s.view().txn.Get("samples", "id")
	if err != nil {
		return nil, err
	}
	var out []Sample
	for found := it.Next(); found != nil; found = it.Next() {
		out = append(out, *found.(*Sample))
	}
	return out, nil
}
