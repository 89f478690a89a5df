package record

import (
	"encoding/hex"
	"fmt"
	"strconv"
)

// A Heading is what every record says first. Engine and Rules are those in force
// when the record was made; only a decision was computed by them.
type Heading struct {
	Municipality string // four digits
	Number       uint64 // gapless in the municipality
	Day          string // 2026-11-22
	Engine       [32]byte
	Rules        [32]byte
}

func (h *Heading) valid() bool {
	return municipality(h.Municipality) && date(h.Day) && h.Number < 1<<53
}

func (w *writer) heading(kind string, h *Heading) {
	w.head(kind, h.Municipality, h.Number, h.Day)
	w.text("engine", hex.EncodeToString(h.Engine[:]))
	w.text("rules", hex.EncodeToString(h.Rules[:]))
}

// whole gives the bytes of a finished record.
func (w *writer) whole() ([]byte, error) {
	if len(w.b) >= MaxBytes {
		return nil, fmt.Errorf("%w: larger than %d bytes", ErrMalformed, MaxBytes)
	}
	return w.end(), nil
}

func (w *writer) count(name string, n uint64) { w.raw(name, strconv.AppendUint(nil, n, 10)) }

// list writes the n elements of an array.
func (w *writer) list(name string, n int, element func(i int)) {
	w.name(name)
	w.b = append(w.b, '[')
	for i := range n {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		element(i)
	}
	w.b = append(w.b, ']')
}

func (w *writer) numbers(name string, ns []uint64) {
	w.list(name, len(ns), func(i int) { w.b = strconv.AppendUint(w.b, ns[i], 10) })
}

// headingForm are a heading's members as JSON.
type headingForm struct {
	Schema       string `json:"schema"`
	Kind         string `json:"kind"`
	Municipality string `json:"municipality"`
	Number       uint64 `json:"number"`
	Day          string `json:"day"`
	Engine       string `json:"engine"`
	Rules        string `json:"rules"`
}

func (f *headingForm) heading() (Heading, error) {
	engine, ok1 := digest(f.Engine)
	rules, ok2 := digest(f.Rules)
	if !ok1 || !ok2 {
		return Heading{}, fmt.Errorf("%w: a digest", ErrMalformed)
	}
	return Heading{Municipality: f.Municipality, Number: f.Number, Day: f.Day, Engine: engine, Rules: rules}, nil
}

// small holds for numbers that every reader of JSON keeps exactly.
func small(ns ...uint64) bool {
	for _, n := range ns {
		if n >= 1<<53 {
			return false
		}
	}
	return true
}

// rising holds for numbers in strictly rising order.
func rising(ns []uint64) bool {
	for i, n := range ns {
		if n >= 1<<53 || i > 0 && ns[i-1] >= n {
			return false
		}
	}
	return true
}
