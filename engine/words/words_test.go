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

// TestForms holds each language to its way of writing amounts and months.
func TestForms(t *testing.T) {
	amounts := []engine.Ore{0, 522000, 24975, 100_000_005, -1250, 99900}
	for lang, want := range map[string][]string{
		"sv":            {"0 kr", "5 220 kr", "249,75 kr", "1 000 000,05 kr", "−12,50 kr", "999 kr", "november 2026"},
		"sv-x-lattlast": {"0 kronor", "5 220 kronor", "249,75 kronor", "1 000 000,05 kronor", "−12,50 kronor", "999 kronor", "november 2026"},
		"en":            {"0 kr", "5,220 kr", "249.75 kr", "1,000,000.05 kr", "−12.50 kr", "999 kr", "November 2026"},
		"ar":            {"0 kr", "5,220 kr", "249.75 kr", "1,000,000.05 kr", "−12.50 kr", "999 kr", "نوفمبر 2026"},
		"so":            {"0 kr", "5,220 kr", "249.75 kr", "1,000,000.05 kr", "−12.50 kr", "999 kr", "Nofembar 2026"},
		"prs":           {"0 kr", "5,220 kr", "249.75 kr", "1,000,000.05 kr", "−12.50 kr", "999 kr", "نومبر 2026"},
		"ti":            {"0 kr", "5,220 kr", "249.75 kr", "1,000,000.05 kr", "−12.50 kr", "999 kr", "ሕዳር 2026"},
		"uk":            {"0 kr", "5 220 kr", "249,75 kr", "1 000 000,05 kr", "−12,50 kr", "999 kr", "листопад 2026"},
		"fi":            {"0 kr", "5 220 kr", "249,75 kr", "1 000 000,05 kr", "−12,50 kr", "999 kr", "marraskuu 2026"},
	} {
		w := open(t, lang)
		var got []string
		for _, o := range amounts {
			got = append(got, strings.NewReplacer("\u00a0", " ", "\u2066", "", "\u2069", "").Replace(w.Money(o)))
		}
		if got = append(got, w.Month(engine.MonthOf(2026, 11))); !slices.Equal(got, want) {
			t.Errorf("%s writes %q, want %q", lang, got, want)
		}
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
