package record

import (
	"encoding/hex"
	"fmt"
)

// What an access record tells of.
const (
	whatDigest   = "digest"
	whatAsked    = "asked"
	whatRevealed = "revealed"
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
