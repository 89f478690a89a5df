package server

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/server/tongue"
	"github.com/skalig/skalig/site"
)

// figuresData is the page statistik.
type figuresData struct {
	Town      string
	Code      string
	Month     string
	Index     uint64
	Decisions uint64
	Tables    []figureTable
}

type figureTable struct {
	Name    string
	Columns []string
	Rows    []figureLine
}

type figureLine struct {
	Name    string
	Figures []string
}

// monthRow is a month on the page audit.
type monthRow struct {
	Index      uint64
	Code, Town string
	Month      string
	Decisions  uint64
	Automatic  string
}

// statisticsOf finds a municipality's month.
func (s *service) statisticsOf(ctx context.Context, code, month string) (uint64, *record.Statistics, error) {
	all, err := s.store.Notices(store.KindStatistics)
	if err != nil {
		return 0, nil, err
	}
	for _, n := range all {
		if n.Municipality != code || n.Name != month {
			continue
		}
		text, err := s.flow.Record(ctx, n.Index)
		if err != nil {
			return 0, nil, err
		}
		st, err := record.ParseStatistics(text)
		return n.Index, st, err
	}
	return 0, nil, store.ErrNotFound
}

func (s *service) town(code string) string {
	if m := s.towns[code]; m != nil {
		return m.Name
	}
	return code
}

// figures shows a month: as a page, as CSV, or as the receipt of its leaf.
func (s *service) figures(w http.ResponseWriter, r *http.Request) error {
	month, form, _ := strings.Cut(r.PathValue("month"), ".")
	index, st, err := s.statisticsOf(r.Context(), r.PathValue("code"), month)
	if err != nil {
		return err
	}
	switch form {
	case "":
		data := figuresData{Town: s.town(st.Municipality), Code: st.Municipality, Month: month, Index: index, Decisions: st.Decisions, Tables: tables(st.Cells)}
		s.render(w, r, http.StatusOK, "statistik", site.Page{Title: "Statistik", Data: data})
		return nil
	case "json":
		_, receipt, err := s.flow.Published(r.Context(), index)
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(receipt)
		return nil
	case "csv":
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="statistik-%s-%s.csv"`, st.Municipality, month))
		out := csv.NewWriter(w)
		_ = out.Write([]string{"municipality", "month", "table", "row", "column", "value"})
		for _, c := range st.Cells {
			value := ""
			if !c.Hidden {
				value = strconv.FormatUint(c.Value, 10)
			}
			_ = out.Write([]string{st.Municipality, st.Month, c.Table, c.Row, c.Column, value})
		}
		out.Flush()
		return out.Error()
	}
	return store.ErrNotFound
}

// tables puts cells together again.
func tables(cells []record.Cell) []figureTable {
	var out []figureTable
	for _, c := range cells {
		if len(out) == 0 || out[len(out)-1].Name != figureWord(c.Table) {
			out = append(out, figureTable{Name: figureWord(c.Table)})
		}
		t := &out[len(out)-1]
		if len(t.Rows) == 0 || t.Rows[len(t.Rows)-1].Name != figureWord(c.Row) {
			t.Rows = append(t.Rows, figureLine{Name: figureWord(c.Row)})
		}
		if len(t.Rows) == 1 {
			t.Columns = append(t.Columns, figureWord(c.Column))
		}
		value := "–"
		if !c.Hidden {
			value = strconv.FormatUint(c.Value, 10)
		}
		row := &t.Rows[len(t.Rows)-1]
		row.Figures = append(row.Figures, value)
	}
	return out
}

// figureWord is the Swedish of a name; a code without one stands as it is.
func figureWord(name string) string {
	if text, ok := map[string]string{"outcome": "Beslut", "household": "Hushåll", "language": "Språk", "channel": "Hur ansökan kom in",
		"reason": "Varför en handläggare avgör", "change": "Ändrade och överklagade", "time": "Tid från ansökan till beslut", "all": "alla",
		"automatic": "automatiskt", "human": "av en handläggare", "granted": "beviljat", "partly": "delvis beviljat", "refused": "avslag", "dismissed": "avslutat utan prövning",
		"single": "ensam", "single-children": "ensam med barn", "couple": "par", "couple-children": "par med barn", "unknown": "okänt", tongue.Other: "annat språk",
		"web": "webben", "paper": "papper", "phone": "telefon", "assisted": "med hjälp", "replaced": "ändrade beslut", "appealed": "överklaganden",
		"rechecked": "stickprov som en människa bedömt på nytt", "overturned": "stickprov som en människa bedömt annorlunda",
		"median-seconds": "median, sekunder"}[name]; ok {
		return text
	}
	if r := reasons([]string{name}); len(r) == 1 {
		return r[0].Text
	}
	return tongue.Name(name)
}

func (s *service) monthRows(ctx context.Context) (rows []monthRow, err error) {
	_, err = records(ctx, s, []store.Kind{store.KindStatistics}, record.ParseStatistics, func(n store.Notice, st *record.Statistics) {
		row := monthRow{Index: n.Index, Code: st.Municipality, Town: s.town(st.Municipality), Month: st.Month, Decisions: st.Decisions, Automatic: "–"}
		for _, c := range st.Cells {
			if c.Table == "outcome" && c.Row == record.Automatic && c.Column == "all" && !c.Hidden && st.Decisions > 0 {
				row.Automatic = fmt.Sprintf("%d %%", (200*c.Value+st.Decisions)/(2*st.Decisions))
			}
		}
		rows = append(rows, row)
	})
	return rows, err
}
