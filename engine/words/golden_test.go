package words_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
	"github.com/skalig/skalig/engine/sol/soltest"
	"github.com/skalig/skalig/engine/words"
)

var update = flag.Bool("update", false, "write testdata/*.golden anew")

// shown are the cases whose whole explanation is kept in testdata, for a
// caseworker to read in every language: each rule, outcome and kind of doubt in
// at least one of them.
var shown = []string{
	"2025-06-old-act",
	"2026-11-activity-status",
	"2026-child-half-time",
	"2026-community-of-5",
	"2026-costs-within-limits",
	"2026-household-all-rows",
	"2026-household-of-9",
	"2026-jobbstimulans-5000",
	"2026-jobbstimulans-five-months",
	"2026-lunch-unknown",
	"2026-months-in-row-unknown",
	"2026-pupil-65000",
	"2026-rent-above-limit",
	"2026-surplus",
	"assets-and-earlier-surplus",
	"child-18-outside-school",
	"circumstances",
	"helsingborg-travel-too-near",
	"kungsbacka-empty-guideline",
	"rent-8500-trelleborg-2019",
	"vimmerby-rooms-unknown",
}

// TestGolden compares the explanations with testdata/<case>.<language>.golden.
// Lines begin with * for the summary, ! for a reason, ? for a question and ~ for
// a distance; no-break spaces are written as spaces.
func TestGolden(t *testing.T) {
	cases, err := soltest.Cases()
	if err != nil {
		t.Fatal(err)
	}
	kept, err := filepath.Glob("testdata/*.golden")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range shown {
		at := slices.IndexFunc(cases, func(c soltest.Case) bool { return c.Name == name })
		if at < 0 {
			t.Errorf("no case %s", name)
			continue
		}
		f, g, ok := read(cases[at].Input())
		if !ok {
			t.Errorf("couldn't read the case %s", name)
			continue
		}
		var trace engine.Trace
		r := sol.Assess(f, g, &trace)
		for _, lang := range languages(t) {
			e := open(t, lang).Render(f, g, &r, &trace)
			file := filepath.Join("testdata", name+"."+lang+".golden")
			kept = slices.DeleteFunc(kept, func(k string) bool { return k == file })
			golden(t, file, plain(&e))
		}
	}
	for _, file := range kept {
		t.Errorf("%s belongs to no case", file)
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	a, b := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Errorf("%s:%d: got %q, want %q; -update writes it anew", file, i+1, a[i], b[i])
			return
		}
	}
	t.Errorf("%s: got %d lines, want %d; -update writes it anew", file, len(a), len(b))
}

const width = 76 // columns of a golden file's amounts

// plain writes an explanation as text.
func plain(e *words.Explanation) string {
	var b strings.Builder
	fmt.Fprintln(&b, e.Headline)
	for _, s := range e.Summary {
		fmt.Fprintln(&b, "*", s)
	}
	for i := range e.Lines {
		b.WriteString("\n")
		line(&b, &e.Lines[i])
	}
	if len(e.Reasons)+len(e.Questions)+len(e.Distances)+len(e.Checks) > 0 {
		b.WriteString("\n")
	}
	for _, r := range e.Reasons {
		fmt.Fprintf(&b, "! %s\n  %s\n", r.Text, r.Provision)
	}
	for _, q := range e.Questions {
		fmt.Fprintln(&b, "?", q.Text)
	}
	for _, d := range e.Distances {
		fmt.Fprintln(&b, "~", d)
	}
	for _, c := range e.Checks {
		fmt.Fprintln(&b, "#", c)
	}
	return strings.ReplaceAll(b.String(), "\u00a0", " ")
}

func line(b *strings.Builder, l *words.Line) {
	indent := strings.Repeat("    ", l.Depth)
	label := indent + l.Label
	amount := strings.TrimSpace(l.Sign + " " + l.Amount)
	gap := max(2, width-utf8.RuneCountInString(label)-utf8.RuneCountInString(amount))
	fmt.Fprintf(b, "%s%s%s\n", label, strings.Repeat(" ", gap), amount)
	for _, text := range []string{l.Detail, l.Provision, l.Note} {
		if text != "" {
			fmt.Fprintf(b, "%s  %s\n", indent, text)
		}
	}
	for _, in := range l.Inputs {
		fmt.Fprintf(b, "%s  - %s: %s (%s)\n", indent, in.Label, in.Value, in.Source)
	}
}
