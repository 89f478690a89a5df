package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/server/replay/replaytest"
)

// TestReopen: receipts in, the decisions that a corrected guideline touches out.
// The guideline as it was touches none, and a receipt that does not verify is refused.
func TestReopen(t *testing.T) {
	files := replaytest.Receipts(t, 40, nil)
	dir := t.TempDir()
	receipts := filepath.Join(dir, "receipts.jsonl")
	file, _ := municipal.File(municipal.Demo)
	lower := bytes.ReplaceAll(file, []byte(`"max": 7000`), []byte(`"max": 100`))
	if bytes.Equal(lower, file) {
		t.Fatal("the guideline has no limit of 7 000")
	}
	for path, data := range map[string][]byte{receipts: bytes.Join(files, nil), filepath.Join(dir, "same.json"): file, filepath.Join(dir, "lower.json"): lower} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ask := func(args ...string) (int, string, string) {
		return session("", append([]string{"reopen", "--key", replaytest.Key}, args...)...)
	}
	code, out, errs := ask("--guideline", filepath.Join(dir, "same.json"), receipts)
	if code != 0 || out != "0 of 40 decisions touched, 0 of them in force: 0 kronor too little, 0 too much\n" || errs != "" {
		t.Errorf("the same guideline: %d %s%s", code, out, errs)
	}
	code, out, _ = ask("--guideline", filepath.Join(dir, "lower.json"), receipts)
	if code != 0 || !strings.Contains(out, " cost") || strings.Contains(out, "\n0 of 40") || strings.Contains(out, ": 0 kronor too little, 0 too much") {
		t.Errorf("a lower limit: %d %s", code, out)
	}
	code, lines, _ := ask("--json", "--guideline", filepath.Join(dir, "lower.json"), receipts)
	if code != 0 || strings.Count(lines, "\n") != strings.Count(out, "9999/") || !strings.HasPrefix(lines, `{"decision":"9999/0"`) {
		t.Errorf("lines: %d %s", code, lines)
	}
	spoilt := bytes.Replace(files[0], []byte("beviljas"), []byte("avslås"), 1)
	if err := os.WriteFile(receipts, spoilt, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := ask("--guideline", filepath.Join(dir, "same.json"), receipts); code != 1 || !strings.Contains(errs, "couldn't believe the receipt") {
		t.Errorf("a receipt that does not verify: %d %s", code, errs)
	}
	if code, _, errs := ask(receipts); code != 1 || !strings.Contains(errs, "one corrected rule must be named") {
		t.Errorf("no rule: %d %s", code, errs)
	}
}
