package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRunbooks runs every command of server/security/keys.md in its order, on a
// folder that has been served.
func TestRunbooks(t *testing.T) {
	text, err := os.ReadFile("../../server/security/keys.md")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	demonstration(t, "DATA", func(string) {})
	ran := map[string]int{}
	for line := range strings.Lines(string(text)) {
		line, shown := strings.CutPrefix(strings.TrimRight(line, "\n"), "    ")
		if !shown {
			continue
		}
		rest, refused := strings.CutPrefix(line, "! ")
		words := strings.Fields(rest)
		switch words[0] {
		case "rm":
			if err := os.Remove(words[1]); err != nil {
				t.Error(err)
			}
		case "skalig":
			code, out, errs := session("", words[1:]...)
			if (code != 0) != refused {
				t.Errorf("%s: %d\n%s%s", line, code, out, errs)
			}
			ran[words[1]]++
		default:
			t.Errorf("no command of a runbook: %s", line)
		}
	}
	for _, name := range []string{"release", "backup", "keys", "check", "restore"} {
		if ran[name] == 0 {
			t.Errorf("no runbook has skalig %s", name)
		}
	}
	again, err := filepath.Abs("again")
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	demonstration(t, again, func(string) {}) // what was restored serves
	t.Logf("the restored folder served after %v", time.Since(began))
	info, err := os.Stat("anna.key")
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key of a person: %v %v", info.Mode(), err)
	}
}
