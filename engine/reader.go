package engine

import (
	"unicode/utf16"
	"unicode/utf8"
)

// A Problem is one thing wrong with an input, with the path to it.
type Problem struct {
	Code   string // of a closed list, "unknown-field"
	Path   string // "facts.persons[0].age"; "" for the whole input
	Detail string // what the code needs to be understood: a year, a field's name; "" often
}

// The problems a Reader finds by itself.
const (
	BadSyntax     = "syntax"
	BadUTF8       = "utf8"
	BadType       = "type"
	BadNumber     = "number-form"
	BadText       = "text"
	TooDeep       = "too-deep"
	UnknownField  = "unknown-field"
	RepeatedField = "repeated-field"
	TrailingBytes = "trailing"
	TooMany       = "too-many"
	maxDepth      = 32
	maxProblems   = 50
	maxTextBytes  = 4096
)

// A Reader reads one JSON value strictly. It goes on after a value that is
// wrong in itself, so that a person sees all faults of a form at once, and
// stops at the first fault in the syntax. After Done, Problems lists what was
// wrong; the values read are valid only if it is empty.
type Reader struct {
	in       []byte
	at       int
	depth    int
	stopped  bool
	problems []Problem
	path     []byte
}

// NewReader returns a Reader of in, whose paths begin with root.
func NewReader(in []byte, root string) *Reader {
	return &Reader{in: in, path: append(make([]byte, 0, 64), root...)}
}

// Problems returns what was wrong so far.
func (r *Reader) Problems() []Problem { return r.problems }

// Done checks that nothing follows the value.
func (r *Reader) Done() {
	r.space()
	if !r.stopped && r.at < len(r.in) {
		r.stop(TrailingBytes)
	}
}

// Fail records a problem with the value at the current path.
func (r *Reader) Fail(code, detail string) { r.FailAt("", code, detail) }

// FailAt records a problem with the field sub of the current value; sub begins
// with '.' or '['.
func (r *Reader) FailAt(sub, code, detail string) {
	if len(r.problems) < maxProblems {
		r.problems = append(r.problems, Problem{code, string(r.path) + sub, detail})
	}
}

func (r *Reader) stop(code string) {
	if !r.stopped {
		r.Fail(code, "")
		r.stopped = true
	}
}

// Object reads an object whose fields are among names, at most 64. For each one
// present it calls field with the name's index; field must read the value. It
// returns the set of fields present as bits.
func (r *Reader) Object(names []string, field func(i int)) (present uint64) {
	if !r.enter('{') {
		return 0
	}
	for first := true; !r.leave('}', first); first = false {
		key, ok := r.str()
		if !ok || !r.expect(':') {
			r.stop(BadSyntax)
			return present
		}
		mark := r.push(key)
		i := index(names, key)
		switch {
		case i < 0:
			r.Fail(UnknownField, "")
			r.Skip()
		case present&(1<<uint(i)) != 0:
			r.Fail(RepeatedField, "")
			r.Skip()
		default:
			present |= 1 << uint(i)
			field(i)
		}
		r.path = r.path[:mark]
	}
	return present
}

// Pairs reads an object with any fields, all of them strings of at most 4096
// bytes without control characters. The slices may lie in the input.
func (r *Reader) Pairs(pair func(key, value []byte)) {
	if !r.enter('{') {
		return
	}
	for first := true; !r.leave('}', first); first = false {
		key, ok := r.raw()
		if !ok || !r.expect(':') {
			r.stop(BadSyntax)
			return
		}
		if r.peek() != '"' {
			mark := r.push(string(key))
			r.wrongType()
			r.path = r.path[:mark]
			continue
		}
		value, ok := r.raw()
		if !ok {
			r.stop(BadSyntax)
			return
		}
		if len(value) > maxTextBytes || !printable(value) {
			mark := r.push(string(key))
			r.Fail(BadText, "")
			r.path = r.path[:mark]
		}
		pair(key, value)
	}
}

