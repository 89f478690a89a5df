// Package contract is the engine's interface to the world: JSON bytes in, JSON
// bytes out. The artefact exports it and native programs call it, so that both
// run the same code from the first byte to the last.
//
// # Calls
//
//	assess      {"facts":F,"guideline":G}            → {"facts":F,"result":R}
//	explain     {"facts":F,"guideline":G,"words":W}  → {"facts":F,"result":R,"explanation":E}
//	amount      an amount as a person typed it       → {"amount":1200.5}
//	parameters  (empty)                              → {"schema":"skalig/parameters/1","rows":[…]}
//
// F is skalig/facts/1, returned in canonical form; G a guideline, which may be
// left out; W a words file; R skalig/result/1; E an explanation. The forms are
// specified in packages sol and words.
//
// A call that cannot be answered gives {"errors":[{"code":…,"path":…}]}: codes of
// a closed list, the path to the field, a detail where the code needs one, and
// for explain a text in the words' language. No input makes a call fail in any
// other way.
package contract

import (
	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
	"github.com/skalig/skalig/engine/words"
)

// MaxInput is the largest input in bytes that a call reads.
const MaxInput = 1 << 20

// Names are the calls, in the order the artefact exports them.
var Names = []string{"assess", "explain", "amount", "parameters"}

// Call answers the call of the given name.
func Call(name string, in []byte) []byte {
	switch name {
	case "assess":
		return Assess(in)
	case "explain":
		return Explain(in)
	case "amount":
		return Amount(in)
	case "parameters":
		return Parameters(in)
	}
	return refuse([]engine.Problem{{Code: "unknown-call"}}, nil)
}

// Assess computes the right to support of a household.
func Assess(in []byte) []byte {
	c, problems := read(in, "assess")
	if len(problems) > 0 {
		return refuse(problems, nil)
	}
	var w engine.Writer
	w.Open('{')
	c.writeResult(&w)
	w.Close('}')
	return w.Bytes()
}

// Explain computes and explains.
func Explain(in []byte) []byte {
	c, problems := read(in, "explain")
	if len(problems) > 0 {
		return refuse(problems, c.words)
	}
	var w engine.Writer
	w.Open('{')
	r, t := c.writeResult(&w)
	e := c.words.Render(c.facts, c.guideline, &r, t)
	w.Key("explanation")
	e.Write(&w)
	w.Close('}')
	return w.Bytes()
}

// Amount reads an amount as people write one.
func Amount(in []byte) []byte {
	if len(in) > 200 {
		return refuse([]engine.Problem{{Code: string(engine.AmountForm)}}, nil)
	}
	o, err := engine.ReadAmount(string(in))
	if err != nil {
		return refuse([]engine.Problem{{Code: err.Error()}}, nil)
	}
	var w engine.Writer
	w.Open('{')
	w.Kronor("amount", o)
	w.Close('}')
	return w.Bytes()
}

// Parameters lists the national parameters; the input must be empty.
func Parameters(in []byte) []byte {
	if len(in) > 0 {
		return refuse([]engine.Problem{{Code: engine.TrailingBytes}}, nil)
	}
	var w engine.Writer
	sol.WriteParameters(&w)
	return w.Bytes()
}

// A call is the input of assess and explain.
type call struct {
	facts     *sol.Facts
	guideline *sol.Guideline
	words     *words.Words
}

var fields = []string{"facts", "guideline", "words"}

func read(in []byte, name string) (call, []engine.Problem) {
	c := call{guideline: &sol.Guideline{}}
	if len(in) > MaxInput {
		return c, []engine.Problem{{Code: "too-large"}}
	}
	known := fields
	if name == "assess" {
		known = fields[:2]
	}
	r := engine.NewReader(in, "")
	r.Object(known, func(i int) {
		switch known[i] {
		case "facts":
			c.facts = sol.ReadFacts(r)
		case "guideline":
			c.guideline = sol.ReadGuideline(r)
		case "words":
			c.words = words.Read(r)
		}
	})
	r.Done()
	if len(r.Problems()) == 0 {
		switch {
		case c.facts == nil:
			r.FailAt("facts", "required", "")
		case name == "explain" && c.words == nil:
			r.FailAt("words", "required", "")
		case c.facts.Municipality != "" && c.guideline.Municipality != "" && c.facts.Municipality != c.guideline.Municipality:
			r.FailAt("facts.municipality", "guideline-municipality", c.guideline.Municipality)
		case c.guideline.From > c.facts.Month:
			r.FailAt("facts.month", "guideline-later", c.guideline.From.String())
		}
	}
	return c, r.Problems()
}

func (c *call) writeResult(w *engine.Writer) (sol.Result, *engine.Trace) {
	t := &engine.Trace{}
	r := sol.Assess(c.facts, c.guideline, t)
	w.Key("facts")
	c.facts.Write(w)
	w.Key("result")
	r.Write(w, t)
	return r, t
}

// refuse answers with problems; with words each one has a text.
func refuse(problems []engine.Problem, in *words.Words) []byte {
	var w engine.Writer
	w.Open('{')
	w.Key("errors")
	w.Open('[')
	for _, p := range problems {
		w.Open('{')
		w.Text("code", p.Code)
		w.Text("path", p.Path)
		w.OptText("detail", p.Detail)
		if in != nil {
			w.Text("text", in.Problem(p))
		}
		w.Close('}')
	}
	w.Close(']')
	w.Close('}')
	return w.Bytes()
}
