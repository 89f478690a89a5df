package contract_test

import (
	"flag"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"pgregory.net/rapid"

	"github.com/skalig/skalig/engine/sol"
	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/wasm/contract"
)

// rarely is true once in two to the power of halvings.
func rarely(t *rapid.T, what string, halvings int) bool {
	for range halvings {
		if !rapid.Bool().Draw(t, what) {
			return false
		}
	}
	return true
}

// pick draws one of the values, most often of the first ones, which are sound.
func pick(t *rapid.T, what string, sound int, values ...string) string {
	if !rarely(t, what+" is odd", 6) {
		values = values[:sound]
	}
	return rapid.SampledFrom(values).Draw(t, what)
}

func anyAmount(t *rapid.T) string {
	return pick(t, "amount", 8, "0", "0.01", "1", "4999.99", "6500", "120000", "9999999.99", "10000000",
		"10000000.01", "-1", "-0", "92233720368547758.07", "92233720368547758.08", "1e9", "1.005", "null", `"1"`, "NaN")
}

func anyMonth(t *rapid.T) string {
	return pick(t, "month", 6, `"2026-03"`, `"2026-12"`, `"2025-06"`, `"2025-07"`, `"2014-01"`, `"2024-02"`,
		`"0000-00"`, `"2026-13"`, `"2026-00"`, `"9999-12"`, `"2027-01"`, `"2026-3"`, "202603", "null")
}

// anyObject joins fields, now and then with one twice or one that nobody knows.
func anyObject(t *rapid.T, fields ...string) string {
	if rarely(t, "an object is odd", 6) {
		switch rapid.IntRange(0, 3).Draw(t, "in which way") {
		case 0:
			fields = append(fields, fields[len(fields)-1])
		case 1:
			fields = append(fields, `"nonsense":1`)
		case 2:
			fields[0] = strings.Split(fields[0], ":")[0] + ":null"
		case 3:
			fields = fields[1:]
		}
	}
	return "{" + strings.Join(fields, ",") + "}"
}

func anyPersons(t *rapid.T) string {
	adults := pick(t, "adults", 2, "1", "2", "0", "3", "25", "200")
	children := pick(t, "children", 6, "0", "1", "2", "5", "25", "50", "51", "100", "200")
	var all []string
	for i := range number(adults) {
		fields := []string{fmt.Sprintf(`"id":"p%d"`, i), `"role":"adult"`, `"age":` + pick(t, "age", 4, "18", "34", "65", "120", "17", "121", "-1", "1.5", "null")}
		if rapid.Bool().Draw(t, "months are said") {
			fields = append(fields, `"monthsInRow":`+pick(t, "months", 3, "0", "7", "600", "601", "-1"))
		}
		if rarely(t, "stimulus", 2) {
			fields = append(fields, `"jobbstimulansFrom":`+pick(t, "since", 1, `"2014-01"`, `"2026-13"`, `"9999-01"`))
		}
		all = append(all, anyObject(t, fields...))
	}
	child := []string{`"role":"child"`, `"age":` + pick(t, "child's age", 4, "0", "8", "17", "20", "21", "-1")}
	if rapid.Bool().Draw(t, "lunch is said") {
		child = append(child, `"lunch":`+pick(t, "lunch", 2, `"home"`, `"away"`, `"out"`, "null"), `"school":`+pick(t, "school", 2, "true", "false", "null"))
	}
	if rarely(t, "days are said", 2) {
		child = append(child, `"days":`+pick(t, "days", 3, "1", "15", "28", "31", "0", "32"), `"earnedThisYear":`+anyAmount(t))
	}
	for i := range number(children) {
		all = append(all, "{"+strings.Join(append(child[:len(child):len(child)], fmt.Sprintf(`"id":"c%d"`, i)), ",")+"}")
	}
	return "[" + strings.Join(all, ",") + "]"
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(err)
	}
	return n
}

// anyRows draws costs or incomes: a few, or so many that their sum is as large as sums
// become.
func anyRows(t *rapid.T, what, prefix string, row func(id string) []string) string {
	n := number(pick(t, what, 5, "0", "1", "2", "5", "25", "200", "500", "501"))
	var all []string
	for i := range min(n, 5) {
		all = append(all, anyObject(t, row(fmt.Sprintf(`"id":"%s%d"`, prefix, i))...))
	}
	if n > 5 {
		same := row(`"id":""`)
		for i := 5; i < n; i++ {
			same[0] = fmt.Sprintf(`"id":"%s%d"`, prefix, i)
			all = append(all, "{"+strings.Join(same, ",")+"}")
		}
	}
	return fmt.Sprintf(`%q:[%s]`, what, strings.Join(all, ","))
}

