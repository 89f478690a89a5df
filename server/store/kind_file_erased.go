package store

import (
	"fmt"

	"github.com/hashicorp/go-memdb"
)

// KindFileErased is a payment file whose key is to be destroyed, or is.
const KindFileErased Kind = "payment-erased"

// FileErased is the head of that. A file has a key of its own, since it is kept for the
// books when the cases that it pays are erased. It names no decision, so no leaf tells
// of it.
type FileErased struct {
	Batch string `json:"batch"`
}

// Kind implements Head.
func (FileErased) Kind() Kind { return KindFileErased }

func (h FileErased) may(c Caller, v *View, d Draft) bool {
	b, err := v.batch(h.Batch)
	return err == nil && b != nil && c.Role == System && d.Case == "" && v.spent(b)
}

func (h FileErased) apply(txn *memdb.Txn, e *Event) error {
	v := &View{txn}
	if b, err := v.batch(h.Batch); err != nil || b == nil || v.erased(h.Batch) {
		return fmt.Errorf("%w: row %d erases a payment file that is not there: %w", errApply, e.Seq, err)
	}
	return txn.Insert("erasures", &erasure{Ref: h.Batch, Case: h.Batch})
}

// spent holds for a file that is still there although every case that it pays is erased.
func (v *View) spent(b *Batch) bool {
	for _, p := range b.Parts {
		if k, err := v.Case(p.Case); err != nil || k.State != StateErased {
			return false
		}
	}
	return !v.erased(b.ID)
}

// SpentFiles gives the payment files that were ordered before a time, in milliseconds
// since 1970, and of whose cases none is left.
func (s *Store) SpentFiles(before int64) ([]string, error) {
	v := s.view()
	it, err := v.txn.Get("batches", "id")
	if err != nil {
		return nil, err
	}
	var out []string
	for found := it.Next(); found != nil; found = it.Next() {
		if b := found.(*Batch); b.OrderedAt < before && v.spent(b) {
			out = append(out, b.ID)
		}
	}
	return out, nil
}
