package main

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/engine/words"
	"github.com/skalig/skalig/site"
	"github.com/skalig/skalig/wasm/contract"
)

//go:embed example.json
var example []byte

type assess struct {
	File      string `arg:"" optional:"" help:"Facts of a household (skalig/facts/1), or - for standard input."`
	Example   bool   `help:"Print an example of such a file and exit."`
	Guideline string `help:"A municipality's guideline, instead of the one kept for the facts' municipality." type:"existingfile"`
	Batch     bool   `help:"Read a household a line and print facts and result a line, in order (JSON lines)."`
	JSON      bool   `name:"json" help:"Print facts, result with trace, and explanation as JSON."`
	Language  string `help:"Language of the explanation." default:"sv"`
}

// Run computes and explains one household's month.
func (a *assess) Run(s streams) error {
	if a.Example {
		_, err := s.out.Write(example)
		return err
	}
	if a.File == "" {
		return hinted{errors.New("no file of facts was named"), "skalig assess --example > case.json && skalig assess case.json"}
	}
	if a.Batch {
		return a.batch(s)
	}
	facts, err := readFile(s, a.File, contract.MaxInput)
	if err != nil {
		return err
	}
	language, err := site.EngineWords(a.Language)
	if err != nil {
		return hinted{fmt.Errorf("there are no words in the language %q", a.Language), "Swedish is sv"}
	}
	guideline, err := a.guideline(s, facts)
	if err != nil {
		return err
	}
	out := contract.Explain(contract.Input(facts, guideline, language))
	var answer struct {
		Explanation words.Explanation `json:"explanation"`
		Errors      []problem         `json:"errors"`
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		return fmt.Errorf("couldn't read the engine's answer: %w", err)
	}
	if len(answer.Errors) > 0 {
		printProblems(s.err, answer.Errors)
		return errNo
	}
	if a.JSON {
		_, err := fmt.Fprintf(s.out, "%s\n", out)
		return err
	}
	return printExplanation(s.out, &answer.Explanation)
}

// guideline reads the file that was named, or finds the one in force.
func (a *assess) guideline(s streams, facts []byte) ([]byte, error) {
	if a.Guideline != "" {
		return readFile(s, a.Guideline, contract.MaxInput)
	}
	var f struct {
		Municipality string `json:"municipality"`
		Month        string `json:"month"`
	}
	if json.Unmarshal(facts, &f) != nil { // the engine says what is wrong with them
		return nil, nil
	}
	month, ok := engine.ParseMonth(f.Month)
	if !ok || f.Municipality == "" {
		return nil, nil
	}
	if e, ok := municipal.For(f.Municipality, month); ok {
		return e.Bytes, nil
	}
	return nil, nil
}

type problem struct {
	Code   string `json:"code"`
	Path   string `json:"path"`
	Detail string `json:"detail"`
	Text   string `json:"text"`
}

func printProblems(w io.Writer, problems []problem) {
	for _, p := range problems {
		path := p.Path
		if path == "" {
			path = "facts"
		}
		fmt.Fprintf(w, "error: %s: %s [%s]\n", path, p.Text, p.Code)
	}
	fmt.Fprintln(w, "hint: skalig assess --example prints a file that can be assessed")
}

func printExplanation(w io.Writer, e *words.Explanation) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", e.Headline)
	for _, s := range e.Summary {
		fmt.Fprintf(&b, "  %s\n", s)
	}
	width := 0
	for _, l := range e.Lines {
		width = max(width, 2*l.Depth+utf8.RuneCountInString(l.Label))
	}
	b.WriteString("\n")
	for _, l := range e.Lines {
		indent := strings.Repeat("  ", l.Depth)
		fill := strings.Repeat(" ", width-2*l.Depth-utf8.RuneCountInString(l.Label))
		amount := strings.Repeat(" ", max(0, 12-utf8.RuneCountInString(l.Amount))) + l.Amount
		fmt.Fprintf(&b, "%s%s%s  %s %s   %s\n", indent, l.Label, fill, l.Sign, amount, l.Provision)
		fmt.Fprintf(&b, "%s  %s\n", indent, l.Detail)
		if l.Note != "" {
			fmt.Fprintf(&b, "%s  [%s] %s\n", indent, l.Status, l.Note)
		}
	}
	for _, r := range e.Reasons {
		fmt.Fprintf(&b, "\n%s (%s)", r.Text, r.Provision)
	}
	for _, q := range e.Questions {
		fmt.Fprintf(&b, "\n%s [%s]", q.Text, q.Path)
	}
	if len(e.Reasons)+len(e.Questions) > 0 {
		b.WriteString("\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
