package main

import (
	"testing"

	"github.com/skalig/skalig/engine/sol/municipal"
)

// FuzzDiff: a file has no difference to itself, and what differs one way
// differs the other way.
func FuzzDiff(f *testing.F) {
	all := municipal.All()
	for i := range all {
		f.Add(all[i].Bytes, all[(i+1)%len(all)].Bytes)
	}
	f.Add([]byte(`[{"label":"a"},{"label":"a"},{"name":"b","from":"2026-01"},[],{}]`), []byte(`[{"label":"a"},1.50]`))
	f.Fuzz(func(t *testing.T, x, y []byte) {
		a, err := parseTree(x)
		if err != nil {
			return
		}
		if lines := diffTrees(a, a); len(lines) > 0 {
			t.Errorf("%s differs from itself: %v", x, lines)
		}
		b, err := parseTree(y)
		if err != nil {
			return
		}
		if there, back := diffTrees(a, b), diffTrees(b, a); len(there) != len(back) {
			t.Errorf("there %v, back %v", there, back)
		}
	})
}
