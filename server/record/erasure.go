package record

import "fmt"

// An Erasure says which decisions of a municipality can no longer be opened by
// the service: the key to their records and salts is destroyed. It names those of several
// households in the order of their numbers, so that it tells of no person which were
// theirs; one of old is of one case.
type Erasure struct {
	Heading
	Reason  string   // why, of the closed list below
	Numbers []uint64 // of the decisions, rising; none where a case of old had no decision
}

// The reasons for an erasure.
const (
	Retention = "retention" // five years have gone since the last note
	Ordered   = "ordered"   // by a decision of the board or a court
)

func (e *Erasure) valid() bool {
	return e.Heading.valid() && (e.Reason == Retention || e.Reason == Ordered) && rising(e.Numbers)
}

// Marshal gives the canonical bytes, or ErrMalformed for values that the form
// cannot carry.
func (e *Erasure) Marshal() ([]byte, error) {
	if !e.valid() {
		return nil, fmt.Errorf("%w: erasure %s/%d", ErrMalformed, e.Municipality, e.Number)
	}
	w := &writer{}
	w.heading("erasure", &e.Heading)
	w.text("reason", e.Reason)
	w.numbers("numbers", e.Numbers)
	return w.whole()
}

// ParseErasure accepts exactly what Marshal gives.
func ParseErasure(text []byte) (*Erasure, error) {
	var f struct {
		headingForm
		Reason  string   `json:"reason"`
		Numbers []uint64 `json:"numbers"`
	}
	if err := decode(text, &f); err != nil {
		return nil, err
	}
	h, err := f.heading()
	if err != nil {
		return nil, err
	}
	e := &Erasure{Heading: h, Reason: f.Reason, Numbers: f.Numbers}
	back, err := e.Marshal()
	return e, same(text, back, err)
}
