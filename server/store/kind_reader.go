package store

import (
	"github.com/hashicorp/go-memdb"
)

// KindReader is the name of someone who reads other people's files.
const KindReader Kind = "reader"

// Reader is the head of a reader's name, which is in the body. It is written
// before the reader's first access event.
type Reader struct {
	Actor string `json:"actor"`
}

// Kind implements Head.
func (Reader) Kind() Kind { return KindReader }

func (h Reader) may(c Caller, _ *View, d Draft) bool {
	return c.official() && c.Ref != "" && h.Actor == c.Ref && d.Case == readerRef(c.Ref)
}

func (h Reader) apply(txn *memdb.Txn, e *Event) error {
	return txn.Insert("readers", &reader{Actor: h.Actor, Seq: e.Seq})
}

// reader is where a reader's latest name stands.
type reader struct {
	Actor string
	Seq   uint64
}

// readerRef names the key that seals a reader's name. No case has such an id.
func readerRef(actor string) string { return "reader-" + actor }
