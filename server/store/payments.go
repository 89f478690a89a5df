package store

import (
	"context"
	"errors"
	"slices"
)

// A Due is a published decision that grants something, and what has been ordered
// in its case.
type Due struct {
	Case
	Halted    bool
	Transfers []Transfer // of all the case's decisions
}

// Done holds when the whole of the latest decision has been ordered, and the bank has
// refused no part of it.
func (d *Due) Done() bool {
	done := false
	for i := range d.Transfers {
		if t := &d.Transfers[i]; t.Number == d.Number {
			if !t.Active() {
				return false
			}
			done = done || !t.Left
		}
	}
	return done
}

// Payments gives an approver what is to be paid in the own municipality, and the
// batches, newest first. Nothing sealed is part of it.
func (s *Store) Payments(ctx context.Context, caller Caller) (due []Due, batches []Batch, err error) {
	if !caller.staff(Approver, caller.Municipality) {
		return nil, nil, errors.Join(ErrForbidden, s.witness(ctx, caller, "list payments", true))
	}
	v := s.view()
	for c, err := range v.each("state", string(StatePublished), caller.Municipality) {
		if err != nil {
			return nil, nil, err
		}
		if !payable(&c, c.Number) {
			continue
		}
		d, err := v.due(c)
		if err != nil {
			return nil, nil, err
		}
		if !d.Done() {
			due = append(due, d)
		}
	}
	it, err := v.txn.Get("batches", "municipality", caller.Municipality)
	if err != nil {
		return nil, nil, err
	}
	for found := it.Next(); found != nil; found = it.Next() {
		if b := found.(*Batch); !v.erased(b.ID) {
			batches = append(batches, *b)
		}
	}
	slices.SortFunc(batches, func(a, b Batch) int { return int(b.Seq) - int(a.Seq) })
	var ids []string
	for _, d := range due {
		ids = append(ids, d.ID)
	}
	return due, batches, s.witness(ctx, caller, "list payments", false, ids...)
}

func (v *View) due(c Case) (Due, error) {
	d := Due{Case: c, Halted: v.halted(c.ID)}
	it, err := v.txn.Get("transfers", "case", c.ID)
	if err != nil {
		return d, err
	}
	for found := it.Next(); found != nil; found = it.Next() {
		d.Transfers = append(d.Transfers, *found.(*Transfer))
	}
	return d, nil
}

// Transfers gives what has been ordered in a case, to whoever may read the case.
func (s *Store) Transfers(ctx context.Context, caller Caller, id string) ([]Transfer, error) {
	c, err := s.allowed(ctx, caller, "read payments", id)
	if err != nil {
		return nil, err
	}
	d, err := s.view().due(c)
	return d.Transfers, err
}

// Batch opens a batch with its body, to an approver of its municipality, as a read of
// every case in it, or to the service, and gives the first case in it that is no longer
// to be paid as it stands.
func (s *Store) Batch(ctx context.Context, caller Caller, id string) (b Batch, body []byte, stale string, err error) {
	return s.openBatch(ctx, caller, id, true)
}

// BatchRow is the row of a batch that the service can open, which it does not do here.
func (s *Store) BatchRow(id string) (uint64, error) {
	v := s.view()
	found, err := v.batch(id)
	switch {
	case err != nil:
		return 0, err
	case found == nil:
		return 0, ErrNotFound
	case v.erased(id):
		return 0, ErrErased
	}
	return found.Seq, nil
}

// Handled is Batch for what the caller does about a batch without being shown what is
// in it, which is no read.
func (s *Store) Handled(ctx context.Context, caller Caller, id string) (b Batch, body []byte, stale string, err error) {
	return s.openBatch(ctx, caller, id, false)
}

func (s *Store) openBatch(ctx context.Context, caller Caller, id string, shown bool) (b Batch, body []byte, stale string, err error) {
	v := s.view()
	found, err := v.batch(id)
	if err != nil {
		return b, nil, "", err
	}
	if found == nil {
		return b, nil, "", ErrNotFound
	}
	ok := caller.Role == System || caller.staff(Approver, found.Municipality)
	if caller.Role != System && (shown || !ok) {
		var cases []string
		for _, p := range found.Parts {
			if ok {
				cases = append(cases, p.Case)
			}
		}
		slices.Sort(cases)
		cases = slices.Compact(cases)
		if err := s.witness(ctx, caller, "read batch", !ok, cases...); err != nil {
			return b, nil, "", err
		}
	}
	if !ok {
		return b, nil, "", ErrForbidden
	}
	if s.view().erased(found.ID) {
		return b, nil, "", ErrErased
	}
	body, err = s.body(ctx, found.Seq, found.ID)
	return *found, body, v.stale(found), err
}

// Decider reports whether the caller has made one of the decisions that a batch
// pays. Whoever has does not release it.
func (s *Store) Decider(caller Caller, b *Batch) bool { return s.view().decider(b, caller.Ref) }

// Loader reports whether the caller has read in a rejection in a case that a batch
// pays. Whoever has does not release it.
func (s *Store) Loader(caller Caller, b *Batch) bool { return s.view().loaderOf(b, caller.Ref) }

// Earlier gives the transfers of a batch's cases that stand in other batches and were
// rejected: what is paid instead of them stands in this one.
func (s *Store) Earlier(b *Batch) (map[string][]Transfer, error) {
	out := map[string][]Transfer{}
	v := s.view()
	for _, p := range b.Parts {
		if _, seen := out[p.Case]; seen {
			continue
		}
		d, err := v.due(Case{ID: p.Case})
		if err != nil {
			return nil, err
		}
		out[p.Case] = slices.DeleteFunc(d.Transfers, func(t Transfer) bool { return t.Batch == b.ID || t.Active() })
	}
	return out, nil
}

// Colleague is the name of a member of staff, for those who meet the same files by
// profession; empty where it is not known.
func (s *Store) Colleague(ctx context.Context, caller Caller, ref string) (string, error) {
	if !caller.official() {
		return "", ErrForbidden
	}
	return s.nameOf(ctx, ref)
}

// BatchTransfers gives the transfers of a batch with their states.
func (s *Store) BatchTransfers(b *Batch) ([]Transfer, error) {
	var out []Transfer
	v := s.view()
	for _, p := range b.Parts {
		t, err := v.transfer(p.ID)
		if err != nil {
			return nil, err
		}
		if t != nil {
			out = append(out, *t)
		}
	}
	return out, nil
}

// Account gives the body of a person's account: to the person, and to the service.
// Nil where there is none.
func (s *Store) Account(ctx context.Context, caller Caller, person string) ([]byte, error) {
	if caller.Role != System && (caller.Role != Applicant || caller.Ref == "" || caller.Ref != s.Root(person)) {
		return nil, errors.Join(ErrForbidden, s.witness(ctx, caller, "read account", true))
	}
	if caller.Role != System {
		if err := s.witness(ctx, caller, "read account", false); err != nil {
			return nil, err
		}
	}
	a, err := s.view().account(person)
	if err != nil || a == nil || s.view().erased(a.Case) {
		return nil, err
	}
	return s.body(ctx, a.Seq, a.Case)
}
