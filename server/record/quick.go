package record

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// quickDecision reads a decision in one pass, by the order and the spelling that
// Marshal gives it, and reports false for anything else. What it accepts is in
// canonical form by construction but for what valid and canonicalObject look at.
func quickDecision(text []byte) (d *Decision, ok bool) {
	if len(text) >= MaxBytes || !utf8.Valid(text) {
		return nil, false
	}
	r := reader{rest: text, ok: true}
	d = &Decision{}
	r.literal(`{"schema":"` + Schema + `","kind":"decision","municipality":"`)
	d.Municipality = r.str()
	r.literal(`,"number":`)
	d.Number = r.number()
	r.literal(`,"day":"`)
	d.Day = r.str()
	r.literal(`,"case":"`)
	d.Case = r.str()
	r.literal(`,"replaces":"`)
	d.Replaces = r.str()
	r.literal(`,"mode":"`)
	d.Mode = r.str()
	r.literal(`,"decider":"`)
	d.Decider = r.str()
	r.literal(`,"delegation":"`)
	d.Delegation = r.str()
	r.literal(`,"outcome":"`)
	d.Outcome = r.str()
	r.literal(`,"granted":`)
	d.Granted = r.kronor()
	r.literal(`,"month":"`)
	d.Month = r.str()
	r.literal(`,"reasons":[`)
	d.Reasons = r.strs()
	r.literal(`,"motivation":"`)
	d.Motivation = r.str()
	r.literal(`,"engine":"`)
	d.Engine = r.digest()
	r.literal(`,"rules":"`)
	d.Rules = r.digest()
	r.literal(`,"guideline":"`)
	d.Guideline = r.bytes()
	r.literal(`,"facts":`)
	// The rest is of a fixed length, so that the facts end where it begins.
	end := len(r.rest) - len(`,"result":""}`) - 64
	if !r.ok || end < 0 {
		return nil, false
	}
	d.Facts = bytes.Clone(r.rest[:end])
	r.rest = r.rest[end:]
	r.literal(`,"result":"`)
	d.Result = r.digest()
	return d, r.ok && string(r.rest) == "}" && d.valid() && canonicalObject(d.Facts)
}

// A reader takes a canonical text from the front. After ok is false it means nothing.
type reader struct {
	rest []byte
	ok   bool
}

func (r *reader) literal(want string) {
	if r.ok = r.ok && len(r.rest) >= len(want) && string(r.rest[:len(want)]) == want; r.ok {
		r.rest = r.rest[len(want):]
	}
}

func (r *reader) str() string { return string(r.bytes()) }

// bytes reads a string after its first quotation mark, past its last.
func (r *reader) bytes() []byte {
	var out []byte
	for r.ok {
		n := 0
		for n < len(r.rest) && r.rest[n] != '"' && r.rest[n] != '\\' && r.rest[n] >= 0x20 {
			n++
		}
		part := r.rest[:n]
		if n == len(r.rest) || r.rest[n] < 0x20 {
			break
		}
		quote := r.rest[n] == '"'
		r.rest = r.rest[n+1:]
		if quote {
			return append(out, part...)
		}
		out = append(append(out, part...), r.escaped())
	}
	r.ok = false
	return nil
}

// escaped reads what follows a reverse solidus, in the one spelling of each character.
func (r *reader) escaped() byte {
	if len(r.rest) == 0 {
		r.ok = false
		return 0
	}
	c := r.rest[0]
	r.rest = r.rest[1:]
	switch c {
	case '"', '\\':
		return c
	case 'b':
		return '\b'
	case 't':
		return '\t'
	case 'n':
		return '\n'
	case 'f':
		return '\f'
	case 'r':
		return '\r'
	case 'u':
		for value := byte(1); value < 0x20; value++ { // not NUL, which no record holds
			if full := appendString(nil, string(rune(value))); len(full) == 8 && len(r.rest) >= 4 && string(r.rest[:4]) == string(full[3:7]) {
				r.rest = r.rest[4:]
				return value
			}
		}
	}
	r.ok = false
	return 0
}

// until takes what stands before the next comma.
func (r *reader) until() string {
	n := bytes.IndexByte(r.rest, ',')
	if n < 0 || n > 20 {
		r.ok = false
		return ""
	}
	text := string(r.rest[:n])
	r.rest = r.rest[n:]
	return text
}

func (r *reader) number() uint64 {
	text := r.until()
	n, err := strconv.ParseUint(text, 10, 64)
	r.ok = r.ok && err == nil && strconv.FormatUint(n, 10) == text
	return n
}

func (r *reader) kronor() int64 {
	ore, ok := ParseKronor(r.until())
	r.ok = r.ok && ok
	return ore
}

// strs reads a list after its bracket, past its last.
func (r *reader) strs() []string {
	list := []string{}
	for r.ok && (len(r.rest) == 0 || r.rest[0] != ']') {
		if len(list) > 0 {
			r.literal(",")
		}
		r.literal(`"`)
		list = append(list, r.str())
	}
	r.literal("]")
	return list
}

func (r *reader) digest() (d [32]byte) {
	if r.ok = r.ok && len(r.rest) > 64; !r.ok {
		return d
	}
	d, r.ok = digest(string(r.rest[:64]))
	r.rest = r.rest[64:]
	r.literal(`"`)
	return d
}
