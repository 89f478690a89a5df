package main

import (
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
