package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A clock behind would put leaves into days that have ended.
func TestServeBehind(t *testing.T) {
	code, _, errs := session("", "serve", "--demo", "--data", filepath.Join(t.TempDir(), "data"), "--addr", "127.0.0.1:0", "--ahead=-1h")
	if code == 0 || !strings.Contains(errs, "only a demonstration's clock may be ahead") {
		t.Errorf("%d: %s", code, errs)
	}
}

// TestServeDamaged: a start that a damaged file holds up says what to do about it.
func TestServeDamaged(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	demonstration(t, data, func(string) {})
	if err := os.WriteFile(filepath.Join(data, "forms.db"), []byte(strings.Repeat("other\n", 4096)), 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, errs := session("", "serve", "--demo", "--data", data, "--addr", "127.0.0.1:0")
	if code != 1 || !strings.Contains(errs, "what is being filled in is damaged") || !strings.Contains(errs, "hint: move forms.db with its") {
		t.Errorf("%d: %s", code, errs)
	}
}
