package conformance

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Difference says where an answer first departs from the wanted one, by path:
//
//	result.trace.steps[0].value: want 4080, got 4081
//
// It is "" when the answers are the same bytes; white space after the answer
// does not count.
func Difference(want, got []byte) string {
	got = bytes.TrimRight(got, " \t\r\n")
	if bytes.Equal(want, got) {
		return ""
	}
	if len(got) == 0 {
		return "no answer"
	}
	a, b := jsontext.NewDecoder(bytes.NewReader(want)), jsontext.NewDecoder(bytes.NewReader(got))
	for {
		x, xErr := a.ReadToken()
		if xErr != nil {
			break
		}
		wanted, path := said(a, x), pathOf(a)
		y, err := b.ReadToken()
		if err != nil {
			return path + ": the answer is not JSON from here on: " + err.Error()
		}
		if found := said(b, y); wanted != found {
			return fmt.Sprintf("%s: want %s, got %s", path, wanted, found)
		}
	}
	if _, err := b.ReadToken(); err == nil {
		return "something follows the answer"
	}
	at := 0
	for at < min(len(want), len(got)) && want[at] == got[at] {
		at++
	}
	return fmt.Sprintf("the values are alike, but from byte %d on they are not written in canonical form", at)
}

// said writes the token that a decoder has just read.
func said(d *jsontext.Decoder, t jsontext.Token) string {
	switch t.Kind() {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '}', ']':
		return "its end"
	case '"':
		if kind, n := d.StackIndex(d.StackDepth()); kind == '{' && n%2 == 1 {
			return "the member " + shortened(t.String())
		}
		return `"` + shortened(t.String()) + `"`
	}
	return t.String()
}

func shortened(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// pathOf writes the place of a decoder's last token.
func pathOf(d *jsontext.Decoder) string {
	var b strings.Builder
	level := 0
	for name := range d.StackPointer().Tokens() {
		level++
		switch kind, _ := d.StackIndex(level); {
		case kind == '[':
			b.WriteString("[" + name + "]")
		case b.Len() > 0:
			b.WriteString("." + name)
		default:
			b.WriteString(name)
		}
	}
	if b.Len() == 0 {
		return "the answer"
	}
	return b.String()
}
