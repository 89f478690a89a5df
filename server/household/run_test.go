package household_test

import (
	"testing"

	"github.com/skalig/skalig/server/household"
)

// TestAgrees: what is stated of months with support is held to what was stated and
// decided before. The case that the last decision is about is November's.
func TestAgrees(t *testing.T) {
	in := func(n int) *int { return &n }
	granted, refused := map[string]bool{"2026-11": true}, map[string]bool{"2026-11": false}
	november := func(n *int, from string) household.Run { return household.Run{"2026-11", n, from, false} }
	december := func(n *int, from string) household.Run { return household.Run{"2026-12", n, from, false} }
	earned := func(r household.Run) household.Run {
		r.Earned = true
		return r
	}
	for name, c := range map[string]struct {
		then, now household.Run
		decided   map[string]bool
		want      bool
	}{
		"nothing was decided":                   {household.Run{}, december(in(9), ""), nil, true},
		"a month more":                          {november(in(2), ""), december(in(3), ""), granted, true},
		"none, after a month with support":      {november(in(2), ""), december(in(0), ""), granted, false},
		"fewer than before":                     {november(in(2), ""), december(in(2), ""), granted, false},
		"more than before":                      {november(in(2), ""), december(in(9), ""), granted, false},
		"it was not known before":               {november(nil, ""), december(in(9), ""), granted, true},
		"not known, and none now":               {november(nil, ""), december(in(0), ""), granted, false},
		"it is not known now":                   {november(in(2), ""), december(nil, ""), granted, true},
		"none, after a refusal":                 {november(in(2), ""), december(in(0), ""), refused, true},
		"a refused month counted":               {november(in(2), ""), december(in(3), ""), refused, false},
		"another's decision, unknown before":    {household.Run{}, december(in(0), ""), granted, false},
		"a gap, and a run through it":           {november(in(2), ""), household.Run{"2027-02", in(5), "", false}, granted, true},
		"a gap, and a run that is too long":     {november(in(2), ""), household.Run{"2027-02", in(6), "", false}, granted, false},
		"a gap, and a run that begins after it": {november(in(2), ""), household.Run{"2027-02", in(1), "", false}, granted, true},
		"a gap, and a run to the month after":   {november(in(2), ""), household.Run{"2027-02", in(2), "", false}, granted, false},

		"jobbstimulans goes on":                     {november(in(8), "2026-09"), december(in(9), "2026-09"), granted, true},
		"it goes on, after a refusal":               {november(in(8), "2026-09"), december(in(0), "2026-09"), refused, true},
		"it is left out":                            {november(in(8), "2026-09"), december(in(9), ""), granted, false},
		"it has moved":                              {november(in(8), "2026-09"), december(in(9), "2026-10"), granted, false},
		"it begins now":                             {november(in(5), ""), december(in(6), "2026-12"), granted, true},
		"it began with the last decision":           {november(in(6), ""), december(in(7), "2026-11"), granted, true},
		"it had begun, and was not said":            {november(in(8), ""), december(in(9), "2026-09"), granted, false},
		"never, and never":                          {november(in(8), "never"), december(in(9), "never"), granted, true},
		"never, after it had begun":                 {november(in(8), "2026-09"), december(in(9), "never"), granted, false},
		"it had begun, and never was said":          {november(in(8), "never"), december(in(9), "2026-09"), granted, false},
		"it begins after one month":                 {november(in(0), ""), december(in(1), "2026-12"), granted, false},
		"it begins without a month":                 {household.Run{}, december(in(0), "2026-12"), nil, false},
		"a run as long as it":                       {household.Run{}, december(in(3), "2026-09"), nil, false},
		"the run began later":                       {household.Run{}, december(in(2), "2026-09"), nil, true},
		"six months before it, one of them refused": {household.Run{}, december(nil, "2026-12"), refused, false},
		"a second one, as soon as can be":           {november(in(5), "2024-06"), december(in(6), "2026-12"), granted, true},
		"it began with a wage, and is left out":     {earned(november(in(6), "never")), december(in(7), "never"), granted, false},
		"it began with a wage":                      {earned(november(in(6), "never")), december(in(7), "2026-11"), granted, true},
		"it would have, but for a refusal":          {earned(november(in(6), "never")), december(in(0), "never"), refused, true},
		"it begins in this very month":              {earned(november(in(6), "never")), earned(november(in(6), "never")), granted, true},
		"too early for it":                          {earned(november(in(5), "never")), december(in(6), "never"), granted, true},
		"a second one began, and the first is said": {earned(november(in(6), "2024-05")), december(in(7), "2024-05"), granted, false},
		"a second one began":                        {earned(november(in(6), "2024-05")), december(in(7), "2026-11"), granted, true},
		"no wage, so none began":                    {november(in(6), "never"), december(in(7), "never"), granted, true},
		"a second one too soon":                     {november(in(5), "2024-07"), december(in(6), "2026-12"), granted, false},
	} {
		if got := c.now.Agrees(c.then, c.decided); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestRun(t *testing.T) {
	f, err := household.Parse([]byte(`{"month":"2026-11","persons":[{"id":"c1","role":"child"},{"id":"p1","role":"adult","monthsInRow":3,"jobbstimulansFrom":"2026-01"},` +
		`{"id":"p2","role":"adult"}],"incomes":[{"kind":"wage","person":"p1","amount":1},{"kind":"pension","person":"p2","amount":1}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if r := f.Run(0); r.Month != "2026-11" || r.InRow == nil || *r.InRow != 3 || r.StimulusFrom != "2026-01" || !r.Earned {
		t.Errorf("the first adult: %+v", r)
	}
	if r := f.Run(1); r.Month != "2026-11" || r.InRow != nil || r.Earned {
		t.Errorf("the second adult: %+v", r)
	}
	if r := f.Run(2); r != (household.Run{}) {
		t.Errorf("no third adult: %+v", r)
	}
}
