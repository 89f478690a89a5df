package ledger

import "unicode/utf8"

// maxDepth bounds how deep arrays and objects may nest in a record.
const maxDepth = 32

// A scanner walks JSON that has no white space between its tokens. Every method
// reports whether the text at the cursor was what it wanted; after false the
// cursor means nothing.
type scanner struct {
	text string
	at   int
}

// literal steps over the exact text want.
func (s *scanner) literal(want string) bool {
	if len(s.text)-s.at < len(want) || s.text[s.at:s.at+len(want)] != want {
		return false
	}
	s.at += len(want)
	return true
}

func (s *scanner) peek() byte {
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

// str steps over a string and returns what stands between its quotation marks,
// escapes and all.
func (s *scanner) str() (raw string, ok bool) {
	if !s.literal(`"`) {
		return "", false
	}
	start := s.at
	for s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == '"':
			raw = s.text[start:s.at]
			s.at++
			return raw, utf8.ValidString(raw)
		case c < 0x20:
			return "", false
		case c == '\\':
			if !s.escape() {
				return "", false
			}
		default:
			s.at++
		}
	}
	return "", false
}

func (s *scanner) escape() bool {
	s.at++
	c := s.peek()
	s.at++
	switch c {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return true
	case 'u':
		for range 4 {
			if !isHex(s.peek()) {
				return false
			}
			s.at++
		}
		return true
	}
	return false
}

// value steps over any JSON value and returns its text.
func (s *scanner) value(depth int) (raw string, ok bool) {
	start := s.at
	if depth > maxDepth {
		return "", false
	}
	switch c := s.peek(); c {
	case '"':
		_, ok = s.str()
	case '{':
		ok = s.members(depth, func(string, string) bool { return true })
	case '[':
		ok = s.elements(depth)
	case 't':
		ok = s.literal("true")
	case 'f':
		ok = s.literal("false")
	case 'n':
		ok = s.literal("null")
	default:
		ok = s.number()
	}
	return s.text[start:min(s.at, len(s.text))], ok
}

// members steps over an object and hands each member's name and value, as they
// are spelled, to visit.
func (s *scanner) members(depth int, visit func(name, value string) bool) bool {
	if !s.literal("{") {
		return false
	}
	if s.literal("}") {
		return true
	}
	for {
		name, ok := s.str()
		if !ok || !s.literal(":") {
			return false
		}
		value, ok := s.value(depth + 1)
		if !ok || !visit(name, value) {
			return false
		}
		if s.literal("}") {
			return true
		}
		if !s.literal(",") {
			return false
		}
	}
}

func (s *scanner) elements(depth int) bool {
	if !s.literal("[") {
		return false
	}
	if s.literal("]") {
		return true
	}
	for {
		if _, ok := s.value(depth + 1); !ok {
			return false
		}
		if s.literal("]") {
			return true
		}
		if !s.literal(",") {
			return false
		}
	}
}

func (s *scanner) number() bool {
	s.literal("-")
	if !s.literal("0") && !s.digits() {
		return false
	}
	if s.literal(".") && !s.digits() {
		return false
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.at++
		if c := s.peek(); c == '+' || c == '-' {
			s.at++
		}
		return s.digits()
	}
	return true
}

func (s *scanner) digits() bool {
	start := s.at
	for c := s.peek(); c >= '0' && c <= '9'; c = s.peek() {
		s.at++
	}
	return s.at > start
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// appendString writes s as a JSON string the way RFC 8785 does: only quotation
// mark, reverse solidus and control characters are escaped, each in one way.
func appendString(b []byte, s string) []byte {
	const short = "btn.fr" // for 0x08 to 0x0d
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c >= 0x08 && c <= 0x0d && c != 0x0b:
			b = append(b, '\\', short[c-0x08])
		case c < 0x20:
			const hexdigits = "0123456789abcdef"
			b = append(b, '\\', 'u', '0', '0', hexdigits[c>>4], hexdigits[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

// unescape undoes appendString. What appendString would not have written may come
// out as anything: the caller writes the whole text again and compares.
func unescape(raw string) string {
	b := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if c == '\\' && i+1 < len(raw) {
			i++
			switch c = raw[i]; c {
			case 'b':
				c = '\b'
			case 't':
				c = '\t'
			case 'n':
				c = '\n'
			case 'f':
				c = '\f'
			case 'r':
				c = '\r'
			case 'u':
				if i+4 < len(raw) {
					c = unhex(raw[i+3])<<4 | unhex(raw[i+4])
					i += 4
				}
			}
		}
		b = append(b, c)
	}
	return string(b)
}

func unhex(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	}
	return c - '0'
}
