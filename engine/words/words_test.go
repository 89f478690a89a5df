package words_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
	"github.com/skalig/skalig/engine/words"
)

// TestEveryReasonAndQuestionHasWords walks the closed lists.
func TestEveryReasonAndQuestionHasWords(t *testing.T) {
	w := open(t, first)
	var keys []string
	for _, r := range sol.Reasons {
		keys = append(keys, "reason."+string(r))
	}
	for _, q := range sol.Questions {
		keys = append(keys, "question."+string(q))
	}
	for _, k := range sol.CostKinds {
		keys = append(keys, "label.cost."+string(k))
	}
	for _, k := range sol.IncomeKinds {
		keys = append(keys, "label.income."+k)
	}
	for _, d := range sol.DayDivisors {
		keys = append(keys, "value.divisor."+d)
	}
	for _, s := range sol.Sources {
		keys = append(keys, "source."+s)
	}
	for _, k := range keys {
		if !w.Has(k) {
			t.Errorf("no words for %s", k)
		}
	}
}

func TestForms(t *testing.T) {
	w := open(t, first)
	for o, want := range map[engine.Ore]string{0: "0 kr", 522000: "5 220 kr", 24975: "249,75 kr", 100_000_005: "1 000 000,05 kr", -1250: "−12,50 kr", 99900: "999 kr"} {
		if got := strings.ReplaceAll(w.Money(o), "\u00a0", " "); got != want {
			t.Errorf("%d is written %q, want %q", o, got, want)
		}
	}
	if got := w.Month(engine.MonthOf(2026, 11)); got != "november 2026" {
		t.Error(got)
	}
}

func TestWordsAreReadStrictly(t *testing.T) {
	for in, want := range map[string]string{
		`{"schema":"skalig/words/1","language":"sv","name":"Svenska","text":{"a":"b","a":"c"}}`: "w.text.a repeated-field",
		`{"schema":"skalig/words/1","language":"sv","name":"Svenska"}`:                          "w required",
		`{"schema":"skalig/words/1","language":"sv","name":"Svenska","text":{"a":1}}`:           "w.text.a type",
	} {
		r := engine.NewReader([]byte(in), "w")
		words.Read(r)
		if p := r.Problems(); len(p) == 0 || p[0].Path+" "+p[0].Code != want {
			t.Errorf("%s: %v, want %s", in, p, want)
		}
	}
}

// TestProblemsHaveWords renders every problem that the engine gives for bad
// input; the list is closed by package contract's tests.
func TestProblemsHaveWords(t *testing.T) {
	w := open(t, first)
	if got := w.Problem(engine.Problem{Code: "no-norm", Detail: "2027"}); got != "Riksnormen för 2027 finns inte här. Välj en annan månad." {
		t.Error(got)
	}
	if got := w.Problem(engine.Problem{Code: "income-month", Detail: "2026-10"}); !strings.Contains(got, "oktober 2026") {
		t.Error(got)
	}
	if slices.Contains([]string{w.Problem(engine.Problem{Code: "unknown"})}, "") {
		t.Error("an unknown problem has an empty text")
	}
}
