package ledgertest

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
)

// Vectors holds a file of vectors, a line of JSON each, to those that a test's tables
// give; update writes it anew. It returns them as they are read from the file.
func Vectors[V any](t *testing.T, file string, update bool, all []V) []V {
	t.Helper()
	var want bytes.Buffer
	e := json.NewEncoder(&want)
	e.SetEscapeHTML(false)
	for _, v := range all {
		must(t, e.Encode(v))
	}
	if update {
		must(t, os.WriteFile(file, want.Bytes(), 0o644))
	}
	text, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(text, want.Bytes()) {
		t.Fatalf("%v: the tables say otherwise than %s: -update writes it anew", err, file)
	}
	read := make([]V, 0, len(all))
	for line := range bytes.Lines(text) {
		var v V
		must(t, json.Unmarshal(line, &v))
		read = append(read, v)
	}
	return read
}
