package engine

import "unicode/utf8"

// A Writer appends canonical JSON: fields in the order they are written, no
// white space, strings with only the escapes JSON demands. The zero Writer is
// ready to use.
type Writer struct {
	buf   []byte
	comma bool
}

// Bytes returns what has been written.
func (w *Writer) Bytes() []byte { return w.buf }

// Open starts an object ('{') or an array ('[').
func (w *Writer) Open(c byte) {
	w.next()
	w.buf = append(w.buf, c)
	w.comma = false
}

// Close ends an object or an array.
func (w *Writer) Close(c byte) {
	w.buf = append(w.buf, c)
	w.comma = true
}

// Key writes a field's name; its value must follow.
func (w *Writer) Key(name string) {
	w.next()
	w.quote(name)
	w.buf = append(w.buf, ':')
	w.comma = false
}

// Text writes a field with a string.
func (w *Writer) Text(name, value string) { w.Key(name); w.Str(value) }

// OptText writes a field with a string unless it is empty.
func (w *Writer) OptText(name, value string) {
	if value != "" {
		w.Text(name, value)
	}
}

// Int writes a field with an integer.
func (w *Writer) Int(name string, n int64) {
	w.Key(name)
	w.buf = AppendInt(w.buf, n)
	w.comma = true
}

// Kronor writes a field with an amount.
func (w *Writer) Kronor(name string, o Ore) {
	w.Key(name)
	w.buf = AppendKronor(w.buf, o)
	w.comma = true
}

// Bool writes a field with true or false.
func (w *Writer) Bool(name string, v bool) {
	w.Key(name)
	if v {
		w.Raw("true")
	} else {
		w.Raw("false")
	}
}

// Str writes a string value.
func (w *Writer) Str(s string) {
	w.next()
	w.quote(s)
	w.comma = true
}

// Null writes null.
func (w *Writer) Null() { w.Raw("null") }

// Raw writes a value that is canonical JSON already.
func (w *Writer) Raw(json string) {
	w.next()
	w.buf = append(w.buf, json...)
	w.comma = true
}

func (w *Writer) next() {
	if w.comma {
		w.buf = append(w.buf, ',')
	}
}

const hexDigits = "0123456789abcdef"

func (w *Writer) quote(s string) {
	w.buf = append(w.buf, '"')
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			w.buf = append(w.buf, '\\', c)
			i++
		case c < 0x20:
			w.buf = append(w.buf, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			i++
		case c < utf8.RuneSelf:
			w.buf = append(w.buf, c)
			i++
		default:
			r, n := utf8.DecodeRuneInString(s[i:])
			w.buf = utf8.AppendRune(w.buf, r)
			i += n
		}
	}
	w.buf = append(w.buf, '"')
}
