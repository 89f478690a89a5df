package server_test

import (
	"encoding/json"
	"math"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// A board is what the tests read of the dashboard.
type board struct {
	Panels []struct {
		Type, Title, Description string
		Targets                  []struct{ Expr, LegendFormat string }
		FieldConfig              struct {
			Defaults struct {
				Thresholds struct{ Steps []struct{ Value *float64 } }
			}
		}
	}
}

func readBoard(t *testing.T) (b board) {
	t.Helper()
	text, err := os.ReadFile("deploy/dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &b); err != nil {
		t.Fatal(err)
	}
	return b
}

var (
	alertRule = regexp.MustCompile(`- alert: (\w+)\n\s+expr: (.*)\n`)
	limit     = regexp.MustCompile(`(>|<|==)\s+([0-9.e+]+)(?:\s*\*\s*([0-9.e+]+))?`)
	alertName = regexp.MustCompile(`\bSkalig[A-Z]\w+`)
)

// limits are the values at which a panel may change its colour for an alert: where the
// rule's comparison turns. Anything above none is 0.001 to Grafana, which asks for no
// less than the step; what must not be 0 turns at 1.
func limits(t *testing.T, expr string) (at []float64) {
	t.Helper()
	for _, m := range limit.FindAllStringSubmatch(expr, -1) {
		value, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			t.Fatal(err)
		}
		if times, err := strconv.ParseFloat(m[3], 64); err == nil {
			value *= times
		}
		switch {
		case m[1] == ">" && value == 0:
			value = 0.001
		case m[1] == "==" && value == 0:
			value = 1
		}
		at = append(at, value)
	}
	return at
}

// TestThresholds: where a figure of the dashboard changes its colour, an alert that its
// description names begins to speak, and no other way.
func TestThresholds(t *testing.T) {
	text, err := os.ReadFile("deploy/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	rules := map[string]string{}
	for _, m := range alertRule.FindAllStringSubmatch(string(text), -1) {
		rules[m[1]] = m[2]
	}
	compared := 0
	for _, p := range readBoard(t).Panels {
		names := alertName.FindAllString(p.Description, -1)
		var allowed []float64
		for _, name := range names {
			if rules[name] == "" {
				t.Errorf("the panel %q names %s, which is no alert", p.Title, name)
			}
			allowed = append(allowed, limits(t, rules[name])...)
		}
		steps := 0
		for _, s := range p.FieldConfig.Defaults.Thresholds.Steps {
			if s.Value == nil {
				continue
			}
			steps++
			if !holds(allowed, *s.Value) {
				t.Errorf("the panel %q changes its colour at %v, and its alerts %v speak at %v", p.Title, *s.Value, names, allowed)
			}
		}
		if p.Type == "stat" && steps == 0 && len(names) > 0 {
			t.Errorf("the figure %q does not show when %v speaks", p.Title, names)
		}
		compared += steps
	}
	if compared < 8 || len(rules) < 30 {
		t.Errorf("only %d thresholds were compared with %d rules", compared, len(rules))
	}
}

func holds(all []float64, value float64) bool {
	for _, v := range all {
		if math.Abs(v-value) <= 1e-9*math.Max(1, math.Abs(v)) {
			return true
		}
	}
	return false
}