// Array reads an array of at most limit elements, calling element for each; it
// must read the value.
func (r *Reader) Array(limit int, element func(i int)) {
	if !r.enter('[') {
		return
	}
	for i := 0; !r.leave(']', i == 0); i++ {
		mark := len(r.path)
		r.path = append(AppendInt(append(r.path, '['), int64(i)), ']')
		switch {
		case i == limit:
			r.path = r.path[:mark]
			r.Fail(TooMany, string(AppendInt(nil, int64(limit))))
			r.Skip()
		case i > limit:
			r.Skip()
		default:
			element(i)
		}
		r.path = r.path[:mark]
	}
}

// Text reads a string of at most limit bytes without control characters.
func (r *Reader) Text(limit int) string {
	s := r.Verbatim(limit)
	if !printable(s) {
		r.Fail(BadText, "")
		return ""
	}
	return s
}

// printable says whether UTF-8 text has no control character: U+0000–001F,
// U+007F, or U+0080–009F, which is C2 80–9F.
func printable[Bytes string | []byte](s Bytes) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] == 0x7f || s[i] == 0xc2 && i+1 < len(s) && s[i+1] < 0xa0 {
			return false
		}
	}
	return true
}

// Verbatim reads a string of at most limit bytes, whatever characters it holds.
func (r *Reader) Verbatim(limit int) string {
	if r.peek() != '"' {
		r.wrongType()
		return ""
	}
	s, ok := r.str()
	if !ok {
		r.stop(BadSyntax)
		return ""
	}
	if len(s) > limit {
		r.Fail(BadText, "")
		return ""
	}
	return s
}

// Choice reads a string that must be one of choices and returns it; code is the
// problem when it is not.
func (r *Reader) Choice(choices []string, code string) string {
	before := len(r.problems)
	s := r.Text(maxTextBytes)
	if i := index(choices, s); i >= 0 {
		return choices[i]
	}
	if len(r.problems) == before {
		r.Fail(code, "")
	}
	return ""
}

// Bool reads true or false.
func (r *Reader) Bool() bool {
	switch {
	case r.literal("true"):
		return true
	case r.literal("false"):
		return false
	}
	r.wrongType()
	return false
}

// Amount reads an amount in kronor: digits, and at most two decimals after a
// point. The limits are 0 and [MaxAmount].
func (r *Reader) Amount() Ore {
	whole, cents, decimals, negative, ok := r.number()
	switch {
	case !ok:
		return 0
	case negative:
		r.Fail(string(AmountNegative), "")
	case decimals > 2:
		r.Fail(string(AmountDecimals), "")
	case whole > int64(MaxAmount)/100 || Kronor(whole)+Ore(cents) > MaxAmount:
		r.Fail(string(AmountTooLarge), "")
	default:
		return Kronor(whole) + Ore(cents)
	}
	return 0
}

// Int reads an integer from low to high; code is the problem when it is not in
// the range.
func (r *Reader) Int(low, high int64, code string) int64 {
	n, _, decimals, negative, ok := r.number()
	if !ok {
		return 0
	}
	if negative {
		n = -n
	}
	if decimals > 0 || n < low || n > high {
		r.Fail(code, "")
		return 0
	}
	return n
}

// Month reads "YYYY-MM".
func (r *Reader) Month() Month {
	before := len(r.problems)
	m, ok := ParseMonth(r.Text(16))
	if !ok && len(r.problems) == before {
		r.Fail("month-form", "")
	}
	return m
}

// Value reads any value and returns its bytes as they stand.
func (r *Reader) Value() []byte {
	r.space()
	start := r.at
	r.Skip()
	if r.stopped {
		return nil
	}
	return r.in[start:r.at]
}

// Ahead reads past an object that was read before, if its very bytes stand
// here; else it reads nothing.
func (r *Reader) Ahead(object []byte) bool {
	r.space()
	if r.stopped || len(object) == 0 || len(r.in)-r.at < len(object) || string(r.in[r.at:r.at+len(object)]) != string(object) {
		return false
	}
	r.at += len(object)
	return true
}

// Adopt adds the problems that a reader of a part has found.
func (r *Reader) Adopt(part *Reader) {
	for _, p := range part.problems {
		if len(r.problems) < maxProblems {
			r.problems = append(r.problems, p)
		}
	}
}

