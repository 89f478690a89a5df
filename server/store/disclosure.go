package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// DecisionLeaves are the indexes below size of a municipality's decisions, rising.
// They stand in the public log.
func (s *Store) DecisionLeaves(municipality string, size uint64) ([]uint64, error) {
	it, err := s.view().txn.Get("outbox", "id")
	if err != nil {
		return nil, err
	}
	var out []uint64
	for found := it.Next(); found != nil; found = it.Next() {
		if e := found.(*Entry); e.Kind == KindDecided && e.Municipality == municipality && e.Index < size {
			out = append(out, e.Index)
		}
	}
	return out, nil
}

// ErasedLeaf reports whether the case of a leaf was erased.
func (v *View) ErasedLeaf(index uint64) (bool, error) {
	e, err := v.entry(index)
	return err == nil && v.erased(e.Case), err
}

func (v *View) entry(index uint64) (Entry, error) {
	found, err := v.txn.First("outbox", "id", index)
	if err != nil {
		return Entry{}, err
	}
	if e, _ := found.(*Entry); e != nil {
		return *e, nil
	}
	return Entry{}, ErrNotFound
}

// LeafCases gives the case of each leaf to a caseworker of the municipality.
func (s *Store) LeafCases(ctx context.Context, caller Caller, indexes []uint64) (map[uint64]Case, error) {
	v := s.view()
	out := map[uint64]Case{}
	var named []string
	for _, index := range indexes {
		e, err := v.entry(index)
		if err != nil {
			return nil, err
		}
		c, err := v.Case(e.Case)
		if err != nil {
			return nil, err
		}
		if caller.Role != Caseworker || !caller.sees(&c) {
			return nil, errors.Join(ErrForbidden, s.witness(ctx, caller, "list sample", true, c.ID))
		}
		out[index] = c
		named = append(named, c.ID)
	}
	return out, s.witness(ctx, caller, "list sample", false, named...)
}

// Disclosed gives an auditor the receipts that were given of a sample, in the order
// of the log. Those whose cases were erased since are left out. One access event
// names every case before anything is read.
func (s *Store) Disclosed(ctx context.Context, caller Caller, asked uint64) ([][]byte, error) {
	v := s.view()
	sample, err := v.Sample(asked)
	if err != nil {
		return nil, err
	}
	if !caller.staff(Auditor, sample.Municipality) {
		return nil, errors.Join(ErrForbidden, s.witness(ctx, caller, "read sample", true))
	}
	given := slices.Clone(sample.Given)
	slices.Sort(given)
	entries := make([]Entry, 0, len(given))
	var named []string
	for _, index := range given {
		e, err := v.entry(index)
		if err != nil {
			return nil, err
		}
		if v.erased(e.Case) {
			continue
		}
		entries, named = append(entries, e), append(named, e.Case)
	}
	if err := s.witness(ctx, caller, "read sample", false, named...); err != nil {
		return nil, err
	}
	var out [][]byte
	for _, e := range entries {
		receipt, err := s.receiptOf(ctx, e)
		if errors.Is(err, ErrErased) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, receipt)
	}
	return out, nil
}

// receiptOf reads the receipt of a decision's leaf.
func (s *Store) receiptOf(ctx context.Context, e Entry) ([]byte, error) {
	c, err := s.view().Case(e.Case)
	if err != nil {
		return nil, err
	}
	for _, step := range c.History {
		if step.Kind != KindPublished {
			continue
		}
		row, err := s.row(ctx, step.Seq)
		if err != nil {
			return nil, err
		}
		if h, ok := row.Head.(*Published); ok && h.Index == e.Index {
			return s.body(ctx, step.Seq, e.Case)
		}
	}
	return nil, fmt.Errorf("leaf %d has no receipt", e.Index)
}
