package record

import (
	"encoding/hex"
	"fmt"
)

// What an access record tells of.
const (
	whatDigest   = "digest"
	whatAsked    = "asked"
	whatAnswered = "answered"
)

// A Digest binds a day's access events, and with them the journal up to there,
// to the log (server/reading specifies both digests).
type Digest struct {
	Heading        // of the whole service
	Date    string // the day that it is about
	First   uint64 // row of the journal
	Last    uint64 // row of the journal; First ≤ Last
	Events  uint64 // access events among them
	Digest  [32]byte
	Journal [32]byte // the hash of row Last
}

func (d *Digest) valid() bool {
	return d.Heading.valid() && date(d.Date) && d.First >= 1 && d.First <= d.Last && small(d.Last) && d.Events <= d.Last-d.First+1
}

// Marshal gives the canonical bytes, or ErrMalformed for values that the form
// cannot carry.
func (d *Digest) Marshal() ([]byte, error) {
	if !d.valid() {
		return nil, fmt.Errorf("%w: digest %s/%d", ErrMalformed, d.Municipality, d.Number)
	}
	w := &writer{}
	w.heading("access", &d.Heading)
	w.text("what", whatDigest)
	w.text("date", d.Date)
	w.count("first", d.First)
	w.count("last", d.Last)
	w.count("events", d.Events)
	w.text("digest", hex.EncodeToString(d.Digest[:]))
	w.text("journal", hex.EncodeToString(d.Journal[:]))
	return w.whole()
}

// ParseDigest accepts exactly what Marshal gives.
func ParseDigest(text []byte) (*Digest, error) {
	var f struct {
		headingForm
		What    string `json:"what"`
		Date    string `json:"date"`
		First   uint64 `json:"first"`
		Last    uint64 `json:"last"`
		Events  uint64 `json:"events"`
		Digest  string `json:"digest"`
		Journal string `json:"journal"`
	}
	if err := decode(text, &f); err != nil {
		return nil, err
	}
	h, err := f.heading()
	if err != nil {
		return nil, err
	}
	d := &Digest{Heading: h, Date: f.Date, First: f.First, Last: f.Last, Events: f.Events}
	var ok1, ok2 bool
	d.Digest, ok1 = digest(f.Digest)
	d.Journal, ok2 = digest(f.Journal)
	if !ok1 || !ok2 {
		return nil, fmt.Errorf("%w: a digest", ErrMalformed)
	}
	back, err := d.Marshal()
	return d, same(text, back, err)
}

// An Asked is a sample that an auditor has asked for. Indexes are what package
// sample draws from the root, so that anyone can see whether they are.
type Asked struct {
	Heading
	Auditor string // the organisation, never the person
	Size    uint64 // of the tree
	Root    [32]byte
	Count   uint64   // how many decisions were asked for
	Indexes []uint64 // of their leaves in the log, rising
}

func (a *Asked) valid() bool {
	return a.Heading.valid() && a.Auditor != "" && texts(a.Auditor) && small(a.Size, a.Count) && a.Count > 0 && rising(a.Indexes) &&
		uint64(len(a.Indexes)) <= a.Count && (len(a.Indexes) == 0 || a.Indexes[len(a.Indexes)-1] < a.Size)
}

// Marshal gives the canonical bytes, or ErrMalformed for values that the form
// cannot carry.
func (a *Asked) Marshal() ([]byte, error) {
	if !a.valid() {
		return nil, fmt.Errorf("%w: sample %s/%d", ErrMalformed, a.Municipality, a.Number)
	}
	w := &writer{}
	w.heading("access", &a.Heading)
	w.text("what", whatAsked)
	w.text("auditor", a.Auditor)
	w.count("size", a.Size)
	w.text("root", hex.EncodeToString(a.Root[:]))
	w.count("count", a.Count)
	w.numbers("indexes", a.Indexes)
	return w.whole()
}

// ParseAsked accepts exactly what Marshal gives.
func ParseAsked(text []byte) (*Asked, error) {
	var f struct {
		headingForm
		What    string   `json:"what"`
		Auditor string   `json:"auditor"`
		Size    uint64   `json:"size"`
		Root    string   `json:"root"`
		Count   uint64   `json:"count"`
		Indexes []uint64 `json:"indexes"`
	}
	if err := decode(text, &f); err != nil {
		return nil, err
	}
	h, err := f.heading()
	if err != nil {
		return nil, err
	}
	root, ok := digest(f.Root)
	if !ok {
		return nil, fmt.Errorf("%w: a digest", ErrMalformed)
	}
	a := &Asked{Heading: h, Auditor: f.Auditor, Size: f.Size, Root: root, Count: f.Count, Indexes: f.Indexes}
	back, err := a.Marshal()
	return a, same(text, back, err)
}

// An Answered is the municipality's answer to a sample: the receipts that the
// auditor now may read, and those it does not give, with the reason. What is in
// neither list is missing.
type Answered struct {
	Heading
	Asked    uint64   // index of the leaf that asked
	Given    []uint64 // indexes of leaves, rising
	Withheld []Withheld
}

// Withheld is a decision that is not shown to the auditor.
type Withheld struct {
	Index  uint64
	Reason string // of the closed list below
}

// Why a decision is withheld.
const (
	WithheldErased  = "erased"  // the record no longer exists
	WithheldSecrecy = "secrecy" // somebody might come to harm
)

func (a *Answered) valid() bool {
	var withheld []uint64
	for _, w := range a.Withheld {
		if w.Reason != WithheldErased && w.Reason != WithheldSecrecy {
			return false
		}
		withheld = append(withheld, w.Index)
	}
	return a.Heading.valid() && small(a.Asked) && rising(a.Given) && rising(withheld)
}

// Marshal gives the canonical bytes, or ErrMalformed for values that the form
// cannot carry.
func (a *Answered) Marshal() ([]byte, error) {
	if !a.valid() {
		return nil, fmt.Errorf("%w: answer %s/%d", ErrMalformed, a.Municipality, a.Number)
	}
	w := &writer{}
	w.heading("access", &a.Heading)
	w.text("what", whatAnswered)
	w.count("asked", a.Asked)
	w.numbers("given", a.Given)
	w.list("withheld", len(a.Withheld), func(i int) {
		part := &writer{}
		part.count("index", a.Withheld[i].Index)
		part.text("reason", a.Withheld[i].Reason)
		w.b = append(w.b, part.end()...)
	})
	return w.whole()
}

// ParseAnswered accepts exactly what Marshal gives.
func ParseAnswered(text []byte) (*Answered, error) {
	var f struct {
		headingForm
		What     string   `json:"what"`
		Asked    uint64   `json:"asked"`
		Given    []uint64 `json:"given"`
		Withheld []struct {
			Index  uint64 `json:"index"`
			Reason string `json:"reason"`
		} `json:"withheld"`
	}
	if err := decode(text, &f); err != nil {
		return nil, err
	}
	h, err := f.heading()
	if err != nil {
		return nil, err
	}
	a := &Answered{Heading: h, Asked: f.Asked, Given: f.Given}
	for _, w := range f.Withheld {
		a.Withheld = append(a.Withheld, Withheld(w))
	}
	back, err := a.Marshal()
	return a, same(text, back, err)
}
