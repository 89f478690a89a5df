package engine

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
