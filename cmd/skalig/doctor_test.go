package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skalig/skalig/server/doctor"
)

// TestDoctor looks at a folder beside its server, when that has stopped, and when it
// has been harmed; package doctor's tests have every finding.
func TestDoctor(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	look := func(want int) {
		t.Helper()
		code, out, errs := session("", "doctor", "--data", data)
		if code != want || errs != "" || !strings.Contains(out, "journal      ") {
			t.Errorf("%d, want %d: %s%s", code, want, out, errs)
		}
		if want == 0 && strings.Contains(out, "error ") || want == 1 && !strings.Contains(out, "→ restore keys/") {
			t.Errorf("%d: %s", code, out)
		}
	}
	demonstration(t, data, func(string) { look(0) })
	look(0)
	if err := os.WriteFile(filepath.Join(data, "keys", "kek"), []byte(strings.Repeat("k", 32)), 0o600); err != nil {
		t.Fatal(err)
	}
	look(1)
	code, out, _ := session("", "doctor", "--data", data, "--json")
	var found []doctor.Finding
	if err := json.Unmarshal([]byte(out), &found); err != nil || code != 1 || doctor.Worst(found) != doctor.Error {
		t.Errorf("%v %d: %s", err, code, out)
	}
	if err := os.Remove(filepath.Join(data, "journal.db")); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := session("", "doctor", "--data", data); code != 1 || !strings.Contains(errs, "hint: is all of the disk mounted?") {
		t.Errorf("a folder without its journal: %d %s", code, errs)
	}
	if code, _, errs := session("", "doctor", "--data", t.TempDir()); code != 1 || !strings.Contains(errs, "hint: --data names") {
		t.Errorf("an empty folder: %d %s", code, errs)
	}
}
