package outline

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// MaxBytes and maxDepth bound a document.
const (
	MaxBytes = 8 << 20
	maxDepth = 64
)

const instance = "http://www.w3.org/2001/XMLSchema-instance"

// Read reads a document that must fit the outline.
func (o *Outline) Read(document []byte) (*Node, error) {
	root, err := tree(document)
	if err != nil {
		return nil, err
	}
	if err := fits(root, &o.root); err != nil {
		return nil, err
	}
	return root.Of[0], nil
}

// tree reads a document as it is, below an element without a name.
func tree(document []byte) (*Node, error) {
	if len(document) > MaxBytes {
		return nil, fmt.Errorf("%w: it is larger than %d bytes", ErrForm, MaxBytes)
	}
	d := xml.NewDecoder(bytes.NewReader(document))
	d.Strict, d.Entity = true, nil
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, ErrForm } // UTF-8 alone
	stack := []*Node{{}}
	for {
		at := d.InputOffset()
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return stack[0], nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: it is no XML", ErrForm)
		}
		top := stack[len(stack)-1]
		switch t := token.(type) {
		case xml.StartElement:
			if len(stack) > maxDepth {
				return nil, fmt.Errorf("%w: it is too deep", ErrForm)
			}
			n := node(&t)
			top.Of = append(top.Of, n)
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.Text += string(t)
		case xml.Directive:
			return nil, fmt.Errorf("%w: it has a document type", ErrForm)
		case xml.ProcInst:
			if at != 0 || t.Target != "xml" {
				return nil, fmt.Errorf("%w: it has a processing instruction", ErrForm)
			}
		}
	}
}

func node(t *xml.StartElement) *Node {
	n := &Node{Name: t.Name.Local, space: t.Name.Space, attrs: map[string]string{}}
	for _, a := range t.Attr {
		switch {
		case a.Name.Space == "xmlns", a.Name.Space == "" && a.Name.Local == "xmlns":
		case a.Name.Space == instance:
			n.isNil = n.isNil || a.Name.Local == "nil" && (a.Value == "true" || a.Value == "1")
		case a.Name.Space == "":
			n.attrs[a.Name.Local] = a.Value
		default:
			n.attrs[a.Name.Space+" "+a.Name.Local] = a.Value
		}
	}
	return n
}

// fits holds a node against its element.
func fits(n *Node, e *element) error {
	wrong := func(what string) error { return fmt.Errorf("%w: in %s %s", ErrForm, e.name, what) }
	if err := e.attributes(n); err != nil {
		return err
	}
	if e.text != nil {
		if n.isNil && e.text.empty && n.Text == "" && len(n.Of) == 0 {
			return nil
		}
		if len(n.Of) > 0 || !e.text.fits(n.Text) {
			return wrong("the text is not of its form")
		}
		return nil
	}
	if strings.TrimSpace(n.Text) != "" {
		return wrong("there is a text between the elements")
	}
	rest := n.Of
	for i := range e.of {
		var err error
		if rest, err = e.of[i].take(rest, e.name); err != nil {
			return err
		}
	}
	for _, more := range rest {
		if !e.open || e.names(more) {
			return wrong("an element is unknown, or in another place: " + more.Name)
		}
	}
	return nil
}

// names says whether the outline has a place for the node in the element.
func (e *element) names(n *Node) bool {
	return slices.ContainsFunc(e.of, func(c element) bool {
		return c.name == n.Name && c.space == n.space || c.either && c.names(n)
	})
}

// take holds the first of some nodes against one place in the outline, and gives
// those that are left.
func (e *element) take(nodes []*Node, in string) ([]*Node, error) {
	if e.either {
		return e.choose(nodes, in)
	}
	seen := 0
	for len(nodes) > 0 && nodes[0].Name == e.name && nodes[0].space == e.space && (e.max == 0 || seen < e.max) {
		if err := fits(nodes[0], e); err != nil {
			return nil, err
		}
		nodes = nodes[1:]
		seen++
	}
	if seen < e.min {
		return nil, fmt.Errorf("%w: in %s %s is missing, or in another place", ErrForm, in, e.name)
	}
	return nodes, nil
}

func (e *element) choose(nodes []*Node, in string) ([]*Node, error) {
	for i := range e.of {
		if c := &e.of[i]; len(nodes) > 0 && nodes[0].Name == c.name && nodes[0].space == c.space {
			return c.take(nodes, in)
		}
	}
	if e.min == 0 {
		return nodes, nil
	}
	return nil, fmt.Errorf("%w: in %s none of the choices is there", ErrForm, in)
}

func (e *element) attributes(n *Node) error {
	left := len(n.attrs)
	for _, a := range e.attrs {
		v, ok := n.attrs[a.name]
		if !ok && a.may {
			continue
		}
		if !ok || !a.text.fits(v) {
			return fmt.Errorf("%w: in %s the attribute %s is missing, or not of its form", ErrForm, e.name, a.name)
		}
		left--
	}
	if left > 0 {
		return fmt.Errorf("%w: %s has an attribute that is unknown", ErrForm, e.name)
	}
	return nil
}
