package reopen_test

import (
	"crypto/sha256"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/reopen"
	"github.com/skalig/skalig/wasm/contract"
)

// decided is a decision on a rent: one adult of 34, norm 5 220.
func decided(t *testing.T, facts string) *record.Decision {
	t.Helper()
	file, ok := municipal.File(municipal.Demo)
	if !ok {
		t.Fatal("there is no guideline of the demonstration")
	}
	var answer struct {
		Facts  jsontext.Value `json:"facts"`
		Result jsontext.Value `json:"result"`
	}
	if err := json.Unmarshal(contract.Assess(contract.Input([]byte(facts), file, nil)), &answer); err != nil {
		t.Fatal(err)
	}
	return &record.Decision{Municipality: "9999", Number: 3, Day: "2026-11-22", Month: "2026-11", Mode: record.Human, Granted: 1172000,
		Guideline: file, Facts: answer.Facts, Result: sha256.Sum256(answer.Result)}
}

const (
	rent6500 = `{"schema":"skalig/facts/1","month":"2026-11","municipality":"9999","persons":[{"id":"p1","role":"adult","age":34,"monthsInRow":0}],` +
		`"housing":{"tenure":"rent","rooms":2},"costs":[{"id":"k1","kind":"rent","amount":6500}]}`
	homeless = `{"schema":"skalig/facts/1","month":"2026-11","municipality":"9999","persons":[{"id":"p1","role":"adult","age":34,"monthsInRow":0}],"housing":{"tenure":"homeless"}}`
)

func guideline(t *testing.T, limit, from string) *sol.Guideline {
	t.Helper()
	file, _ := municipal.File(municipal.Demo)
	text := strings.Replace(string(file), `"max": 7000`, `"max": `+limit, 1)
	text = strings.Replace(text, `"from": "2026-01"`, `"from": "`+from+`"`, 1)
	r := engine.NewReader([]byte(text), "guideline")
	g := sol.ReadGuideline(r)
	r.Done()
	if len(r.Problems()) > 0 || limit != "7000" && text == string(file) {
		t.Fatalf("the corrected guideline: %v", r.Problems())
	}
	return g
}

// TestGuideline: the limit for one person was 7 000. A rent of 6 500 was within it.
func TestGuideline(t *testing.T) {
	for _, c := range []struct {
		name, facts, limit, from string
		touched                  []string
		before, after            engine.Ore
	}{
		// 5 220 + 6 500 = 11 720, and 5 220 + 6 000 = 11 220 by a limit of 6 000.
		{"a lower limit cuts", rent6500, "6000", "2026-01", []string{"cost"}, 1172000, 1122000},
		{"a higher limit touches and changes nothing", rent6500, "7500", "2026-01", []string{"cost"}, 1172000, 1172000},
		{"the same limit", rent6500, "7000", "2026-01", nil, 0, 0},
		{"no rent, not touched", homeless, "6000", "2026-01", nil, 0, 0},
		{"in force only later", rent6500, "6000", "2026-12", nil, 0, 0},
	} {
		correction := reopen.Correction{Guideline: guideline(t, c.limit, c.from)}
		row, touched, err := correction.Check(decided(t, c.facts))
		if err != nil || touched != (c.touched != nil) {
			t.Errorf("%s: touched %v, %v", c.name, touched, err)
			continue
		}
		if touched && (!slices.Equal(row.Touched, c.touched) || row.Before != c.before || row.After != c.after || row.Other || row.Difference() != c.after-c.before) {
			t.Errorf("%s: %+v", c.name, row)
		}
	}
	d := decided(t, rent6500)
	other := reopen.Correction{Guideline: guideline(t, "6000", "2026-01"), Wrong: []byte("{}")}
	if _, touched, err := other.Check(d); touched || err != nil {
		t.Errorf("a decision by another guideline than the wrong one: %v %v", touched, err)
	}
	d.Result[0] ^= 1
	row, _, err := (&reopen.Correction{Guideline: guideline(t, "6000", "2026-01")}).Check(d)
	if err != nil || !row.Other {
		t.Errorf("a result that this engine does not give: %+v %v", row, err)
	}
	d.Facts = []byte(`{"schema":"skalig/facts/1"}`)
	if _, _, err := (&reopen.Correction{Guideline: guideline(t, "6000", "2026-01")}).Check(d); err == nil {
		t.Error("facts that can't be computed give a row")
	}
}

// TestNorm: the single adult's personal costs of 2026 are 3 940; 4 000 would be 60
// kronor more. A norm of another year, or other children's costs, touch nothing.
func TestNorm(t *testing.T) {
	norm := sol.Norm{Year: 2026, Status: "S", Single: 4000, Couple: 7100, Children: [8]int64{2740, 3060, 2720, 3060, 3820, 4390, 4960, 5000},
		LunchAway: [4]int64{2560, 2800, 2500, 2720}, Joint: [7]int64{1280, 1410, 1790, 2030, 2330, 2640, 2830}, Prisbasbelopp: 59200}
	row, touched, err := (&reopen.Correction{Norm: &norm}).Check(decided(t, rent6500))
	if err != nil || !touched || row.Difference() != 6000 || !slices.Equal(row.Touched, []string{"norm.adult"}) {
		t.Errorf("%+v %v %v", row, touched, err)
	}
	children := norm
	children.Single, children.Children[0] = 3940, 9999
	earlier := norm
	earlier.Year = 2025
	for name, n := range map[string]*sol.Norm{"children's costs": &children, "another year": &earlier} {
		if row, touched, err := (&reopen.Correction{Norm: n}).Check(decided(t, rent6500)); touched || err != nil {
			t.Errorf("%s: %+v %v", name, row, err)
		}
	}
}
