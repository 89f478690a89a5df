package sol

import "github.com/skalig/skalig/engine"

// Decisive returns the steps that settle the outcome, in the order of the rows:
// the main rows that are not zero, and each line whose branch is not the ordinary one. It is what
// a decision's reasons name (förvaltningslagen 32 §), not a list of everything.
func Decisive(t *engine.Trace) []int {
	var all []int
	for i := range t.Steps {
		if s := &t.Steps[i]; s.Depth == 1 && s.Value != 0 || s.Depth > 1 && decisive(s) {
			all = append(all, i)
		}
	}
	return all
}

// decisive says whether a line took a branch that most households do not take.
func decisive(s *engine.Step) bool {
	switch s.Rule {
	case "norm.joint":
		return s.Branch != "table"
	case "norm.child":
		return s.Op == engine.OpShare
	case "cost":
		return s.Branch != "within-limit" && s.Branch != "actual"
	case "income.child", "jobbstimulans":
		return true
	}
	return false
}
