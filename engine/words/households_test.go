package words_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
	"github.com/skalig/skalig/engine/sol/soltest"
	"github.com/skalig/skalig/engine/words"
)

// TestEveryHouseholdIsExplained renders every case and generated households in
// every language: no key shows instead of a sentence, no placeholder is left or
// empty, no sentence is long when it is filled in, and every row is cited.
func TestEveryHouseholdIsExplained(t *testing.T) {
	inputs := households(t, 2000)
	eachLanguage(t, func(t *testing.T, lang string, w *words.Words) {
		c := checker{t: t, keys: texts(w), longest: longest(lang), seen: map[string]bool{}}
		var before *household
		for _, in := range inputs {
			h := assess(in)
			if h == nil {
				continue
			}
			e := w.Render(h.f, h.g, &h.r, &h.trace)
			c.explanation(&e)
			if before != nil {
				c.changes(w.Difference(before.f, h.f, sol.Difference(&before.trace, &h.trace)))
			}
			if t.Failed() {
				return
			}
			before = h
		}
		if len(c.seen) < 1000 {
			t.Errorf("only %d different texts were seen", len(c.seen))
		}
	})
}

// households returns the inputs of all cases and of n generated households.
func households(t *testing.T, n int) (all [][]byte) {
	t.Helper()
	cases, err := soltest.Cases()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		all = append(all, c.Input())
	}
	gen := soltest.NewGenerator(11)
	for range n {
		all = append(all, gen.Next())
	}
	return all
}

type household struct {
	f     *sol.Facts
	g     *sol.Guideline
	r     sol.Result
	trace engine.Trace
}

// assess returns nil for facts that the engine refuses.
func assess(in []byte) *household {
	f, g, ok := read(in)
	if !ok || len(f.Validate()) > 0 {
		return nil
	}
	h := &household{f: f, g: g}
	h.r = sol.Assess(f, g, &h.trace)
	return h
}

func read(in []byte) (*sol.Facts, *sol.Guideline, bool) {
	var f *sol.Facts
	g := &sol.Guideline{}
	r := engine.NewReader(in, "")
	r.Object([]string{"facts", "guideline"}, func(i int) {
		if i == 0 {
			f = sol.ReadFacts(r)
		} else {
			g = sol.ReadGuideline(r)
		}
	})
	return f, g, len(r.Problems()) == 0
}

type checker struct {
	t       *testing.T
	keys    map[string]string
	longest int
	seen    map[string]bool
}

func (c *checker) explanation(e *words.Explanation) {
	c.texts(e.Headline)
	c.texts(e.Summary...)
	for _, l := range e.Lines {
		c.texts(l.Label, l.Detail, l.Amount)
		if l.Provision == "" || l.Link == "" {
			c.t.Errorf("%q cites nothing", l.Label)
		}
		for _, in := range l.Inputs {
			c.texts(in.Label, in.Value, in.Source)
		}
		if l.Status != "" {
			c.texts(l.Note)
		}
	}
	for _, reason := range e.Reasons {
		c.texts(reason.Text, reason.Provision)
	}
	for _, q := range e.Questions {
		c.texts(q.Text)
	}
	c.texts(e.Distances...)
}

func (c *checker) changes(all []words.Change) {
	for _, change := range all {
		c.texts(change.Label, change.Effect)
	}
}

// gap is where a placeholder was filled with nothing.
var gap = regexp.MustCompile(`  | [.,?)]|\( |\(\)|^ | $`)

func (c *checker) texts(all ...string) {
	for _, text := range all {
		if c.seen[text] {
			continue
		}
		c.seen[text] = true
		if text == "" || strings.ContainsAny(text, "{}") || gap.MatchString(text) || c.isKey(text) {
			c.t.Errorf("not a sentence: %q", text)
		}
		for _, s := range sentences(text) {
			if len(s) > c.longest {
				c.t.Errorf("%d words when filled in: %s", len(s), strings.Join(s, " "))
			}
		}
	}
}

// isKey says whether a text looks like a key that had no words: it begins with
// the group of a key and has no space.
func (c *checker) isKey(text string) bool {
	group, rest, dotted := strings.Cut(text, ".")
	if !dotted || rest == "" || strings.Contains(text, " ") {
		return false
	}
	for key := range c.keys {
		if strings.HasPrefix(key, group+".") {
			return true
		}
	}
	return false
}
