package sol_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
	"github.com/skalig/skalig/engine/sol/soltest"
)

// TestCases holds the engine against households worked by hand.
func TestCases(t *testing.T) {
	cases, err := soltest.Cases()
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) < 50 {
		t.Fatalf("only %d cases", len(cases))
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			f, g := readCase(t, c)
			var trace engine.Trace
			r := sol.Assess(f, g, &trace)
			checkCase(t, c, r, &trace)
			checkSums(t, &trace)
			if bare := sol.Assess(f, g, nil); bare.Outcome != r.Outcome || bare.Support != r.Support || bare.Surplus != r.Surplus {
				t.Errorf("without a trace: %s %d/%d, with one: %s %d/%d", bare.Outcome, bare.Support, bare.Surplus, r.Outcome, r.Support, r.Surplus)
			}
		})
	}
}

func readCase(t *testing.T, c soltest.Case) (*sol.Facts, *sol.Guideline) {
	t.Helper()
	r := engine.NewReader(c.Facts, "facts")
	f := sol.ReadFacts(r)
	r.Done()
	if p := r.Problems(); len(p) > 0 {
		t.Fatalf("facts: %v", p)
	}
	if c.Guideline == nil {
		if p := f.Fit(&sol.Guideline{}); len(p) > 0 {
			t.Fatalf("facts: %v", p)
		}
		return f, nil
	}
	r = engine.NewReader(c.Guideline, "guideline")
	g := sol.ReadGuideline(r)
	r.Done()
	if p := r.Problems(); len(p) > 0 {
		t.Fatalf("guideline: %v", p)
	}
	if p := f.Fit(g); len(p) > 0 {
		t.Fatalf("facts: %v", p)
	}
	return f, g
}

// checkCase compares the first line of want with the outcome, all reasons and
// questions, and the named rows in order.
func checkCase(t *testing.T, c soltest.Case, r sol.Result, trace *engine.Trace) {
	t.Helper()
	got := string(r.Outcome)
	switch {
	case r.Surplus > 0:
		got += " " + kronor(r.Surplus)
	case r.Computed():
		got += " " + kronor(r.Support)
	}
	if got != c.Want[0] {
		t.Errorf("got %q, want %q", got, c.Want[0])
	}
	var notes, checks []string
	for _, reason := range r.Reasons {
		notes = append(notes, fmt.Sprintf("reason %s %s", reason.Code, reason.Path))
	}
	for _, q := range r.Questions {
		notes = append(notes, fmt.Sprintf("question %s %s", q.Code, q.Path))
	}
	for _, c := range r.Checks {
		checks = append(checks, fmt.Sprintf("check %s %s", c.Code, kronor(c.Expected)))
	}
	var wantNotes []string
	at := 0
	for _, want := range c.Want[1:] {
		word, rest, _ := strings.Cut(want, " ")
		switch word {
		case "reason", "question":
			wantNotes = append(wantNotes, want)
		case "check":
			if !slices.Contains(checks, want) {
				t.Errorf("no %q among %v", want, checks)
			}
		case "act":
			if got := r.Rule.Act + " " + r.Rule.Ordinance; got != rest {
				t.Errorf("by %s, want %s", got, rest)
			}
		case "rounding":
			checkRounding(t, trace, rest)
		case "input":
			checkInput(t, trace, rest)
		default:
			if at = findRow(trace, at, want); at < 0 {
				t.Errorf("no row %q in order among\n%s", want, rows(trace))
				at = 0
			}
		}
	}
	if strings.Join(notes, "\n") != strings.Join(wantNotes, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(notes, "\n"), strings.Join(wantNotes, "\n"))
	}
}

func row(s *engine.Step) string {
	line := kronor(s.Value) + " " + s.Rule
	if s.Branch != "" {
		line += "/" + s.Branch
	}
	if s.Subject != "" {
		line += " " + s.Subject
	}
	return line
}

func rows(t *engine.Trace) string {
	var b strings.Builder
	for i := range t.Steps {
		fmt.Fprintf(&b, "%s%s\n", strings.Repeat("  ", t.Steps[i].Depth), row(&t.Steps[i]))
	}
	return b.String()
}

// findRow returns the row's place: after at, or a sum above it.
func findRow(t *engine.Trace, at int, want string) int {
	for i := at; i < len(t.Steps); i++ {
		if row(&t.Steps[i]) == want {
			return i
		}
	}
	for i := 0; i < at; i++ {
		if t.Steps[i].Op == engine.OpSum && row(&t.Steps[i]) == want {
			return at
		}
	}
	return -1
}

func checkRounding(t *testing.T, trace *engine.Trace, want string) {
	t.Helper()
	rule, rounding, _ := strings.Cut(want, " ")
	for i := range trace.Steps {
		if s := &trace.Steps[i]; s.Rule == rule && string(s.Rounding) == rounding {
			return
		}
	}
	t.Errorf("no %s was rounded by %s", rule, rounding)
}

func checkInput(t *testing.T, trace *engine.Trace, want string) {
	t.Helper()
	for i := range trace.Steps {
		for _, in := range trace.Steps[i].Inputs {
			if fmt.Sprintf("%s %s %s", trace.Steps[i].Rule, in.Name, kronor(engine.Ore(in.N))) == want {
				return
			}
		}
	}
	t.Errorf("no input %q", want)
}

// checkSums holds that every sum is the signed sum of the steps directly below.
func checkSums(t *testing.T, trace *engine.Trace) {
	t.Helper()
	for i := range trace.Steps {
		if trace.Steps[i].Op != engine.OpSum {
			continue
		}
		var sum engine.Ore
		for k := i + 1; k < trace.Below(i); k = trace.Below(k) {
			sum += trace.Steps[k].Value * engine.Ore(trace.Steps[k].Sign)
		}
		if sum != trace.Steps[i].Value {
			t.Errorf("%s is %s but its rows sum to %s", trace.Steps[i].Rule, kronor(trace.Steps[i].Value), kronor(sum))
		}
	}
}

func kronor(o engine.Ore) string { return string(engine.AppendKronor(nil, o)) }
