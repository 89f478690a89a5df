// Package contract is the engine's interface to the world: JSON bytes in, JSON
// bytes out. The artefact exports it and native programs call it, so that both
// run the same code from the first byte to the last.
//
// # Calls
//
//	assess      {"facts":F,"guideline":G}            → {"facts":F,"result":R}
//	explain     {"facts":F,"guideline":G,"words":W}  → {"facts":F,"result":R,"explanation":E}
//	difference  {"before":{"facts":F,"guideline":G},"after":{…},"words":W}
//	                                                 → {"before":R,"after":R,"changes":[C],"ore":n}
//	curve       {"facts":F,"guideline":G,"person":"p1","to":30000,"step":500}
//	                                                 → {"points":[P]}
//	bounds      {"facts":F,"guideline":G,"unknown":["costs[0]"]}
//	                                                 → {"lowest":n,"highest":n}
//	period      {"versions":[{"from":"2026-01","known":"2026-01-15","facts":F,"guideline":G}],
//	             "from":"2026-01","to":"2026-06","known":"2026-03-01"}
//	                                                 → {"spans":[{"from","to","version","result":R}]}
//	amount      an amount as a person typed it       → {"amount":1200.5}
//	parameters  (empty)                              → {"schema":"skalig/parameters/1","rows":[…]}
//
// F is skalig/facts/1, returned in canonical form; G a guideline, which may be
// left out; W a words file; R skalig/result/1; E an explanation. The forms are
// specified in packages sol and words. C is one cause of a difference, with its
// effect in öre; the effects sum to "ore", which is absent unless both results
// are computed. P is {"wage","support","disposable","plain":{"support",
// "disposable"},"marginal"} for one net wage of the person: plain is without
// jobbstimulans, marginal what is lost of the last krona, per mille. Bounds are
// the least and the most support, whatever the amounts of the unknown rows are
// and whatever answers are missing; "open":true stands for the highest where a
// cost has no limit, and neither where too much is unknown. A span of a
// period that cannot be assessed has "errors" instead of a result, and one of
// which nothing was known on the day has the version "none".
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
var Names = []string{"assess", "explain", "difference", "curve", "bounds", "period", "amount", "parameters"}

// Call answers the call of the given name.
func Call(name string, in []byte) []byte {
	switch name {
	case "assess":
		return Assess(in)
	case "explain":
		return Explain(in)
	case "difference":
		return Difference(in)
	case "curve":
		return Curve(in)
	case "bounds":
		return Bounds(in)
	case "period":
		return Period(in)
	case "amount":
		return Amount(in)
	case "parameters":
		return Parameters(in)
	}
	return refuse([]engine.Problem{{Code: "unknown-call"}}, nil)
}

// Assess computes the right to support of a household.
func Assess(in []byte) []byte {
	c, problems := read(in, nil)
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
	var e Explainer
	return e.Explain(in)
}

// An Explainer answers explain again and again, as a page asks at every
// keystroke: it keeps the words it read last and does not read the same bytes
// twice. Its answers are those of [Explain]. It serves one caller at a time.
type Explainer struct {
	file  []byte
	words *words.Words
}

// Explain computes and explains.
func (e *Explainer) Explain(in []byte) []byte {
	c, problems := read(in, e)
	if len(problems) > 0 {
		return refuse(problems, c.words)
	}
	var w engine.Writer
	w.Open('{')
	r, t := c.writeResult(&w)
	explanation := c.words.Render(c.facts, c.guideline, &r, t)
	w.Key("explanation")
	explanation.Write(&w)
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

// read reads the input of assess, or of explain when there is an explainer.
func read(in []byte, e *Explainer) (call, []engine.Problem) {
	c := call{guideline: &sol.Guideline{}}
	known := fields
	if e == nil {
		known = fields[:2]
	}
	r := open(in)
	if r == nil {
		return c, []engine.Problem{{Code: "too-large"}}
	}
	r.Object(known, func(i int) {
		switch known[i] {
		case "words":
			c.words = e.read(r)
		default:
			c.part(r, known[i])
		}
	})
	r.Done()
	c.check(r, "")
	if len(r.Problems()) == 0 && e != nil && c.words == nil {
		r.FailAt("words", "required", "")
	}
	return c, r.Problems()
}

// read reads words, unless they are the ones it read last.
func (e *Explainer) read(r *engine.Reader) *words.Words {
	if r.Ahead(e.file) {
		return e.words
	}
	file := append([]byte(nil), r.Value()...) // the input's bytes are the caller's
	part := engine.NewReader(file, "words")
	w := words.Read(part)
	if len(r.Problems()) > 0 || len(part.Problems()) > 0 {
		r.Adopt(part)
		return w
	}
	e.file, e.words = file, w
	return w
}

// open returns a reader of an input, or nil when it is too large.
func open(in []byte) *engine.Reader {
	if len(in) > MaxInput {
		return nil
	}
	return engine.NewReader(in, "")
}

// part reads the facts or the guideline.
func (c *call) part(r *engine.Reader, name string) {
	if name == "facts" {
		c.facts = sol.ReadFacts(r)
	} else {
		c.guideline = sol.ReadGuideline(r)
	}
}

// check holds that the facts are there and fit the guideline.
func (c *call) check(r *engine.Reader, at string) {
	if len(r.Problems()) > 0 {
		return
	}
	if c.facts == nil {
		r.FailAt(at+"facts", "required", "")
		return
	}
	for _, p := range c.facts.Fit(c.guideline) {
		r.FailAt(at+p.Path, p.Code, p.Detail)
	}
}

func (c *call) assess() (sol.Result, *engine.Trace) {
	t := &engine.Trace{}
	return sol.Assess(c.facts, c.guideline, t), t
}

func (c *call) writeResult(w *engine.Writer) (sol.Result, *engine.Trace) {
	r, t := c.assess()
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
	writeProblems(&w, problems, in)
	w.Close('}')
	return w.Bytes()
}

func writeProblems(w *engine.Writer, problems []engine.Problem, in *words.Words) {
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
}
