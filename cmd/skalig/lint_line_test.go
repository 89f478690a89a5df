package main

import (
	"testing"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
	"github.com/skalig/skalig/engine/sol/municipal"
)

// The lines are counted by hand; the file's first line is line 1.
const placed = `{
 "schema": "skalig/guideline/1",
 "housing": [
  { "label": "1",
    "max": -1 },
  [],
  { "adults": [1,
      "x"] }
 ], "costs": {
  "rent": {
   "rule": "actual" } },
 "costs": 3,
 "näring.a": 1,
 "costs":
   4
}
`

func TestLinesOf(t *testing.T) {
	for _, c := range []struct {
		path, code string
		want       int
	}{
		{"g", "type", 1},
		{"g.schema", "schema", 2},
		{"g.housing", "too-many", 3},
		{"g.housing[0]", "x", 4},
		{"g.housing[0].max", "amount-negative", 5},
		{"g.housing[0].perFurtherChild", "required", 4}, // is not there: its row
		{"g.housing[1]", "type", 6},
		{"g.housing[2].adults[0]", "range", 7},
		{"g.housing[2].adults[1]", "type", 8},
		{"g.housing[9].max", "x", 3},
		{"g.costs", "x", 9},
		{"g.costs.rent.rule", "unknown-choice", 11},
		{"g.n??ring.a", engine.UnknownField, 13}, // the Reader writes what is not ASCII byte by byte
		{"g.from", "required", 1},
	} {
		if got := linesOf([]byte(placed), "g", []engine.Problem{{Code: c.code, Path: c.path}}); got[0] != c.want {
			t.Errorf("%s: line %d, want %d", c.path, got[0], c.want)
		}
	}
	repeated := engine.Problem{Code: engine.RepeatedField, Path: "g.costs"}
	if got := linesOf([]byte(placed), "g", []engine.Problem{repeated, repeated}); got[0] != 12 || got[1] != 14 {
		t.Errorf("the repeats of costs are on the lines %v, want 12 and 14", got)
	}
}

func TestLinesOfBrokenFiles(t *testing.T) {
	for in, want := range map[string]int{
		"":                            1,
		"{\n\"a\": 1,\n}":             2, // the comma
		"{\n\"a\": 1\n\"b\": 2}":      3,
		"{}\n\n{}":                    3,
		"{\n\n\"a\xff\": 1}":          3,
		"{\n\"a\": \"x\ny\"}":         2,
		"{\n\"schema\": \"\\ud800\"}": 2,
	} {
		r := engine.NewReader([]byte(in), "g")
		sol.ReadGuideline(r)
		r.Done()
		problems := r.Problems()
		last := len(problems) - 1
		for i := range problems {
			switch problems[i].Code {
			case engine.BadSyntax, engine.BadUTF8, engine.TrailingBytes:
				last = i
			}
		}
		if got := linesOf([]byte(in), "g", problems); got[last] != want {
			t.Errorf("%q: %v on line %d, want %d", in, problems[last], got[last], want)
		}
	}
}

// FuzzLinesOf holds that every problem of every file has a line of the file.
func FuzzLinesOf(f *testing.F) {
	for _, e := range municipal.All() {
		f.Add(e.Bytes)
	}
	f.Add([]byte(placed))
	f.Fuzz(func(t *testing.T, in []byte) {
		r := engine.NewReader(in, "g")
		sol.ReadGuideline(r)
		r.Done()
		last := 1
		for _, c := range in {
			if c == '\n' {
				last++
			}
		}
		for i, line := range linesOf(in, "g", r.Problems()) {
			if line < 1 || line > last {
				t.Errorf("%v on line %d of %d", r.Problems()[i], line, last)
			}
		}
	})
}