func anyFacts(t *rapid.T) string {
	quoted := func(kinds []string) []string {
		var out []string
		for _, k := range kinds {
			out = append(out, strconv.Quote(k))
		}
		return append(out, `"boat"`, "null")
	}
	var costs []string
	for _, k := range sol.CostKinds {
		costs = append(costs, string(k))
	}
	fields := []string{`"schema":"skalig/facts/1"`, `"month":` + anyMonth(t), `"persons":` + anyPersons(t)}
	if rapid.Bool().Draw(t, "municipality is said") {
		fields = append(fields, `"municipality":"9999"`)
	}
	if rapid.Bool().Draw(t, "housing is said") {
		fields = append(fields, `"housing":`+anyObject(t, `"tenure":`+pick(t, "tenure", len(sol.Tenures), quoted(sol.Tenures)...), `"rooms":`+pick(t, "rooms", 3, "0", "2", "50", "51", "-1")))
	}
	fields = append(fields, anyRows(t, "costs", "k", func(id string) []string {
		return []string{id, `"kind":` + pick(t, "cost", len(costs), quoted(costs)...), `"amount":` + anyAmount(t)}
	}), anyRows(t, "incomes", "i", func(id string) []string {
		return []string{id, `"kind":` + pick(t, "income", len(sol.IncomeKinds), quoted(sol.IncomeKinds)...), `"person":` + pick(t, "whose", 1, `"p0"`, `"p9"`, `""`), `"amount":` + anyAmount(t)}
	}))
	for _, name := range []string{"assets", "earlierSurplus"} {
		if rarely(t, name, 2) {
			fields = append(fields, fmt.Sprintf(`%q:%s`, name, anyAmount(t)))
		}
	}
	return anyObject(t, fields...)
}

// A line is a step of a trace as anybody reads it who has only the answer.
type line struct {
	Rule, Op, Sign string
	Value          jsontext.Value
	Steps          []line
}

// ore reads an amount in kronor without the engine.
func ore(t *rapid.T, v jsontext.Value) int64 {
	text, negative := strings.CutPrefix(string(v), "-")
	whole, part, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole+(part + "00")[:2], 10, 64)
	if err != nil || len(part) > 2 {
		t.Fatalf("no amount: %s", v)
	}
	if negative {
		return -n
	}
	return n
}

// summed adds the lines up from the lowest ones.
func summed(t *rapid.T, l line) int64 {
	stated := ore(t, l.Value)
	if l.Op != "sum" {
		return stated
	}
	var sum int64
	for _, below := range l.Steps {
		switch n := summed(t, below); below.Sign {
		case "+":
			sum += n
		case "-":
			sum -= n
		}
	}
	if sum != stated {
		t.Fatalf("%s says %d öre, and its lines sum to %d", l.Rule, stated, sum)
	}
	return sum
}

// TestAnything gives the engine anything that can be said of a household, sound or not:
// it says which field is wrong, or asks, or refers to a person, or the amount is the
// sum of its lines as another than the engine adds them, and never negative.
func TestAnything(t *testing.T) {
	checks := flag.Lookup("rapid.checks")
	was := checks.Value.String()
	if err := checks.Value.Set("10000"); err != nil {
		t.Fatal(err)
	}
	defer checks.Value.Set(was) //nolint:errcheck // what it was
	guideline, _ := municipal.File(municipal.Demo)
	outcomes := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		var rules []byte
		if rapid.Bool().Draw(t, "guideline") {
			rules = guideline
		}
		var answer struct {
			Errors []struct{ Code, Path string }
			Result struct {
				Outcome          string
				Support, Surplus jsontext.Value
				Reasons          []struct{ Code string }
				Questions        []struct{ Code string }
				Trace            line
			}
		}
		if err := json.Unmarshal(contract.Assess(contract.Input([]byte(anyFacts(t)), rules, nil)), &answer, json.MatchCaseInsensitiveNames(true)); err != nil {
			t.Fatal(err)
		}
		r := answer.Result
		if len(answer.Errors) > 0 {
			outcomes["refused"]++
			for _, e := range answer.Errors {
				if e.Code == "" || e.Path == "" && e.Code != "syntax" {
					t.Errorf("refused without a path: %+v", e)
				}
			}
			return
		}
		outcomes[r.Outcome]++
		if r.Outcome == "missing" && len(r.Questions) == 0 || r.Outcome == "human" && len(r.Reasons) == 0 || r.Outcome == "" {
			t.Errorf("%s without a reason", r.Outcome)
		}
		if r.Support == nil {
			return
		}
		support, surplus := ore(t, r.Support), ore(t, r.Surplus)
		if support < 0 || surplus < 0 || support > 0 && surplus > 0 {
			t.Errorf("support %d and surplus %d", support, surplus)
		}
		if sum := summed(t, r.Trace); sum != support-surplus {
			t.Errorf("the lines sum to %d, support is %d and surplus %d", sum, support, surplus)
		}
	})
	for _, outcome := range []string{"refused", "missing", "human", "support", "surplus"} {
		if outcomes[outcome] < 20 {
			t.Errorf("%s came %d times", outcome, outcomes[outcome])
		}
	}
	t.Logf("%v", outcomes)
}
