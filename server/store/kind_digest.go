package store

import (
	"fmt"

	"github.com/hashicorp/go-memdb"
)

// KindDigest is the digest over a day's access events.
const KindDigest Kind = "access-digest"

// Digest is the head of the digest over the access events up to the journal's row
// Last.
type Digest struct {
	Place
	Date string `json:"date"`
	Last uint64 `json:"last"`
}

// Kind implements Head.
func (Digest) Kind() Kind { return KindDigest }

func (h Digest) name() string { return h.Date }

func (Digest) may(c Caller, _ *View, _ Draft) bool { return c.Role == System }

func (h Digest) apply(txn *memdb.Txn, e *Event) error {
	before, err := (&View{txn}).Digested()
	if err != nil {
		return err
	}
	if h.Last <= before || h.Last >= e.Seq {
		return fmt.Errorf("%w: row %d is a digest up to row %d after one up to row %d", errApply, e.Seq, h.Last, before)
	}
	return txn.Insert("digests", &digested{Last: h.Last})
}
