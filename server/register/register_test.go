package register_test

import (
	"context"
	"fmt"
	"reflect"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/skalig/skalig/server/register"
)

func answers(some ...register.Answer) []register.Answer {
	var out []register.Answer
	for _, a := range register.Agencies {
		one := register.Answer{Agency: a}
		for _, s := range some {
			if s.Agency == a {
				one = s
			}
		}
		out = append(out, one)
	}
	return out
}

func paid(kind string, ore int64, day string) register.Row {
	return register.Row{Kind: kind, Amount: ore, Paid: day, Text: kind}
}

// TestCompare: October's incomes, declared and seen.
func TestCompare(t *testing.T) {
	fk := func(rows ...register.Row) register.Answer {
		return register.Answer{Agency: register.Forsakringskassan, Rows: rows}
	}
	sick := func(ore int64) register.Declared {
		return register.Declared{Kind: "sicknessBenefit", Amount: ore, Month: "2026-10"}
	}
	for name, c := range map[string]struct {
		declared []register.Declared
		answers  []register.Answer
		want     string
	}{
		"the same":                        {[]register.Declared{sick(5000_00)}, answers(fk(paid("sicknessBenefit", 5000_00, "2026-10-25"))), "sicknessBenefit confirmed"},
		"two payments make one":           {[]register.Declared{sick(5000_00)}, answers(fk(paid("sicknessBenefit", 2000_00, "2026-10-05"), paid("sicknessBenefit", 3000_00, "2026-10-25"))), "sicknessBenefit confirmed"},
		"one öre more":                    {[]register.Declared{sick(5000_00)}, answers(fk(paid("sicknessBenefit", 5000_01, "2026-10-25"))), "sicknessBenefit more"},
		"not declared":                    {nil, answers(fk(paid("housingBenefit", 1300_00, "2026-10-27"))), "housingBenefit more"},
		"less than declared":              {[]register.Declared{sick(5000_00)}, answers(fk(paid("sicknessBenefit", 4000_00, "2026-10-25"))), "sicknessBenefit less"},
		"not seen":                        {[]register.Declared{sick(5000_00)}, answers(), "sicknessBenefit less"},
		"the payer is silent":             {[]register.Declared{sick(5000_00)}, answers(register.Answer{Agency: register.Forsakringskassan, Silence: register.Late}), ""},
		"another month":                   {nil, answers(fk(paid("housingBenefit", 1300_00, "2026-11-01"))), ""},
		"a wage is no agency's":           {[]register.Declared{{Kind: "wage", Amount: 9000_00, Month: "2026-10"}}, answers(), ""},
		"a row without a kind":            {nil, answers(fk(register.Row{Amount: 100_00, Paid: "2026-10-01", Text: "Något"})), ""},
		"nothing, and nothing":            {nil, answers(), ""},
		"one of two payers shows it all":  {[]register.Declared{{Kind: "housingBenefit", Amount: 900_00, Month: "2026-10"}}, answers(fk(paid("housingBenefit", 900_00, "2026-10-20")), register.Answer{Agency: register.Pensions, Silence: register.Down}), "housingBenefit confirmed"},
		"one of two payers shows a part":  {[]register.Declared{{Kind: "housingBenefit", Amount: 900_00, Month: "2026-10"}}, answers(fk(paid("housingBenefit", 400_00, "2026-10-20")), register.Answer{Agency: register.Pensions, Silence: register.Down}), ""},
		"a silent agency's rival is seen": {[]register.Declared{sick(1_00)}, answers(fk(paid("sicknessBenefit", 2_00, "2026-10-20")), register.Answer{Agency: register.Akassorna, Silence: register.Down}), "sicknessBenefit more"},
	} {
		got := ""
		for _, f := range register.Compare(c.declared, c.answers, "2026-10") {
			got += f.Kind + " " + string(f.Verdict)
			if len(f.Agencies) == 0 {
				t.Errorf("%s: nobody says it", name)
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// slow answers when its time has come, or when the caller goes.
type slow struct {
	after time.Duration
	asked *atomic.Int32
}

func (s slow) Ask(ctx context.Context, _ register.Query) []register.Answer {
	s.asked.Add(1)
	select {
	case <-time.After(s.after):
		return []register.Answer{{Agency: register.CSN, Rows: []register.Row{paid("studentAid", 1, "2026-10-01")}}}
	case <-ctx.Done():
		return nil
	}
}

// TestFetcher: asked once, remembered for half an hour, and never waited for
// longer than the bound.
func TestFetcher(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		var told int
		f := register.NewFetcher(slow{2 * time.Second, &asked}, 10*time.Second, time.Now, func(a []register.Answer, _ time.Duration) { told += len(a) })
		defer f.Close()
		q := register.Query{Number: "199211222386", From: "2026-10-01", To: "2026-11-22"}
		f.Begin("alva", q)
		f.Begin("alva", q)

		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if r := f.Result(short, "alva", q); len(r.Silent()) != len(register.Agencies) {
			t.Errorf("before the answer: %+v", r)
		}
		r := f.Result(t.Context(), "alva", q)
		if len(r.Answers) != len(register.Agencies) || len(r.Silent()) != len(register.Agencies)-1 || r.At == 0 {
			t.Errorf("the answer: %+v", r)
		}
		if again := f.Result(t.Context(), "alva", q); !reflect.DeepEqual(again, r) || asked.Load() != 1 {
			t.Errorf("asked %d times", asked.Load())
		}
		time.Sleep(31 * time.Minute)
		f.Result(t.Context(), "alva", q)
		if asked.Load() != 2 || told != 2*len(register.Agencies) {
			t.Errorf("half an hour later: asked %d times, told of %d answers", asked.Load(), told)
		}
	})
}

// TestFetcherForgets: so many persons are remembered, and the oldest gives way.
func TestFetcherForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const most = 5000
		var asked atomic.Int32
		f := register.NewFetcher(slow{0, &asked}, time.Second, time.Now, nil)
		defer f.Close()
		ask := func(n int) { f.Result(t.Context(), fmt.Sprint("person ", n), register.Query{}) }
		for n := range most {
			ask(n)
		}
		f.Forget("person 0", register.Query{})
		ask(0) // anew, so that it is now the youngest
		ask(most)
		for _, c := range []struct{ person, asked int }{{most, 0}, {0, 0}, {3, 0}, {1, 1}} {
			before := asked.Load()
			if ask(c.person); int(asked.Load()-before) != c.asked {
				t.Errorf("person %d: asked %d times again, want %d", c.person, asked.Load()-before, c.asked)
			}
		}
	})
}

