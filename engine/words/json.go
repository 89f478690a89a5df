package words

import "github.com/skalig/skalig/engine"

// Write writes the explanation in canonical form.
func (e *Explanation) Write(w *engine.Writer) {
	w.Open('{')
	w.Text("headline", e.Headline)
	w.Text("amount", e.Amount)
	array(w, "summary", e.Summary, func(s *string) { w.Str(*s) })
	array(w, "lines", e.Lines, func(l *Line) { l.write(w) })
	array(w, "reasons", e.Reasons, func(r *Reason) {
		w.Open('{')
		w.Text("code", r.Code)
		w.Text("path", r.Path)
		w.Text("text", r.Text)
		w.Text("provision", r.Provision)
		w.Text("link", r.Link)
		w.Close('}')
	})
	array(w, "questions", e.Questions, func(q *Question) {
		w.Open('{')
		w.Text("code", q.Code)
		w.Text("path", q.Path)
		w.Text("text", q.Text)
		w.Close('}')
	})
	array(w, "distances", e.Distances, func(s *string) { w.Str(*s) })
	array(w, "checks", e.Checks, func(s *string) { w.Str(*s) })
	w.Close('}')
}

// Write writes the change in canonical form.
func (c *Change) Write(w *engine.Writer) {
	w.Open('{')
	w.Text("label", c.Label)
	w.Text("before", c.Before)
	w.Text("after", c.After)
	w.Text("effect", c.Effect)
	w.Int("ore", c.Ore)
	w.Close('}')
}

func (l *Line) write(w *engine.Writer) {
	w.Open('{')
	w.Text("id", l.ID)
	w.Int("depth", int64(l.Depth))
	w.Text("sign", l.Sign)
	w.Text("label", l.Label)
	w.Text("detail", l.Detail)
	w.Text("amount", l.Amount)
	w.Int("ore", l.Ore)
	w.Text("provision", l.Provision)
	w.Text("link", l.Link)
	w.Text("status", l.Status)
	w.Text("note", l.Note)
	array(w, "inputs", l.Inputs, func(in *Input) {
		w.Open('{')
		w.Text("label", in.Label)
		w.Text("value", in.Value)
		w.Text("source", in.Source)
		w.Close('}')
	})
	w.Close('}')
}

func array[T any](w *engine.Writer, name string, elements []T, write func(*T)) {
	w.Key(name)
	w.Open('[')
	for i := range elements {
		write(&elements[i])
	}
	w.Close(']')
}
