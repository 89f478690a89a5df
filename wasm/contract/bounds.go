package contract

import (
	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
)

// Bounds says between which amounts the support lies when some are not known.
func Bounds(in []byte) []byte {
	r := open(in)
	if r == nil {
		return refuse([]engine.Problem{{Code: "too-large"}}, nil)
	}
	c := call{guideline: &sol.Guideline{}}
	var unknown []string
	names := []string{"facts", "guideline", "unknown"}
	r.Object(names, func(i int) {
		if names[i] == "unknown" {
			r.Array(maxUnknown, func(int) { unknown = append(unknown, r.Text(64)) })
			return
		}
		c.part(r, names[i])
	})
	r.Done()
	c.check(r, "")
	var rows []sol.Row
	for i := 0; i < len(unknown) && len(r.Problems()) == 0; i++ {
		row, ok := c.row(unknown[i])
		if !ok {
			r.FailAt("unknown", "unknown-choice", "")
		}
		rows = append(rows, row)
	}
	if len(r.Problems()) > 0 {
		return refuse(r.Problems(), nil)
	}
	var w engine.Writer
	w.Open('{')
	if b := sol.Between(c.facts, c.guideline, rows); b.Known {
		w.Kronor("lowest", b.Lowest)
		if b.Open {
			w.Bool("open", true)
		} else {
			w.Kronor("highest", b.Highest)
		}
	}
	w.Close('}')
	return w.Bytes()
}

// maxUnknown bounds the rows whose amount is not known.
const maxUnknown = 100

// row reads "costs[0]" or "incomes[12]", a row that the facts have.
func (c *call) row(path string) (sol.Row, bool) {
	row := sol.Row{Income: len(path) > 0 && path[0] == 'i'}
	list, n := "costs[", len(c.facts.Costs)
	if row.Income {
		list, n = "incomes[", len(c.facts.Incomes)
	}
	if len(path) < len(list)+2 || len(path) > len(list)+4 || path[:len(list)] != list || path[len(path)-1] != ']' {
		return row, false
	}
	for _, digit := range []byte(path[len(list) : len(path)-1]) {
		if digit < '0' || '9' < digit {
			return row, false
		}
		row.Index = row.Index*10 + int(digit-'0')
	}
	return row, row.Index < n
}
