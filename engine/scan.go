package engine

import (
	"unicode/utf16"
	"unicode/utf8"
)

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
