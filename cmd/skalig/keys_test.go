package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRotateWhileServing: a running server's keys are not rotated, and the command says
// what to do.
func TestRotateWhileServing(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	kek := filepath.Join(data, "keys", "kek")
	demonstration(t, data, func(url string) {
		before, err := os.ReadFile(kek)
		if err != nil {
			t.Fatal(err)
		}
		code, out, errs := session("", "keys", "rotate", "--data", data)
		if code == 0 || out != "" || !strings.Contains(errs, "couldn't rotate the keys") || !strings.Contains(errs, "stop the server first") {
			t.Errorf("%d %q %q", code, out, errs)
		}
		if after, err := os.ReadFile(kek); err != nil || !bytes.Equal(after, before) {
			t.Errorf("the key was changed: %v", err)
		}
		visit(t, url).decided("alva")
	})
	if code, _, errs := session("", "keys", "rotate", "--data", data); code != 0 {
		t.Errorf("stopped it is refused: %s", errs)
	}
}
