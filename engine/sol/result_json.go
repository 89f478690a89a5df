package sol

import "github.com/skalig/skalig/engine"

// ResultSchema names the JSON form of a result.
const ResultSchema = "skalig/result/1"

// Write writes the result with its trace in canonical form. The SHA-256 of
// these bytes identifies the computation.
func (r *Result) Write(w *engine.Writer, t *engine.Trace) {
	w.Open('{')
	w.Text("schema", ResultSchema)
	w.Text("month", r.Month.String())
	w.Text("outcome", string(r.Outcome))
	if r.Computed() {
		w.Kronor("support", r.Support)
		w.Kronor("surplus", r.Surplus)
		w.Bool("appliedInFull", r.AppliedInFull)
	}
	if r.Rule.Act != "" {
		w.Key("rules")
		w.Open('{')
		w.Text("act", r.Rule.Act)
		w.Text("ordinance", r.Rule.Ordinance)
		w.Int("norm", int64(r.Rule.Norm))
		w.Text("status", r.Rule.Status)
		w.Close('}')
	}
	list(w, "reasons", len(r.Reasons), func(i int) {
		w.Open('{')
		w.Text("code", string(r.Reasons[i].Code))
		w.OptText("path", r.Reasons[i].Path)
		w.Text("provision", r.Reasons[i].Cite)
		w.Close('}')
	})
	list(w, "questions", len(r.Questions), func(i int) {
		w.Open('{')
		w.Text("code", string(r.Questions[i].Code))
		w.Text("path", r.Questions[i].Path)
		w.Close('}')
	})
	list(w, "checks", len(r.Checks), func(i int) {
		w.Open('{')
		w.Text("code", string(r.Checks[i].Code))
		w.Kronor("stated", r.Checks[i].Stated)
		w.Kronor("expected", r.Checks[i].Expected)
		w.Close('}')
	})
	w.Key("trace")
	t.Write(w)
	w.Close('}')
}

// Computed says whether Support and Surplus hold a computed amount.
func (r *Result) Computed() bool { return r.Outcome != Missing && r.Rule.Act != "" }
