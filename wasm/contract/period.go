package contract

import (
	"github.com/skalig/skalig/engine"
	"github.com/skalig/skalig/engine/sol"
)

// maxVersions and maxMonths bound a period.
const (
	maxVersions = 100
	maxMonths   = 120
)

// Period assesses the months of a period with what was known on a day.
func Period(in []byte) []byte {
	r := open(in)
	if r == nil {
		return refuse([]engine.Problem{{Code: "too-large"}}, nil)
	}
	var versions []sol.Version
	var from, to engine.Month
	var known string
	names := []string{"versions", "from", "to", "known"}
	present := r.Object(names, func(i int) {
		switch names[i] {
		case "versions":
			r.Array(maxVersions, func(int) { versions = append(versions, readVersion(r)) })
		case "from":
			from = r.Month()
		case "to":
			to = r.Month()
		case "known":
			known = readDay(r)
		}
	})
	r.Done()
	for i := range names {
		if len(r.Problems()) == 0 && present&(1<<uint(i)) == 0 {
			r.FailAt(names[i], "required", "")
		}
	}
	if len(r.Problems()) == 0 && (to < from || to-from >= maxMonths) {
		r.FailAt("to", "period", "")
	}
	if len(r.Problems()) > 0 {
		return refuse(r.Problems(), nil)
	}
	var w engine.Writer
	w.Open('{')
	w.Key("spans")
	w.Open('[')
	for _, s := range sol.Period(versions, from, to, known) {
		writeSpan(&w, &s)
	}
	w.Close(']')
	w.Close('}')
	return w.Bytes()
}

func readVersion(r *engine.Reader) sol.Version {
	v := sol.Version{Guideline: &sol.Guideline{}}
	names := []string{"from", "known", "facts", "guideline"}
	present := r.Object(names, func(i int) {
		switch names[i] {
		case "from":
			v.From = r.Month()
		case "known":
			v.Known = readDay(r)
		case "facts":
			v.Facts = sol.ReadFacts(r)
		case "guideline":
			v.Guideline = sol.ReadGuideline(r)
		}
	})
	for i := range names[:3] {
		if len(r.Problems()) == 0 && present&(1<<uint(i)) == 0 {
			r.FailAt("."+names[i], "required", "")
		}
	}
	return v
}

// readDay reads YYYY-MM-DD of a month that has the day.
func readDay(r *engine.Reader) string {
	s := r.Text(16)
	if len(s) == 10 && s[7] == '-' && '0' <= s[8] && s[8] <= '3' && '0' <= s[9] && s[9] <= '9' {
		day := int(s[8]-'0')*10 + int(s[9]-'0')
		if m, ok := engine.ParseMonth(s[:7]); ok && 1 <= day && day <= m.Days() {
			return s
		}
	}
	r.Fail("day-form", "")
	return ""
}

func writeSpan(w *engine.Writer, s *sol.Span) {
	w.Open('{')
	w.Text("from", s.From.String())
	w.Text("to", s.To.String())
	switch {
	case s.Version < 0:
		w.Text("version", "none")
	case len(s.Problems) > 0:
		w.Int("version", int64(s.Version))
		w.Key("errors")
		writeProblems(w, s.Problems, nil)
	default:
		w.Int("version", int64(s.Version))
		w.Key("result")
		s.Result.Write(w, s.Trace)
	}
	w.Close('}')
}
