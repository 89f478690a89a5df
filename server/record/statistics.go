package record

import (
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// A Cell is one figure of a table of statistics. Hidden says that it was left
// out because it would tell of few people.
type Cell struct {
	Table, Row, Column string
	Value              uint64
	Hidden             bool
}

// Statistics are the figures of a municipality's month. Decisions is the number of
// its decision leaves with a day in the month, which anyone can count.
type Statistics struct {
	Heading
	Month     string // 2026-11
	Decisions uint64
	Cells     []Cell
}

func (s *Statistics) valid() bool {
	for _, c := range s.Cells {
		if !code(c.Table) || !code(c.Row) || !code(c.Column) || !small(c.Value) || c.Hidden && c.Value != 0 {
			return false
		}
	}
	return s.Heading.valid() && month(s.Month) && small(s.Decisions)
}

// Marshal gives the canonical bytes, or ErrMalformed for values that the form
// cannot carry.
func (s *Statistics) Marshal() ([]byte, error) {
	if !s.valid() {
		return nil, fmt.Errorf("%w: statistics %s/%d", ErrMalformed, s.Municipality, s.Number)
	}
	w := &writer{}
	w.heading("statistics", &s.Heading)
	w.text("month", s.Month)
	w.count("decisions", s.Decisions)
	w.list("cells", len(s.Cells), func(i int) {
		c := s.Cells[i]
		part := &writer{}
		part.text("table", c.Table)
		part.text("row", c.Row)
		part.text("column", c.Column)
		if c.Hidden {
			part.raw("value", []byte("null"))
		} else {
			part.count("value", c.Value)
		}
		w.b = append(w.b, part.end()...)
	})
	return w.whole()
}

// ParseStatistics accepts exactly what Marshal gives.
func ParseStatistics(text []byte) (*Statistics, error) {
	var f struct {
		headingForm
		Month     string `json:"month"`
		Decisions uint64 `json:"decisions"`
		Cells     []struct {
			Table  string         `json:"table"`
			Row    string         `json:"row"`
			Column string         `json:"column"`
			Value  jsontext.Value `json:"value"`
		} `json:"cells"`
	}
	if err := decode(text, &f); err != nil {
		return nil, err
	}
	h, err := f.heading()
	if err != nil {
		return nil, err
	}
	s := &Statistics{Heading: h, Month: f.Month, Decisions: f.Decisions}
	for _, c := range f.Cells {
		cell := Cell{Table: c.Table, Row: c.Row, Column: c.Column, Hidden: string(c.Value) == "null"}
		if !cell.Hidden {
			if cell.Value, err = strconv.ParseUint(string(c.Value), 10, 64); err != nil {
				return nil, fmt.Errorf("%w: a figure", ErrMalformed)
			}
		}
		s.Cells = append(s.Cells, cell)
	}
	back, err := s.Marshal()
	return s, same(text, back, err)
}
