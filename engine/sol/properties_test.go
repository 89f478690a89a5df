package sol_test

import (
	"slices"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
	"github.com/skalig/skalig/engine/sol/soltest"
)

const households = 20_000

// each calls do with valid generated households.
func each(t *testing.T, do func(f *sol.Facts, g *sol.Guideline)) {
	t.Helper()
	gen, valid := soltest.NewGenerator(7), 0
	for range households {
		r := engine.NewReader(gen.Next(), "")
		var f *sol.Facts
		var g *sol.Guideline
		r.Object([]string{"facts", "guideline"}, func(i int) {
			if i == 0 {
				f = sol.ReadFacts(r)
			} else {
				g = sol.ReadGuideline(r)
			}
		})
		if len(r.Problems()) == 0 {
			valid++
			do(f, g)
		}
		if t.Failed() {
			return
		}
	}
	if valid < households/2 {
		t.Fatalf("only %d of %d households were valid", valid, households)
	}
}

// net is what the household has a right to; a surplus is negative.
func net(r sol.Result) engine.Ore { return r.Support - r.Surplus }

func TestLinesSumInEveryHousehold(t *testing.T) {
	each(t, func(f *sol.Facts, g *sol.Guideline) {
		var trace engine.Trace
		r := sol.Assess(f, g, &trace)
		checkSums(t, &trace)
		if r.Computed() && trace.Steps[0].Value != net(r) {
			t.Errorf("the trace ends in %d, the result in %d", trace.Steps[0].Value, net(r))
		}
		for i := range trace.Steps {
			if _, ok := sol.Provision(trace.Steps[i].Cite); !ok {
				t.Errorf("%s cites %q", trace.Steps[i].Rule, trace.Steps[i].Cite)
			}
		}
		for _, reason := range r.Reasons {
			if !slices.Contains(sol.Reasons, reason.Code) {
				t.Errorf("reason %q is not in the closed list", reason.Code)
			}
		}
		for _, q := range r.Questions {
			if !slices.Contains(sol.Questions, q.Code) {
				t.Errorf("question %q is not in the closed list", q.Code)
			}
		}
	})
}

// TestMoreIncomeNeverGivesMore adds to an income that is there.
func TestMoreIncomeNeverGivesMore(t *testing.T) {
	each(t, func(f *sol.Facts, g *sol.Guideline) {
		if len(f.Incomes) == 0 {
			return
		}
		before := sol.Assess(f, g, nil)
		f.Incomes[0].Amount += engine.Kronor(137)
		after := sol.Assess(f, g, nil)
		if before.Computed() && after.Computed() && net(after) > net(before) {
			t.Errorf("more income raised the support from %d to %d", net(before), net(after))
		}
	})
}

// TestMoreCostNeverGivesLess adds to a cost that is there.
func TestMoreCostNeverGivesLess(t *testing.T) {
	each(t, func(f *sol.Facts, g *sol.Guideline) {
		if len(f.Costs) == 0 {
			return
		}
		before := sol.Assess(f, g, nil)
		f.Costs[0].Amount += engine.Kronor(211)
		after := sol.Assess(f, g, nil)
		if before.Computed() && after.Computed() && net(after) < net(before) {
			t.Errorf("a higher cost lowered the support from %d to %d", net(before), net(after))
		}
	})
}

func TestOrderIsIrrelevant(t *testing.T) {
	each(t, func(f *sol.Facts, g *sol.Guideline) {
		before := sol.Assess(f, g, nil)
		slices.Reverse(f.Persons)
		slices.Reverse(f.Costs)
		slices.Reverse(f.Incomes)
		after := sol.Assess(f, g, nil)
		if before.Outcome != after.Outcome || net(before) != net(after) || before.AppliedInFull != after.AppliedInFull ||
			len(before.Reasons) != len(after.Reasons) || len(before.Questions) != len(after.Questions) {
			t.Errorf("in another order: %+v, %+v", before, after)
		}
	})
}

func TestSplittingACostChangesNothing(t *testing.T) {
	each(t, func(f *sol.Facts, g *sol.Guideline) {
		if len(f.Costs) == 0 || f.Costs[0].Amount < 2 {
			return
		}
		before := sol.Assess(f, g, nil)
		part := f.Costs[0]
		part.ID, part.Amount = "split", f.Costs[0].Amount/3
		f.Costs[0].Amount -= part.Amount
		f.Costs = append(f.Costs, part)
		after := sol.Assess(f, g, nil)
		if before.Outcome != after.Outcome || net(before) != net(after) || before.AppliedInFull != after.AppliedInFull {
			t.Errorf("split: %+v, whole: %+v", after, before)
		}
	})
}