// Skip reads past any value.
func (r *Reader) Skip() {
	switch c := r.peek(); {
	case c == '{':
		if r.enter('{') {
			for first := true; !r.leave('}', first); first = false {
				if _, ok := r.str(); !ok || !r.expect(':') {
					r.stop(BadSyntax)
					return
				}
				r.Skip()
			}
		}
	case c == '[':
		if r.enter('[') {
			for first := true; !r.leave(']', first); first = false {
				r.Skip()
			}
		}
	case c == '"':
		if _, ok := r.str(); !ok {
			r.stop(BadSyntax)
		}
	case c == '-' || ('0' <= c && c <= '9'):
		r.skipNumber()
	default:
		if !r.literal("true") && !r.literal("false") && !r.literal("null") {
			r.stop(BadSyntax)
		}
	}
}

func (r *Reader) wrongType() {
	before := r.stopped
	r.Skip()
	if !r.stopped || before {
		r.Fail(BadType, "")
	}
}

func (r *Reader) enter(open byte) bool {
	if r.stopped {
		return false
	}
	if r.peek() != open {
		r.wrongType()
		return false
	}
	if r.depth++; r.depth > maxDepth {
		r.stop(TooDeep)
		return false
	}
	r.at++
	return true
}

// leave reads the end of an object or array, or the comma before the next
// element; it returns true at the end and after a fault.
func (r *Reader) leave(end byte, first bool) bool {
	if r.stopped {
		return true
	}
	switch c := r.peek(); {
	case c == end:
		r.at++
		r.depth--
		return true
	case first:
		return false
	case c == ',':
		r.at++
		if r.peek() == end {
			r.stop(BadSyntax)
			return true
		}
		return false
	}
	r.stop(BadSyntax)
	return true
}

func (r *Reader) expect(c byte) bool {
	if r.peek() != c {
		return false
	}
	r.at++
	return true
}

func (r *Reader) push(key string) int {
	mark := len(r.path)
	if mark > 0 {
		r.path = append(r.path, '.')
	}
	if len(key) > 40 {
		key = key[:40]
	}
	for i := 0; i < len(key); i++ {
		c := key[i]
		if c < 0x21 || c > 0x7e || c == '"' || c == '\\' {
			c = '?'
		}
		r.path = append(r.path, c)
	}
	return mark
}

func (r *Reader) space() {
	for r.at < len(r.in) {
		switch r.in[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return
		}
	}
}

func (r *Reader) peek() byte {
	r.space()
	if r.stopped || r.at >= len(r.in) {
		return 0
	}
	return r.in[r.at]
}

func (r *Reader) literal(word string) bool {
	r.space()
	if r.stopped || len(r.in)-r.at < len(word) || string(r.in[r.at:r.at+len(word)]) != word {
		return false
	}
	r.at += len(word)
	return true
}

// number reads a JSON number without exponent; cents holds the first two
// decimals. A number beyond 15 digits is read as too large for any use here.
func (r *Reader) number() (whole, cents int64, decimals int, negative, ok bool) {
	c := r.peek()
	if c != '-' && (c < '0' || c > '9') {
		r.wrongType()
		return 0, 0, 0, false, false
	}
	start := r.at
	r.skipNumber()
	if r.stopped {
		return 0, 0, 0, false, false
	}
	scale := int64(10)
	point := false
	for _, c := range r.in[start:r.at] {
		switch {
		case c == '-':
			negative = true
		case c == '.':
			point = true
		case c < '0' || c > '9':
			r.Fail(BadNumber, "")
			return 0, 0, 0, false, false
		case point:
			decimals++
			cents += int64(c-'0') * scale
			scale /= 10
		case whole < 1e15:
			whole = whole*10 + int64(c-'0')
		}
	}
	return whole, cents, decimals, negative, true
}

