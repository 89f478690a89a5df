// Package contract holds what is said to SSBTEK, and what our simulator says in its
// place, to the agencies' published contract.
//
// contract.txt is that contract in our words (package outline has its form): their
// schemas are theirs, and not kept here. It was held against the schemas by hand: on
// the client's question, the simulator's answers and fault, and on 2 763 copies of
// them in which an element, attribute or text was taken away, doubled, moved, renamed
// or changed, xmllint with the schemas and these outlines gave the same verdict, but
// for 28 that the outlines refuse and the schemas do not: they are narrower where the
// schema takes a default, any element, or letters that are no base64.
//
// A client must not hold the agencies themselves to it: the answer that one
// municipality has published as a sample lacks elements that the schemas demand, and
// a block that can be read is better than a silence.
package contract

import (
	_ "embed"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/skalig/skalig/server/outline"
)

// ErrForm says that a message is not the contract's.
var ErrForm = outline.ErrForm

//go:embed contract.txt
var text string

var outlines = outline.Must(text)

// Question reads a question.
func Question(message []byte) (*outline.Node, error) { return outlines["question"].Read(message) }

// Fault reads what comes instead of an answer where the service itself failed.
func Fault(message []byte) (*outline.Node, error) { return outlines["fault"].Read(message) }

// Answer reads an answer, and the document that CSN's block has in base64.
func Answer(message []byte) (*outline.Node, error) {
	n, err := outlines["answer"].Read(message)
	if err != nil {
		return nil, err
	}
	for _, inner := range n.At("Body", "hamtaBastjanstInformationResponse", "svarsdata", "CSN", "data").All("svar") {
		document, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(inner.Text), ""))
		if err == nil {
			_, err = outlines["csn"].Read(document)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: in the answer of CSN: %w", ErrForm, err)
		}
	}
	return n, nil
}
