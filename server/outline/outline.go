// Package outline holds XML documents to an outline of ours: which elements, in
// which order, how often, in which namespace, with which attributes and texts.
//
// # The form of an outline
//
// An outline is text, so that it can be read beside the contract that it is written
// from. A line is an element; what it holds stands below it, two spaces further in:
//
//	namespace s http://example.org/letters
//	type count [0-9]{1,15}
//
//	document letter
//	  s:Letter
//	    @lang? string
//	    s:To + string
//	    either
//	      s:Text string
//	      s:Number count
//	    ...
//
// After the name comes how often the element may stand in its place: once where
// nothing is said, ? + * as in a regular expression, or {0,10}. Then comes the type
// of its text, one regular expression or several that the whole text must match; an
// element without a type holds elements or nothing. Of the elements below either exactly
// one is there. A last line ... lets elements follow that have no place among these: they are not
// read.
// A line that begins with @ is an attribute, with a ? where it may be missing.
//
// A name without a prefix is in the namespace that a line "namespace - URI" names,
// else in none. The types string (any text), word (any but the empty one), boolean,
// date, dateTime, decimal, int and base64 are known; they are those of XML Schema,
// with dates that exist and no time zone that is not one. "nil?" after a type lets
// the element be empty with xsi:nil.
//
// # What is refused
//
// Whatever the outline does not say: another element, attribute, order or number, a
// text between elements, a document type, a processing instruction but the
// declaration, a second root, and a document that is larger or deeper than the
// bounds. Namespace declarations and what belongs to XML Schema's own instance
// namespace may stand anywhere.
package outline

import (
	"errors"
	"regexp"
)

// ErrForm says that a document is not of its outline.
var ErrForm = errors.New("the document is not of its form")

// An Outline is what a document must be.
type Outline struct{ root element }

// A Set holds outlines by name.
type Set map[string]*Outline

type element struct {
	space, name string
	min, max    int // max 0: any number
	text        *form
	attrs       []attribute
	of          []element
	either      bool // a choice, not an element: exactly one of those in of
	open        bool // any further elements may follow
}

type attribute struct {
	name string
	may  bool // be missing
	text *form
}

// A form is a simple type.
type form struct {
	match []*regexp.Regexp // all of them
	also  func(string) bool
	empty bool // the element may be empty with xsi:nil
}

func (f *form) fits(text string) bool {
	for _, m := range f.match {
		if !m.MatchString(text) {
			return false
		}
	}
	return f.also == nil || f.also(text)
}

// A Node is an element of a document that fits its outline.
type Node struct {
	Name string // without its prefix
	Text string
	Of   []*Node

	space string
	attrs map[string]string
	isNil bool
}

// All are the elements of a name directly in the node.
func (n *Node) All(name string) (out []*Node) {
	for _, c := range n.Of {
		if c.Name == name {
			out = append(out, c)
		}
	}
	return out
}

// At follows a path; a missing element is an empty one.
func (n *Node) At(path ...string) *Node {
	for _, name := range path {
		found := n.All(name)
		if len(found) == 0 {
			return &Node{}
		}
		n = found[0]
	}
	return n
}
