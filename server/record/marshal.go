package record

import (
	"encoding/hex"
	"fmt"
	"strconv"

	"github.com/skalig/skalig/engine"
)

// Marshal gives the canonical bytes, or ErrMalformed for values that the form
// cannot carry.
func (d *Decision) Marshal() ([]byte, error) {
	if !d.valid() || !canonicalObject(d.Facts) {
		return nil, fmt.Errorf("%w: decision %s/%d", ErrMalformed, d.Municipality, d.Number)
	}
	w := &writer{b: make([]byte, 0, 1024+len(d.Facts)+len(d.Guideline))}
	w.head("decision", d.Municipality, d.Number, d.Day)
	w.text("case", d.Case)
	w.text("replaces", d.Replaces)
	w.text("mode", d.Mode)
	w.text("decider", d.Decider)
	w.text("delegation", d.Delegation)
	w.text("outcome", d.Outcome)
	w.raw("granted", appendKronor(nil, d.Granted))
	w.text("month", d.Month)
	w.texts("reasons", d.Reasons)
	w.text("motivation", d.Motivation)
	w.text("engine", hex.EncodeToString(d.Engine[:]))
	w.text("rules", hex.EncodeToString(d.Rules[:]))
	w.text("guideline", string(d.Guideline))
	w.raw("facts", d.Facts)
	w.text("result", hex.EncodeToString(d.Result[:]))
	if len(w.b) >= MaxBytes {
		return nil, fmt.Errorf("%w: larger than %d bytes", ErrMalformed, MaxBytes)
	}
	return w.end(), nil
}

// Marshal gives the canonical bytes, or ErrMalformed for values that the form
// cannot carry.
func (r *Release) Marshal() ([]byte, error) {
	if !r.valid() {
		return nil, fmt.Errorf("%w: release %d", ErrMalformed, r.Number)
	}
	w := &writer{}
	w.head("release", "0000", r.Number, r.Day)
	w.text("version", r.Version)
	w.text("engine", hex.EncodeToString(r.Engine[:]))
	w.text("verify", hex.EncodeToString(r.Verify[:]))
	w.text("rules", hex.EncodeToString(r.Rules[:]))
	w.text("from", r.From)
	w.texts("approvers", r.Approvers)
	w.text("approval", r.Approval)
	if len(r.Keys) > 0 {
		w.texts("keys", r.Keys)
	}
	return w.end(), nil
}

type writer struct{ b []byte }

func (w *writer) head(kind, municipality string, number uint64, day string) {
	w.text("schema", Schema)
	w.text("kind", kind)
	w.text("municipality", municipality)
	w.raw("number", strconv.AppendUint(nil, number, 10))
	w.text("day", day)
}

func (w *writer) name(name string) {
	sep := byte(',')
	if len(w.b) == 0 {
		sep = '{'
	}
	w.b = append(w.b, sep)
	w.b = append(appendString(w.b, name), ':')
}

func (w *writer) text(name, value string) {
	w.name(name)
	w.b = appendString(w.b, value)
}

func (w *writer) raw(name string, value []byte) {
	w.name(name)
	w.b = append(w.b, value...)
}

func (w *writer) texts(name string, values []string) {
	w.name(name)
	w.b = append(w.b, '[')
	for i, v := range values {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		w.b = appendString(w.b, v)
	}
	w.b = append(w.b, ']')
}

func (w *writer) end() []byte { return append(w.b, '}') }

func appendString(b []byte, s string) []byte {
	const digits = "0123456789abcdef"
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\b':
			b = append(b, '\\', 'b')
		case c == '\t':
			b = append(b, '\\', 't')
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\f':
			b = append(b, '\\', 'f')
		case c == '\r':
			b = append(b, '\\', 'r')
		case c < 0x20:
			b = append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

// Kronor writes öre as a record does: 1250.5.
func Kronor(ore int64) string { return string(appendKronor(nil, ore)) }

func appendKronor(b []byte, ore int64) []byte { return engine.AppendKronor(b, engine.Ore(ore)) }