// skipNumber reads past a number of JSON's grammar, RFC 8259 section 6.
func (r *Reader) skipNumber() {
	if r.in[r.at] == '-' {
		r.at++
	}
	if r.digit() == '0' {
		r.at++
	} else if r.digits() == 0 {
		r.stop(BadSyntax)
		return
	}
	if r.at < len(r.in) && r.in[r.at] == '.' {
		r.at++
		if r.digits() == 0 {
			r.stop(BadSyntax)
			return
		}
	}
	if r.at < len(r.in) && (r.in[r.at] == 'e' || r.in[r.at] == 'E') {
		r.at++
		if r.at < len(r.in) && (r.in[r.at] == '+' || r.in[r.at] == '-') {
			r.at++
		}
		if r.digits() == 0 {
			r.stop(BadSyntax)
			return
		}
	}
	if r.digit() != 0 {
		r.stop(BadSyntax)
	}
}

func (r *Reader) digit() byte {
	if r.at < len(r.in) && '0' <= r.in[r.at] && r.in[r.at] <= '9' {
		return r.in[r.at]
	}
	return 0
}

func (r *Reader) digits() (n int) {
	for r.digit() != 0 {
		r.at++
		n++
	}
	return n
}

// str reads a string with its escapes resolved. A lone surrogate and invalid
// UTF-8 stop the reader.
func (r *Reader) str() (string, bool) {
	b, ok := r.raw()
	return string(b), ok
}

// raw is str without a copy where there are no escapes.
func (r *Reader) raw() ([]byte, bool) {
	if r.peek() != '"' {
		return nil, false
	}
	r.at++
	start, ascii := r.at, true
	for r.at < len(r.in) {
		switch c := r.in[r.at]; {
		case c == '"':
			b := r.in[start:r.at:r.at]
			r.at++
			if !ascii && !utf8.Valid(b) {
				r.stop(BadUTF8)
				return nil, false
			}
			return b, true
		case c == '\\':
			return r.escaped(append(make([]byte, 0, 2*(r.at-start)+16), r.in[start:r.at]...))
		case c < 0x20:
			return nil, false
		case c >= utf8.RuneSelf:
			ascii = false
		}
		r.at++
	}
	return nil, false
}

func (r *Reader) escaped(b []byte) ([]byte, bool) {
	for r.at < len(r.in) {
		c := r.in[r.at]
		r.at++
		switch {
		case c == '"':
			if !utf8.Valid(b) {
				r.stop(BadUTF8)
				return nil, false
			}
			return b, true
		case c < 0x20:
			return nil, false
		case c != '\\':
			b = append(b, c)
			continue
		}
		if r.at >= len(r.in) {
			return nil, false
		}
		c = r.in[r.at]
		r.at++
		switch c {
		case '"', '\\', '/':
			b = append(b, c)
		case 'b':
			b = append(b, '\b')
		case 'f':
			b = append(b, '\f')
		case 'n':
			b = append(b, '\n')
		case 'r':
			b = append(b, '\r')
		case 't':
			b = append(b, '\t')
		case 'u':
			c, ok := r.codepoint()
			if !ok {
				return nil, false
			}
			b = utf8.AppendRune(b, c)
		default:
			return nil, false
		}
	}
	return nil, false
}

func (r *Reader) codepoint() (rune, bool) {
	c, ok := r.hex4()
	if !ok || !utf16.IsSurrogate(c) {
		return c, ok
	}
	if r.at+1 >= len(r.in) || r.in[r.at] != '\\' || r.in[r.at+1] != 'u' {
		return 0, false
	}
	r.at += 2
	low, ok := r.hex4()
	c = utf16.DecodeRune(c, low)
	return c, ok && c != utf8.RuneError
}

func (r *Reader) hex4() (rune, bool) {
	if len(r.in)-r.at < 4 {
		return 0, false
	}
	var n rune
	for _, c := range r.in[r.at : r.at+4] {
		switch {
		case '0' <= c && c <= '9':
			n = n<<4 | rune(c-'0')
		case 'a' <= c && c <= 'f':
			n = n<<4 | rune(c-'a'+10)
		case 'A' <= c && c <= 'F':
			n = n<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	r.at += 4
	return n, true
}

func index(list []string, s string) int {
	for i := range list {
		if list[i] == s {
			return i
		}
	}
	return -1
}
