package flow

import (
	"slices"
	"testing"

	"github.com/skalig/skalig/server/payment"
)

// TestOpenedFiles: the files that were used last are held, up to so many lines, and a file
// that is larger alone.
func TestOpenedFiles(t *testing.T) {
	var o opened
	put := func(id string, lines int) {
		o.put(openedFile{1, payment.Batch{ID: id, Lines: make([]payment.Line, lines)}})
	}
	holds := func(when string, want ...string) {
		t.Helper()
		var got []string
		for _, f := range o.files {
			got = append(got, f.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", when, got, want)
		}
	}
	for _, id := range []string{"a", "b", "c"} {
		put(id, openedLines/4)
	}
	holds("three", "a", "b", "c")
	if b, ok := o.get("a", 1); !ok || b.ID != "a" {
		t.Errorf("a is %+v", b)
	}
	holds("a is used", "b", "c", "a")
	put("a", openedLines/4)
	holds("a is there once", "b", "c", "a")
	put("d", openedLines/2)
	holds("d takes the room of b", "c", "a", "d")
	put("e", 2*openedLines)
	holds("e is larger than all", "e")
	put("f", 1)
	holds("f", "f")
	if b, ok := o.get("f", 2); ok {
		t.Errorf("f of another row is %+v", b)
	}
	holds("f was another")
}