// TestFetcherHangs: a register that never answers is silent after the bound.
func TestFetcherHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		f := register.NewFetcher(slow{time.Hour, &asked}, 5*time.Second, time.Now, nil)
		defer f.Close()
		began := time.Now()
		r := f.Result(t.Context(), "alva", register.Query{})
		if took := time.Since(began); took != 5*time.Second || len(r.Silent()) != len(register.Agencies) || r.Answers[0].Silence != register.Late {
			t.Errorf("after %v: %+v", took, r)
		}
	})
}

func TestDemo(t *testing.T) {
	d := register.NewDemo(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), "199211222386", "199303012398", "200406122382")
	q := register.Query{From: "2026-10-01", To: "2026-11-22"}
	rows := func(number string) (n, silent int) {
		q.Number = number
		all := d.Ask(t.Context(), q)
		if len(all) != len(register.Agencies) {
			t.Fatalf("%d answers", len(all))
		}
		for i, a := range all {
			if a.Agency != register.Agencies[i] || a.Agency.Name() == "" {
				t.Errorf("answer %d is %s's", i, a.Agency)
			}
			n += len(a.Rows)
		}
		return n, len(register.Result{Answers: all}.Silent())
	}
	for number, want := range map[string][2]int{"199211222386": {0, 0}, "199303012398": {0, 1}, "200406122382": {1, 0}, "190001010000": {0, 0}} {
		if n, silent := rows(number); n != want[0] || silent != want[1] {
			t.Errorf("%d rows and %d silent, want %v", n, silent, want)
		}
	}
	q.To = "2026-10-24"
	if n, _ := rows("200406122382"); n != 0 {
		t.Errorf("%d rows until 24 October", n)
	}
}
