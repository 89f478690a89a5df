package sol

import "github.com/skalig/skalig/engine"

// A Change is one cause of the difference between two results.
type Change struct {
	Rule    string // of the line that changed, "cost"
	Branch  string // of the line where it now stands, else where it stood
	Subject string
	Before  engine.Ore // what the line added to the result; negative when it took away
	After   engine.Ore
}

// Effect is what the change did to the result. The effects of all changes sum to
// the difference between the results to the öre.
func (c Change) Effect() engine.Ore { return c.After - c.Before }

// Difference returns the lines by which two traces differ, in the order of the
// rows. Lines are matched by what they are about, so that a rent that went from
// within to above a limit is one change.
func Difference(before, after *engine.Trace) []Change {
	var all []Change
	contributions(before, func(s *engine.Step, o engine.Ore) { at(&all, s).Before += o })
	contributions(after, func(s *engine.Step, o engine.Ore) {
		c := at(&all, s)
		c.After += o
		c.Branch = s.Branch
	})
	changed := all[:0]
	for _, c := range all {
		if c.Before != c.After {
			changed = append(changed, c)
		}
	}
	return changed
}

// contributions calls line for each step that is no sum, with what it adds to
// the result.
func contributions(t *engine.Trace, line func(s *engine.Step, o engine.Ore)) {
	signs := make([]engine.Ore, 0, 8) // of the sums above, by depth
	for i := range t.Steps {
		s := &t.Steps[i]
		sign := engine.Ore(s.Sign)
		if s.Depth == 0 {
			sign = 1
		}
		if s.Depth > 0 {
			sign *= signs[s.Depth-1]
		}
		signs = append(signs[:s.Depth], sign)
		if s.Op != engine.OpSum {
			line(s, sign*s.Value)
		}
	}
}

// at returns the change that a step belongs to, a new one where there is none.
func at(all *[]Change, s *engine.Step) *Change {
	for i := range *all {
		c := &(*all)[i]
		if c.Rule == s.Rule && c.Subject == s.Subject && (s.Rule != "income" || c.Branch == s.Branch) {
			return c
		}
	}
	*all = append(*all, Change{Rule: s.Rule, Branch: s.Branch, Subject: s.Subject})
	return &(*all)[len(*all)-1]
}
