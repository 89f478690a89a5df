package store

import (
	"fmt"
	"slices"

	"github.com/hashicorp/go-memdb"
)

// The kinds of a sample.
const (
	KindAsked    Kind = "sample-asked"
	KindAnswered Kind = "sample-answered"
)

// Asked is the head of a sample that an auditor asks for.
type Asked struct {
	Place
	Indexes []uint64 `json:"indexes"` // of the decisions' leaves
	By      string   `json:"by"`
}

// Kind implements Head.
func (Asked) Kind() Kind { return KindAsked }

func (h Asked) name() string { return "" }

func (h Asked) may(c Caller, _ *View, _ Draft) bool {
	return c.Role == Auditor && c.Ref != "" && h.By == c.Ref && c.Municipality != "" && h.Municipality == c.Municipality
}

func (h Asked) apply(txn *memdb.Txn, _ *Event) error {
	return txn.Insert("samples", &Sample{Index: h.Index, Municipality: h.Municipality, Indexes: h.Indexes})
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
	found, err := txn.First("samples", "id", h.Asked)
	if err != nil {
		return err
	}
	old, _ := found.(*Sample)
	if old == nil {
		return fmt.Errorf("%w: row %d answers a sample that nobody asked for", errApply, e.Seq)
	}
	s := *old
	s.Given = append(slices.Clone(old.Given), h.Given...)
	s.Kept = append(slices.Clone(old.Kept), h.Kept...)
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
func (v *View) Sample(asked uint64) (Sample, error) {
	found, err := v.txn.First("samples", "id", asked)
	if err != nil {
		return Sample{}, err
	}
	if s, _ := found.(*Sample); s != nil {
		return *s, nil
	}
	return Sample{}, ErrNotFound
}

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
