package store

import (
	"github.com/hashicorp/go-memdb"
)

// KindSigned is an adult's signature on an application of two.
const KindSigned Kind = "signed"

// Signed is the head of a signature. It stands under the id that the case will
// get, and holds for the content with the digest alone: whatever is changed
// afterwards has another digest, and no signature.
type Signed struct {
	Person string `json:"person"`
	Digest string `json:"digest"`
}

// Kind implements Head.
func (Signed) Kind() Kind { return KindSigned }

func (h Signed) may(c Caller, _ *View, d Draft) bool {
	return c.Role == Applicant && c.Ref != "" && h.Person == c.Ref && h.Digest != "" && d.Case != ""
}

func (h Signed) apply(txn *memdb.Txn, e *Event) error {
	return txn.Insert("signatures", &signature{ID: e.Case + "/" + h.Person, Digest: h.Digest, At: e.At})
}

type signature struct {
	ID     string // case/person
	Digest string // of the latest content that the person signed
	At     int64
}

// signed reports whether the person's latest signature is on this content.
func (v *View) signed(id, person, digest string) bool { return v.Signed(id, person, digest) != 0 }

// Signed gives when the person signed the content with the digest, 0 where that
// has not happened.
func (v *View) Signed(id, person, digest string) int64 {
	var last *signature
	for _, ref := range v.refs(person) {
		found, err := v.txn.First("signatures", "id", id+"/"+ref)
		if err != nil {
			return 0
		}
		if s, _ := found.(*signature); s != nil && (last == nil || s.At >= last.At) {
			last = s
		}
	}
	if last == nil || last.Digest != digest {
		return 0
	}
	return last.At
}
