package words_test

import (
	"strings"
	"testing"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
	"github.com/skalig/skalig/engine/sol/soltest"
)

// TestCasesSay holds the Swedish explanation of cases against the sentences that
// stand in them.
func TestCasesSay(t *testing.T) {
	w := open(t, "sv")
	cases, err := soltest.Cases()
	if err != nil {
		t.Fatal(err)
	}
	said := 0
	for _, c := range cases {
		if c.Says == nil {
			continue
		}
		f, g, ok := read(c.Input())
		if !ok {
			t.Errorf("%s: its input cannot be read", c.Name)
			continue
		}
		f.Fit(g)
		var trace engine.Trace
		r := sol.Assess(f, g, &trace)
		e := w.Render(f, g, &r, &trace)
		text := plain(&e)
		for _, want := range c.Says {
			if said++; !strings.Contains(text, want) {
				t.Errorf("%s does not say %q but\n%s", c.Name, want, text)
			}
		}
	}
	if said < 15 {
		t.Errorf("only %d sentences were looked for", said)
	}
}
