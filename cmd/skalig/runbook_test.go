package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRunbooks runs every command of the runbooks in its order, each page on a folder
// that has been served, and serves the folder that was restored.
func TestRunbooks(t *testing.T) {
	for _, page := range []struct {
		name, serves string
		has          []string
	}{
		{"../../server/security/keys.md", "again", []string{"release", "backup", "keys", "check", "restore", "doctor"}},
		{"../../server/deploy/runbook.md", "trial", []string{"backup", "restore", "check", "doctor"}},
	} {
		t.Run(filepath.Base(page.name), func(t *testing.T) {
			text, err := os.ReadFile(page.name)
			if err != nil {
				t.Fatal(err)
			}
			t.Chdir(t.TempDir())
			demonstration(t, "DATA", func(url string) { visit(t, url).decided("alva") })
			ran := commandsOf(t, string(text))
			for _, name := range page.has {
				if ran[name] == 0 {
					t.Errorf("no runbook has skalig %s", name)
				}
			}
			again, err := filepath.Abs(page.serves)
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			demonstration(t, again, func(string) {}) // what was restored serves
			t.Logf("the restored folder served after %v", time.Since(began))
		})
	}
}

// commandsOf runs the indented lines of a page, and counts the commands. A line with a
// leading ! must be refused.
func commandsOf(t *testing.T, text string) map[string]int {
	t.Helper()
	ran := map[string]int{}
	for line := range strings.Lines(text) {
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
		case "mkdir", "cp", "pg_dump", "pg_restore":
			if out, err := exec.CommandContext(t.Context(), "sh", "-c", line).CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", line, err, out)
			}
			ran[words[0]]++
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
	if info, err := os.Stat("anna.key"); ran["release"] > 0 && (err != nil || info.Mode().Perm() != 0o600) {
		t.Errorf("the key of a person: %v %v", info, err)
	}
	return ran
}
