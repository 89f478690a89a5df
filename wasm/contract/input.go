package contract

// Input puts together the input of assess, or of explain when words is not
// nil; a nil guideline is left out. The words come first, so that even facts
// that are not JSON are refused in the reader's language. Each part must be one
// JSON value: a part that tries to be more becomes a repeated or unknown field,
// which the calls refuse.
func Input(facts, guideline, words []byte) []byte {
	in := make([]byte, 0, len(facts)+len(guideline)+len(words)+40)
	in = append(in, '{')
	if words != nil {
		in = append(append(append(in, `"words":`...), words...), ',')
	}
	if guideline != nil {
		in = append(append(append(in, `"guideline":`...), guideline...), ',')
	}
	return append(append(append(in, `"facts":`...), facts...), '}')
}
