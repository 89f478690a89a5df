package contract_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/engine/sol/soltest"
	"github.com/skalig/skalig/site"
	"github.com/skalig/skalig/wasm/contract"
)

func children(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,{"id":"c%d","role":"child","age":8}`, i)
	}
	return b.String()
}

const adult = `{"id":"p1","role":"adult","age":34}`

func facts(members string) string {
	return `{"facts":{"schema":"skalig/facts/1",` + members + `}}`
}

// TestBadInput holds that each kind of bad input is refused by name, at its
// path, with a sentence in Swedish, and that none makes the engine fail.
func TestBadInput(t *testing.T) {
	month := `"month":"2026-03","persons":[` + adult + `]`
	swedish, err := site.EngineWords("sv")
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		``:                           " syntax",
		`{"nonsense":1}`:             "nonsense unknown-field",
		`{}`:                         "facts required",
		`{"facts":{}}`:               "facts.schema required",
		"{\"facts\":\"\xff\"}":       "facts utf8",
		strings.Repeat(" ", 1<<20+1): " too-large",
		facts(`"month":"2027-01","persons":[` + adult + `]`):                                                                         "facts.month no-norm",
		facts(`"month":"2020-05","persons":[` + adult + `]`):                                                                         "facts.month no-norm",
		facts(`"month":"2022-05","persons":[` + adult + `]`):                                                                         "facts.month no-norm",
		facts(`"month":"2026-13","persons":[` + adult + `]`):                                                                         "facts.month month-form",
		facts(`"month":"2026-03","persons":[` + adult + children(51) + `]`):                                                          "facts.persons too-many-children",
		facts(`"month":"2026-03","persons":[` + adult + children(99) + `]`):                                                          "facts.persons too-many",
		facts(`"month":"2026-03","persons":[]`):                                                                                      "facts.persons no-adult",
		facts(`"month":"2026-03","persons":[` + adult + `,{"id":"p2","role":"adult","age":30},{"id":"p3","role":"adult","age":30}]`): "facts.persons too-many-adults",
		facts(`"month":"2026-03","persons":[` + adult + `,` + adult + `]`):                                                           "facts.persons[1].id repeated-id",
		facts(`"month":"2026-03","persons":[{"id":"P 1","role":"adult","age":34}]`):                                                  "facts.persons[0].id id-form",
		facts(`"month":"2026-03","persons":[{"id":"p1","role":"adult","age":17}]`):                                                   "facts.persons[0].age adult-age",
		facts(`"month":"2026-03","persons":[{"id":"p1","role":"adult","age":121}]`):                                                  "facts.persons[0].age age",
		facts(`"month":"2026-03","persons":[{"id":"p1","role":"adult","age":34,"lunch":"home"}]`):                                    "facts.persons[0].lunch not-for-adult",
		facts(`"month":"2026-03","persons":[{"id":"p1","role":"adult","age":34,"jobbstimulansFrom":"2026-04"}]`):                     "facts.persons[0].jobbstimulansFrom month-in-future",
		facts(`"month":"2026-03","persons":[{"id":"p1","role":"adult","age":34,"monthsInRow":601}]`):                                 "facts.persons[0].monthsInRow months-in-row",
		facts(`"month":"2026-03","persons":[` + adult + `,{"id":"c1","role":"child","age":21}]`):                                     "facts.persons[1].age child-age",
		facts(`"month":"2026-02","persons":[` + adult + `,{"id":"c1","role":"child","age":8,"days":29}]`):                            "facts.persons[1].days days",
		facts(`"month":"2026-03","persons":[` + adult + `,{"id":"c1","role":"child","age":8,"activity":"confirmed"}]`):               "facts.persons[1].activity not-for-child",
		facts(month + `,"housing":{"community":1}`):                                                                                  "facts.housing.community community-size",
		facts(month + `,"housing":{"rooms":51}`):                                                                                     "facts.housing.rooms rooms",
		facts(month + `,"costs":[{"id":"k1","kind":"rent","amount":-1}]`):                                                            "facts.costs[0].amount amount-negative",
		facts(month + `,"costs":[{"id":"k1","kind":"rent","amount":1e9}]`):                                                           "facts.costs[0].amount number-form",
		facts(month + `,"costs":[{"id":"k1","kind":"rent","amount":10000000.01}]`):                                                   "facts.costs[0].amount amount-too-large",
		facts(month + `,"costs":[{"id":"k1","kind":"rent","amount":1.005}]`):                                                         "facts.costs[0].amount amount-decimals",
		facts(month + `,"costs":[{"id":"k1","kind":"boat","amount":1}]`):                                                             "facts.costs[0].kind unknown-choice",
		facts(month + `,"costs":[{"id":"k1","kind":"rent","amount":1,"km":3}]`):                                                      "facts.costs[0].km not-for-kind",
		facts(month + `,"costs":[{"id":"k1","kind":"workTravel","amount":1,"km":1001}]`):                                             "facts.costs[0].km travel-km",
		facts(month + `,"incomes":[{"id":"i1","kind":"wage","person":"p9","amount":1}]`):                                             "facts.incomes[0].person unknown-person",
		facts(month + `,"incomes":[{"id":"i1","kind":"wage","person":"p1","amount":1,"month":"2026-03"}]`):                           "facts.incomes[0].month income-month",
		facts(month + `,"incomes":[{"id":"i1","kind":"wage","person":"p1"}]`):                                                        "facts.incomes[0].amount required",
		facts(month + `,"municipality":"12345"`):                                                                                     "facts.municipality municipality-form",
		facts(month + `,"schema":"skalig/facts/1"`):                                                                                  "facts.schema repeated-field",
		`{"facts":{"schema":"skalig/facts/2"}}`:                                                                                      "facts.schema schema",
		strings.Repeat(`{"facts":`, 30000):                                                                                           "facts.facts unknown-field",
	} {
		var answer struct {
			Errors []struct{ Code, Path, Detail, Text string } `json:"errors"`
		}
		if err := json.Unmarshal(contract.Assess([]byte(in)), &answer, json.MatchCaseInsensitiveNames(true)); err != nil {
			t.Fatalf("%.200s: %v", in, err)
		}
		if len(answer.Errors) == 0 || answer.Errors[0].Path+" "+answer.Errors[0].Code != want {
			t.Errorf("%.200s: got %+v, want %q", in, answer.Errors, want)
		}
		if !strings.HasPrefix(in, "{") || len(in) > 1<<19 {
			continue
		}
		explained := `{"words":` + string(swedish)
		if in != "{}" {
			explained += ","
		}
		answer.Errors = nil
		if err := json.Unmarshal(contract.Explain([]byte(explained+in[1:])), &answer, json.MatchCaseInsensitiveNames(true)); err != nil {
			t.Fatalf("%.200s: %v", in, err)
		}
		if len(answer.Errors) == 0 || answer.Errors[0].Text == "" || strings.Contains(answer.Errors[0].Text, "problem.") {
			t.Errorf("%.200s: no sentence: %+v", in, answer.Errors)
		}
	}
}

// TestGuidelineMustFit refuses another municipality's guideline and one that
// was not in force.
func TestGuidelineMustFit(t *testing.T) {
	demo, _ := municipal.File(municipal.Demo)
	for in, want := range map[string]string{
		`"month":"2026-03","municipality":"1287"`: "guideline-municipality",
		`"month":"2025-12","municipality":"9999"`: "guideline-later",
	} {
		facts := []byte(`{"schema":"skalig/facts/1",` + in + `,"persons":[` + adult + `]}`)
		if out := contract.Assess(contract.Input(facts, demo, nil)); !bytes.Contains(out, []byte(want)) {
			t.Errorf("%s: %s", in, out)
		}
	}
}

// TestPartsCannotBreakOut hands over facts that try to bring a guideline of
// their own.
func TestPartsCannotBreakOut(t *testing.T) {
	demo, _ := municipal.File(municipal.Demo)
	own := `{"schema":"skalig/guideline/1","municipality":"9999","name":"X","status":"signed","signedOffBy":"Y","from":"2026-01","source":"z"}`
	facts := `{"schema":"skalig/facts/1","month":"2026-03","persons":[` + adult + `]}`
	for _, part := range []string{facts + `,"guideline":` + own, facts + `,"x":1`, facts + "}", facts + `,"facts":` + facts} {
		if out := contract.Assess(contract.Input([]byte(part), demo, nil)); !bytes.HasPrefix(out, []byte(`{"errors":[`)) {
			t.Errorf("%s was answered with %s", part, out)
		}
	}
}

func TestAnswersAreJSON(t *testing.T) {
	gen := soltest.NewGenerator(3)
	for range 2000 {
		in := gen.Next()
		if out := contract.Assess(in); !jsontext.Value(out).IsValid() {
			t.Fatalf("%s was answered with %s", in, out)
		}
	}
	if out := contract.Parameters(nil); !jsontext.Value(out).IsValid() {
		t.Fatalf("%s", out)
	}
}

// TestExplainerAnswersAsExplain asks one explainer with two languages in turn,
// with words that are wrong between, and from a buffer that is used again.
func TestExplainerAnswersAsExplain(t *testing.T) {
	var e contract.Explainer
	cases, err := soltest.Cases()
	if err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 0, 1<<18)
	for i, c := range cases {
		language := []string{"sv", "sv", "en"}[i%3]
		file, err := site.EngineWords(language)
		if err != nil {
			t.Fatal(err)
		}
		if i%7 == 0 {
			file = bytes.Replace(file, []byte(`"text"`), []byte(`"texts"`), 1)
		}
		in := contract.Input(c.Facts, c.Guideline, file)
		want := contract.Explain(in)
		if got := e.Explain(append(buffer[:0], in...)); !bytes.Equal(got, want) {
			t.Fatalf("%s: got %.200s, want %.200s", c.Name, got, want)
		}
	}
}

func TestAmount(t *testing.T) {
	for in, want := range map[string]string{
		"1 200,50 kr":            `{"amount":1200.5}`,
		"1\u00a0200":             `{"amount":1200}`,
		"-5":                     `{"errors":[{"code":"amount-negative","path":""}]}`,
		"":                       `{"errors":[{"code":"amount-empty","path":""}]}`,
		strings.Repeat("1", 201): `{"errors":[{"code":"amount-form","path":""}]}`,
	} {
		if got := string(contract.Call("amount", []byte(in))); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
	if got := string(contract.Call("delete", nil)); got != `{"errors":[{"code":"unknown-call","path":""}]}` {
		t.Error(got)
	}
}

// FuzzCall feeds every call with anything: it answers with JSON.
func FuzzCall(f *testing.F) {
	cases, err := soltest.Cases()
	if err != nil {
		f.Fatal(err)
	}
	for _, c := range cases {
		f.Add(0, c.Input())
	}
	swedish, _ := site.EngineWords("sv")
	f.Add(1, contract.Input(cases[0].Facts, nil, swedish))
	f.Add(2, []byte("1 200,50 kr"))
	f.Fuzz(func(t *testing.T, call int, in []byte) {
		name := contract.Names[uint(call)%uint(len(contract.Names))]
		if out := contract.Call(name, in); !jsontext.Value(out).IsValid() {
			t.Fatalf("%s answered %q", name, out)
		}
	})
}

// TestDifference puts two households beside each other: a rent that rose by
// 500 kr is the one cause.
func TestDifference(t *testing.T) {
	swedish, err := site.EngineWords("sv")
	if err != nil {
		t.Fatal(err)
	}
	demo, _ := municipal.File(municipal.Demo)
	side := func(rent int) string {
		return fmt.Sprintf(`{"facts":{"schema":"skalig/facts/1","month":"2026-03","municipality":"9999","persons":[%s],"costs":[{"id":"k1","kind":"rent","amount":%d}]},"guideline":%s}`, adult, rent, demo)
	}
	in := `{"before":` + side(6000) + `,"after":` + side(6500) + `,"words":` + string(swedish) + `}`
	out := string(contract.Call("difference", []byte(in)))
	want := `"changes":[{"label":"Hyra","before":"+6` + "\u00a0" + `000` + "\u00a0" + `kr","after":"+6` + "\u00a0" + `500` + "\u00a0" + `kr","effect":"+500` + "\u00a0" + `kr","ore":50000}],"ore":50000}`
	if !strings.HasSuffix(out, want) {
		t.Errorf("%s\ndoes not end in\n%s", out, want)
	}
	for in, want := range map[string]string{
		`{}`:            "before required",
		`{"before":{}}`: "after required",
		`{"before":` + side(1) + `,"after":{},"words":` + string(swedish) + `}`:                    "after.facts required",
		strings.Replace(in, `"municipality": "9999"`, `"municipality": "9998"`, 1):                 "before.facts.municipality guideline-municipality",
		`{"before":` + side(1) + `,"after":` + side(2) + `,"words":` + string(swedish) + `,"x":1}`: "x unknown-field",
	} {
		if got := first(t, contract.Difference([]byte(in))); got != want {
			t.Errorf("%.80s: %s, want %s", in, got, want)
		}
	}
}

// TestCurve: a norm of 5 220 without jobbstimulans, wage 0 and 1 000.
func TestCurve(t *testing.T) {
	facts := `"facts":{"schema":"skalig/facts/1","month":"2026-03","persons":[{"id":"p1","role":"adult","age":34,"monthsInRow":0,"jobbstimulansFrom":"never"}]}`
	got := string(contract.Call("curve", []byte(`{`+facts+`,"person":"p1","to":1000,"step":1000}`)))
	want := `{"points":[{"wage":0,"support":5220,"disposable":5220,"plain":{"support":5220,"disposable":5220},"marginal":0},` +
		`{"wage":1000,"support":4220,"disposable":5220,"plain":{"support":4220,"disposable":5220},"marginal":1000}]}`
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	for in, want := range map[string]string{
		`{` + facts + `,"person":"p2","to":1000,"step":1000}`: "person unknown-person",
		`{` + facts + `,"person":"p1","to":1000,"step":0}`:    "step curve-step",
		`{` + facts + `,"person":"p1","to":1000,"step":1}`:    "step curve-step",
		`{` + facts + `,"person":"p1","to":1000}`:             "step required",
		`{"person":"p1","to":1000,"step":500}`:                "facts required",
	} {
		if got := first(t, contract.Curve([]byte(in))); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

// first returns the path and code of an answer's first error.
func first(t *testing.T, answer []byte) string {
	t.Helper()
	var a struct {
		Errors []struct {
			Code string `json:"code"`
			Path string `json:"path"`
		} `json:"errors"`
	}
	if err := json.Unmarshal(answer, &a); err != nil || len(a.Errors) == 0 {
		t.Errorf("not refused: %.200s", answer)
		return ""
	}
	return a.Errors[0].Path + " " + a.Errors[0].Code
}

// TestPeriod asks for two months with what was known before and after a child
// became known. Working: single 5 220; with a child of eight 3 940 + 3 820 +
// 1 410 = 9 170.
func TestPeriod(t *testing.T) {
	facts := func(persons string) string {
		return `{"schema":"skalig/facts/1","month":"2026-03","persons":[` + persons + `]}`
	}
	versions := `[{"from":"2026-01","known":"2026-01-05","facts":` + facts(adult) + `},` +
		`{"from":"2026-04","known":"2026-03-20","facts":` + facts(adult+`,{"id":"c1","role":"child","age":8}`) + `}]`
	ask := func(known string) string {
		return string(contract.Call("period", []byte(`{"versions":`+versions+`,"from":"2025-12","to":"2026-05","known":"`+known+`"}`)))
	}
	for known, want := range map[string][]string{
		"2026-03-19": {`{"spans":[{"from":"2025-12","to":"2025-12","version":"none"},{"from":"2026-01","to":"2026-05","version":0,`, `"support":5220`},
		"2026-03-20": {`{"from":"2026-01","to":"2026-03","version":0,`, `{"from":"2026-04","to":"2026-05","version":1,`, `"support":9170`},
	} {
		for _, part := range want {
			if got := ask(known); !strings.Contains(got, part) {
				t.Errorf("known %s: no %s in %s", known, part, got)
			}
		}
	}
	for in, want := range map[string]string{
		`{}`: "versions required",
		`{"versions":[],"from":"2026-02","to":"2026-01","known":"2026-01-01"}`:   "to period",
		`{"versions":[],"from":"2026-02","to":"2036-02","known":"2026-01-01"}`:   "to period",
		`{"versions":[],"from":"2026-02","to":"2026-02","known":"2026-02-29"}`:   "known day-form",
		`{"versions":[{}],"from":"2026-02","to":"2026-02","known":"2026-02-01"}`: "versions[0].from required",
	} {
		if got := first(t, contract.Period([]byte(in))); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
