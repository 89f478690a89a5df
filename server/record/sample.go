package record

import (
	"encoding/hex"
	"fmt"
)

// An Asked is a sample that an auditor has asked for, before anybody can know which
// decisions it will draw (package sample).
type Asked struct {
	Heading
	Auditor string   // the organisation, never the person
	Count   uint64   // how many decisions are asked for
	Seal    [32]byte // of the auditor's secret
}

func (a *Asked) valid() bool {
	return a.Heading.valid() && a.Auditor != "" && texts(a.Auditor) && small(a.Count) && a.Count > 0
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
	w.count("count", a.Count)
	w.text("seal", hex.EncodeToString(a.Seal[:]))
	return w.whole()
}

// ParseAsked accepts exactly what Marshal gives.
func ParseAsked(text []byte) (*Asked, error) {
	var f struct {
		headingForm
		What    string `json:"what"`
		Auditor string `json:"auditor"`
		Count   uint64 `json:"count"`
		Seal    string `json:"seal"`
	}
	if err := decode(text, &f); err != nil {
		return nil, err
	}
	h, err := f.heading()
	if err != nil {
		return nil, err
	}
	seal, ok := digest(f.Seal)
	if !ok {
		return nil, fmt.Errorf("%w: a digest", ErrMalformed)
	}
	a := &Asked{Heading: h, Auditor: f.Auditor, Count: f.Count, Seal: seal}
	back, err := a.Marshal()
	return a, same(text, back, err)
}

// A Revealed is the auditor's secret, shown when the request was under a checkpoint,
// and what it draws. Indexes are what package sample draws by it from the root, so
// that anyone can see whether they are.
type Revealed struct {
	Heading
	Asked   uint64   // index of the leaf that asked
	Secret  [32]byte // the one that the request sealed
	Root    [32]byte // of the tree of Asked + 1 leaves
	Indexes []uint64 // of the decisions' leaves, rising
}

func (r *Revealed) valid() bool {
	return r.Heading.valid() && small(r.Asked) && rising(r.Indexes) && (len(r.Indexes) == 0 || r.Indexes[len(r.Indexes)-1] < r.Asked)
}

// Marshal gives the canonical bytes, or ErrMalformed for values that the form
// cannot carry.
func (r *Revealed) Marshal() ([]byte, error) {
	if !r.valid() {
		return nil, fmt.Errorf("%w: secret %s/%d", ErrMalformed, r.Municipality, r.Number)
	}
	w := &writer{}
	w.heading("access", &r.Heading)
	w.text("what", whatRevealed)
	w.count("asked", r.Asked)
	w.text("secret", hex.EncodeToString(r.Secret[:]))
	w.text("root", hex.EncodeToString(r.Root[:]))
	w.numbers("indexes", r.Indexes)
	return w.whole()
}

// ParseRevealed accepts exactly what Marshal gives.
func ParseRevealed(text []byte) (*Revealed, error) {
	var f struct {
		headingForm
		What    string   `json:"what"`
		Asked   uint64   `json:"asked"`
		Secret  string   `json:"secret"`
		Root    string   `json:"root"`
		Indexes []uint64 `json:"indexes"`
	}
	if err := decode(text, &f); err != nil {
		return nil, err
	}
	h, err := f.heading()
	if err != nil {
		return nil, err
	}
	secret, ok1 := digest(f.Secret)
	root, ok2 := digest(f.Root)
	if !ok1 || !ok2 {
		return nil, fmt.Errorf("%w: a digest", ErrMalformed)
	}
	r := &Revealed{Heading: h, Asked: f.Asked, Secret: secret, Root: root, Indexes: f.Indexes}
	back, err := r.Marshal()
	return r, same(text, back, err)
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

// SampleOf is the leaf that asked for the sample that a record draws or answers.
func SampleOf(text []byte) (asked uint64, err error) {
	if r, err := ParseRevealed(text); err == nil {
		return r.Asked, nil
	}
	a, err := ParseAnswered(text)
	if err != nil {
		return 0, err
	}
	return a.Asked, nil
}
