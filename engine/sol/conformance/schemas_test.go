package conformance_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
	"github.com/skalig/skalig/engine/sol/conformance"
	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/engine/sol/soltest"
	"github.com/skalig/skalig/site"
	"github.com/skalig/skalig/wasm/contract"
)

// compiled returns the schemas by the name in their ids: "facts".
func compiled(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	schemas, err := conformance.Schemas()
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	for _, s := range schemas {
		if err := c.AddResource(s.ID, parsed(t, s.Bytes)); err != nil {
			t.Fatal(err)
		}
	}
	all := map[string]*jsonschema.Schema{}
	for _, s := range schemas {
		name := strings.TrimSuffix(s.Name, ".json")
		if s.ID != "urn:skalig:schema:"+name+":1.0" {
			t.Errorf("%s has the id %s", s.Name, s.ID)
		}
		if all[name], err = c.Compile(s.ID); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func parsed(t *testing.T, in []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(in))
	if err != nil {
		t.Fatalf("%.200s: %v", in, err)
	}
	return v
}

// TestCasesAreAsTheSchemasSay validates every input and answer; a schema
// refuses what it can express, and only that.
func TestCasesAreAsTheSchemasSay(t *testing.T) {
	s := compiled(t)
	for _, c := range cases(t) {
		if err := s["answer"].Validate(parsed(t, contract.Assess(c.Input))); err != nil {
			t.Errorf("%s: the answer: %v", c.Name, err)
		}
		input, err := jsonschema.UnmarshalJSON(bytes.NewReader(c.Input))
		if err == nil {
			err = s["input"].Validate(input)
		} else if c.Beyond {
			continue // not JSON, which no schema is asked about
		}
		switch expressible := c.Refused != "" && !c.Beyond; {
		case expressible && err == nil:
			t.Errorf("%s is refused by the engine (%s), and not by the schema", c.Name, c.Refused)
		case !expressible && err != nil:
			t.Errorf("%s: the input: %v", c.Name, err)
		}
	}
}

// TestHouseholdsAreAsTheSchemasSay validates what the engine makes of generated
// households: results, explanations, refusals.
func TestHouseholdsAreAsTheSchemasSay(t *testing.T) {
	s := compiled(t)
	words, err := site.EngineWords("sv")
	if err != nil {
		t.Fatal(err)
	}
	gen, answered := soltest.NewGenerator(11), 0
	for range 700 {
		in := gen.Next()
		out := contract.Explain(append([]byte(`{"words":`+string(words)+`,`), in[1:]...))
		if err := s["answer"].Validate(parsed(t, out)); err != nil {
			t.Fatalf("%s\nwas answered with\n%s\n%v", in, out, err)
		}
		refused := bytes.HasPrefix(out, []byte(`{"errors"`))
		if !refused {
			answered++
			if err := s["input"].Validate(parsed(t, in)); err != nil {
				t.Fatalf("%s is answered, but: %v", in, err)
			}
		}
	}
	if answered < 400 {
		t.Errorf("only %d households were answered", answered)
	}
}

func TestGuidelinesAreAsTheSchemaSays(t *testing.T) {
	s := compiled(t)["guideline"]
	for _, e := range municipal.All() {
		if err := s.Validate(parsed(t, e.Bytes)); err != nil {
			t.Errorf("%s: %v", e.Name, err)
		}
	}
}

// TestListsAreTheEngines compares each closed list with the engine's.
func TestListsAreTheEngines(t *testing.T) {
	kinds := texts(sol.CostKinds[:])
	for _, c := range []struct {
		schema, path string
		want         []string
	}{
		{"facts", "properties.housing.properties.tenure.enum", sol.Tenures},
		{"facts", "properties.circumstances.items.enum", sol.Circumstances},
		{"facts", "$defs.cost.properties.kind.enum", kinds},
		{"facts", "$defs.income.properties.kind.enum", sol.IncomeKinds},
		{"facts", "$defs.income.properties.source.enum", sol.Sources},
		{"guideline", "properties.costs.properties", kinds},
		{"guideline", "properties.dayDivisor.enum", sol.DayDivisors},
		{"guideline", "properties.jointShare.enum", sol.JointShares},
		{"guideline", "properties.status.enum", []string{string(sol.Signed), string(sol.Example), string(sol.Empty)}},
		{"result", "properties.outcome.enum", []string{string(sol.Support), string(sol.Surplus), string(sol.Missing), string(sol.Human)}},
		{"result", "properties.reasons.items.properties.code.enum", texts(sol.Reasons)},
		{"result", "properties.questions.items.properties.code.enum", texts(sol.Questions)},
		{"result", "$defs.step.properties.op.enum", texts([]engine.Op{engine.OpSum, engine.OpTable, engine.OpGiven, engine.OpLesser, engine.OpShare, engine.OpNone})},
		{"result", "$defs.step.properties.rounding.enum", texts([]engine.Rounding{engine.ToOre, engine.UpToOre, engine.ToWholeKr})},
		{"result", "$defs.input.properties.unit.enum", texts([]engine.Unit{engine.UnitOre, engine.UnitCount, engine.UnitDays, engine.UnitYears, engine.UnitMonth, engine.UnitText, engine.UnitLabel})},
	} {
		got := listAt(t, c.schema, c.path)
		want := slices.Clone(c.want)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("schema/%s.json: %s is %v, the engine has %v", c.schema, c.path, got, want)
		}
	}
	for _, p := range sol.Provisions() {
		pattern := compiledPattern(t)
		if err := pattern.Validate(p.ID); err != nil {
			t.Errorf("the provision %s: %v", p.ID, err)
		}
	}
}

func texts[S ~string](list []S) []string {
	var out []string
	for _, s := range list {
		out = append(out, string(s))
	}
	return out
}

// listAt returns the strings of a list, or the names of an object's members.
func listAt(t *testing.T, schema, path string) []string {
	t.Helper()
	var out []string
	switch v := at(t, schema, path).(type) {
	case []any:
		for _, e := range v {
			out = append(out, fmt.Sprint(e))
		}
	case map[string]any:
		for name := range v {
			out = append(out, name)
		}
	}
	return out
}

func at(t *testing.T, schema, path string) any {
	t.Helper()
	schemas, err := conformance.Schemas()
	if err != nil {
		t.Fatal(err)
	}
	var v any
	for _, s := range schemas {
		if s.Name == schema+".json" {
			if err := json.Unmarshal(s.Bytes, &v); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, name := range strings.Split(path, ".") {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	return v
}

func compiledPattern(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	if err := c.AddResource("urn:provision", at(t, "result", "$defs.provision")); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("urn:provision")
	if err != nil {
		t.Fatal(err)
	}
	return s
}