// TestCanonicalFactsAreTheFacts reads what is written and writes it again.
func TestCanonicalFactsAreTheFacts(t *testing.T) {
	each(t, func(f *sol.Facts, g *sol.Guideline) {
		var w, again engine.Writer
		f.Write(&w)
		if !jsontext.Value(w.Bytes()).IsValid() {
			t.Fatalf("not JSON: %s", w.Bytes())
		}
		r := engine.NewReader(w.Bytes(), "facts")
		back := sol.ReadFacts(r)
		r.Done()
		if p := r.Problems(); len(p) > 0 {
			t.Fatalf("%v in %s", p, w.Bytes())
		}
		back.Write(&again)
		if string(again.Bytes()) != string(w.Bytes()) {
			t.Errorf("%s was read and written as %s", w.Bytes(), again.Bytes())
		}
	})
}

// TestEveryMonth sweeps the calendar: a month has one law and one row of figures
// or none, and is refused by name where there is none.
func TestEveryMonth(t *testing.T) {
	have := map[int]bool{2014: true, 2019: true, 2021: true, 2023: true, 2024: true, 2025: true, 2026: true}
	for m := engine.MonthOf(2010, 1); m <= engine.MonthOf(2030, 12); m++ {
		f := single(m)
		problems := f.Validate()
		if have[m.Year()] != (len(problems) == 0) {
			t.Errorf("%s: %v", m, problems)
		}
		if len(problems) > 0 {
			if problems[0].Code != "no-norm" || problems[0].Detail != m.String()[:4] {
				t.Errorf("%s is refused with %v", m, problems[0])
			}
			continue
		}
		want := "sol2001"
		if m >= engine.MonthOf(2025, 7) {
			want = "sol2025"
		}
		if r := sol.Assess(f, nil, nil); r.Rule.Act != want || r.Rule.Norm != m.Year() {
			t.Errorf("%s: %+v", m, r)
		}
	}
}

func single(m engine.Month) *sol.Facts {
	return &sol.Facts{Month: m, Housing: sol.Housing{Rooms: sol.Unknown, Community: sol.Unknown},
		Persons: []sol.Person{{ID: "p1", Adult: true, Age: 30, Days: sol.Unknown, EarnedThisYear: sol.Unknown, MonthsInRow: 7, JobbstimulansFrom: sol.Never}}}
}

func TestAssessWithoutTraceAllocatesNothing(t *testing.T) {
	f := single(engine.MonthOf(2026, 3))
	f.Persons = append(f.Persons, sol.Person{ID: "c1", Age: 8, Days: 15, EarnedThisYear: sol.Unknown, MonthsInRow: sol.Unknown})
	f.Costs = []sol.Cost{{ID: "k1", Kind: "rent", Amount: engine.Kronor(5000), Km: sol.Unknown}}
	f.Incomes = []sol.Income{{ID: "i1", Kind: "wage", Person: "p1", Amount: engine.Kronor(4000), Source: "declared"}}
	g := &sol.Guideline{}
	g.Costs[0].Rule = "actual"
	if n := testing.AllocsPerRun(100, func() { sol.Assess(f, g, nil) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestAllocations holds an assessment with its whole trace, of the household with
// most rows among the cases, to the allocations it has: the trace's growing.
func TestAllocations(t *testing.T) {
	f, g := allRows(t)
	if n := testing.AllocsPerRun(100, func() {
		var tr engine.Trace
		sol.Assess(f, g, &tr)
	}); n > 16 {
		t.Errorf("%v allocations", n)
	}
}

func allRows(t testing.TB) (*sol.Facts, *sol.Guideline) {
	t.Helper()
	cases, err := soltest.Cases()
	if err != nil {
		t.Fatal(err)
	}
	c := cases[slices.IndexFunc(cases, func(c soltest.Case) bool { return c.Name == "2026-household-all-rows" })]
	return sol.ReadFacts(engine.NewReader(c.Facts, "facts")), sol.ReadGuideline(engine.NewReader(c.Guideline, "guideline"))
}

func BenchmarkAssess(b *testing.B) {
	f, g := allRows(b)
	b.Run("without-trace", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			sol.Assess(f, g, nil)
		}
	})
	b.Run("with-trace", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var t engine.Trace
			sol.Assess(f, g, &t)
		}
	})
}
