package server

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/site"
)

// workloadData is the page handlaggare-arbetet. It counts cases; it says nothing
// about any household or caseworker.
type workloadData struct {
	Board   string
	Minutes int // assumed for each application that a person decides
	Months  []workMonth
}

// workMonth is the decisions of one calendar month.
type workMonth struct {
	Month            string
	Automatic, Human int
	Waiting          int           // that came in then and still wait
	Median           time.Duration // from application to a person's decision; 0 without any
	Freed            int           // hours
}

// Time is the median in words.
func (m workMonth) Time() string {
	switch h := int(m.Median.Hours()); {
	case m.Median == 0:
		return "–"
	case h < 1:
		return "under en timme"
	case h < 48:
		return strconv.Itoa(h) + " timmar"
	default:
		return strconv.Itoa(h/24) + " dagar"
	}
}

// assumedMinutes is how long a person is taken to spend on an application; the page
// says so, and lets whoever reads it assume something else.
const assumedMinutes = 60

// workload shows how many cases there are, how long they take, and how many hours
// the automatic grants have freed.
func (s *service) workload(w http.ResponseWriter, r *http.Request, who auth.Identity) error {
	cases, err := s.store.Casebook(r.Context(), who.Caller())
	if err != nil {
		return err
	}
	data := workloadData{Board: s.board(who.Municipality, ""), Minutes: assumedMinutes}
	if n, err := strconv.Atoi(r.URL.Query().Get("minuter")); err == nil && n > 0 && n <= 600 {
		data.Minutes = n
	}
	data.Months = workMonths(cases, data.Minutes)
	s.render(w, r, http.StatusOK, "handlaggare-arbetet", site.Page{Title: "Så används tiden", Data: data})
	return nil
}

func workMonths(cases []store.Case, minutes int) []workMonth {
	by := map[string]*workMonth{}
	took := map[string][]time.Duration{}
	at := func(ms int64) *workMonth {
		month := time.UnixMilli(ms).In(flow.Stockholm).Format("2006-01")
		if by[month] == nil {
			by[month] = &workMonth{Month: month}
		}
		return by[month]
	}
	for _, c := range cases {
		switch {
		case c.State == store.StateSubmitted || c.State == store.StateQueued:
			at(c.SubmittedAt).Waiting++
		case c.Mode == record.Automatic:
			at(c.DecidedAt).Automatic++
		default:
			m := at(c.DecidedAt)
			m.Human++
			took[m.Month] = append(took[m.Month], time.Duration(c.DecidedAt-c.SubmittedAt)*time.Millisecond)
		}
	}
	var out []workMonth
	for month, m := range by {
		if all := took[month]; len(all) > 0 {
			slices.Sort(all)
			m.Median = max(all[len(all)/2], time.Millisecond)
		}
		m.Freed = m.Automatic * minutes / 60
		out = append(out, *m)
	}
	slices.SortFunc(out, func(a, b workMonth) int { return strings.Compare(b.Month, a.Month) })
	return out
}
