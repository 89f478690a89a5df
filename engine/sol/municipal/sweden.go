package municipal

import (
	_ "embed"
	"strings"
)

// sweden.txt holds the code and name of every municipality, in the order of the
// Swedish alphabet: Statistics Sweden's division of the country, 290
// municipalities since 1 January 2003. A name carries no "kommun" and no county.
//
//go:embed sweden.txt
var sweden string

// A Place is one of Sweden's municipalities, with or without a guideline here.
type Place struct{ Code, Name string }

// Sweden returns every municipality by name.
func Sweden() []Place {
	var all []Place
	for line := range strings.Lines(sweden) {
		code, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		all = append(all, Place{code, name})
	}
	return all
}
