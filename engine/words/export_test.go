package words

import "github.com/skalig/skalig/engine/sol"

// Days and Who show what only sentences use.
func (w *Words) Days(n int) string { return w.count("days", n) }

func (w *Words) Who(f *sol.Facts, id string) string { return (&renderer{w: w, f: f}).who(id) }
