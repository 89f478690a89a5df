package words_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
	"github.com/skalig/skalig/engine/sol/soltest"
	"github.com/skalig/skalig/engine/words"
	"github.com/skalig/skalig/site"
)

func swedish(t testing.TB) *words.Words {
	t.Helper()
	file, err := site.EngineWords("sv")
	if err != nil {
		t.Fatal(err)
	}
	r := engine.NewReader(file, "words")
	w := words.Read(r)
	r.Done()
	if p := r.Problems(); len(p) > 0 {
		t.Fatal(p)
	}
	return w
}

// TestEveryReasonAndQuestionHasWords walks the closed lists.
func TestEveryReasonAndQuestionHasWords(t *testing.T) {
	w := swedish(t)
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

// TestEveryHouseholdIsExplained renders generated households: no key shows
// instead of a sentence, no placeholder is left, and every provision is named.
func TestEveryHouseholdIsExplained(t *testing.T) {
	w := swedish(t)
	used := map[string]bool{}
	gen := soltest.NewGenerator(11)
	for range 5000 {
		f, g, ok := read(gen.Next())
		if !ok {
			continue
		}
		var trace engine.Trace
		r := sol.Assess(f, g, &trace)
		e := w.Render(f, g, &r, &trace)
		texts := append([]string{e.Headline}, e.Summary...)
		for _, l := range e.Lines {
			texts = append(texts, l.Label, l.Detail, l.Amount)
			if l.Provision == "" || l.Link == "" {
				t.Errorf("%q cites nothing", l.Label)
			}
			for _, in := range l.Inputs {
				texts = append(texts, in.Label, in.Value, in.Source)
			}
			if l.Status != "" {
				texts = append(texts, l.Note)
			}
		}
		for _, reason := range e.Reasons {
			texts = append(texts, reason.Text, reason.Provision)
		}
		for _, q := range e.Questions {
			texts = append(texts, q.Text)
		}
		for _, text := range texts {
			if strings.TrimSpace(text) == "" || strings.ContainsAny(text, "{}") || isKey(text) {
				t.Errorf("not a sentence: %q", text)
			}
			used[text] = true
		}
		if t.Failed() {
			return
		}
	}
	if len(used) < 1000 {
		t.Errorf("only %d different texts were seen", len(used))
	}
}

// isKey says whether a text looks like a key that had no words.
func isKey(text string) bool {
	for _, group := range []string{"label.", "detail.", "summary.", "headline.", "input.", "source.", "reason.", "question.", "status.", "rounding.", "value.", "format.", "who.", "month."} {
		if strings.HasPrefix(text, group) {
			return true
		}
	}
	return false
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

// TestSentencesAreShort keeps every sentence at 25 words or fewer.
func TestSentencesAreShort(t *testing.T) {
	swedish(t).Keys(func(key, text string) {
		for _, sentence := range strings.FieldsFunc(text, func(r rune) bool { return r == '.' || r == '?' || r == ':' || r == ';' }) {
			if n := len(strings.Fields(sentence)); n > 25 {
				t.Errorf("%s: %d words: %s", key, n, sentence)
			}
		}
	})
}

func TestForms(t *testing.T) {
	w := swedish(t)
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
	w := swedish(t)
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
