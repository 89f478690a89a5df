package store

import (
	"fmt"
	"slices"

	"github.com/hashicorp/go-memdb"
)

// KindDocument is a document that was handed in, or taken back.
const KindDocument Kind = "document"

// The media types of a document, as its first bytes tell them.
var Media = []string{"application/pdf", "image/jpeg", "image/png", "image/heic", "image/webp"}

// Document is the head of a document under a case's id, the coming one's too. Its
// content lies sealed in a file; its name is in the body.
type Document struct {
	Person       string `json:"person"`       // who handed it in
	Municipality string `json:"municipality"` // whose caseworkers may read it once there is a case
	Number       int    `json:"number"`       // 1, 2, 3, … in the case
	What         string `json:"what"`         // which of the documents asked for, of a closed list
	Media        string `json:"media"`        // of Media
	Size         int64  `json:"size"`
	Removed      bool   `json:"removed,omitzero"`
}

// Kind implements Head.
func (Document) Kind() Kind { return KindDocument }

func (h Document) may(c Caller, v *View, d Draft) bool {
	if c.Ref == "" || h.Person != c.Ref || d.Case == "" || !slices.Contains(Media, h.Media) || h.Number < 1 {
		return false
	}
	if k, err := v.Case(d.Case); err == nil {
		return c.sees(&k) && k.Municipality == h.Municipality && !h.Removed
	}
	switch c.Role {
	case Applicant:
		return true
	case Caseworker:
		return c.Municipality != "" && h.Municipality == c.Municipality
	}
	return false
}

func (h Document) apply(txn *memdb.Txn, e *Event) error {
	v := &View{txn}
	id := paperID(e.Case, h.Number)
	found, err := txn.First("documents", "id", id)
	if err != nil {
		return err
	}
	old, _ := found.(*Paperwork)
	p := &Paperwork{ID: id, Case: e.Case, Number: h.Number, Person: h.Person, Municipality: h.Municipality, What: h.What,
		Media: h.Media, Size: h.Size, Removed: h.Removed, At: e.At, Seq: e.Seq}
	switch {
	case h.Removed && (old == nil || old.Removed || v.root(old.Person) != v.root(h.Person)), !h.Removed && old != nil:
		return fmt.Errorf("%w: row %d is document %d of a case, which has it or never had it", errApply, e.Seq, h.Number)
	case h.Removed:
		p.Seq, p.At = old.Seq, old.At
	}
	if err := txn.Insert("documents", p); err != nil {
		return err
	}
	if k, err := txn.First("cases", "id", e.Case); err != nil || k == nil {
		return err // there is no case yet
	}
	return change(txn, e, func(c *Case) bool {
		if person := v.root(h.Person); person == v.root(c.Person) || c.Partner != "" && person == v.root(c.Partner) {
			c.tell(e, person)
		}
		return true
	})
}

// Paperwork is a document as the read model knows it.
type Paperwork struct {
	ID           string // case/number
	Case         string
	Number       int
	Person       string
	Municipality string
	What         string
	Media        string
	Size         int64
	Removed      bool
	At           int64
	Seq          uint64 // of the event that has its name
}

func paperID(id string, n int) string { return fmt.Sprintf("%s/%06d", id, n) }

// papers are a case's documents, those that were taken back too.
func (v *View) papers(id string) ([]Paperwork, error) {
	it, err := v.txn.Get("documents", "case", id)
	if err != nil {
		return nil, err
	}
	var out []Paperwork
	for found := it.Next(); found != nil; found = it.Next() {
		p := *found.(*Paperwork)
		p.Person = v.root(p.Person)
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b Paperwork) int { return a.Number - b.Number })
	return out, nil
}

// documentsFit reports whether what was handed in under a coming case's id is of
// the people who apply, or of the caseworker who enters the application.
func (v *View) documentsFit(id string, h Submitted) bool {
	papers, err := v.papers(id)
	if err != nil {
		return false
	}
	for _, p := range papers {
		if p.Person != v.root(h.Person) && p.Person != v.root(h.Partner) && p.Person != h.By {
			return false
		}
	}
	return true
}
