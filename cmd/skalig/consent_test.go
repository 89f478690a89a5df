package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/release"
	"github.com/skalig/skalig/server/release/releasetest"
	"github.com/skalig/skalig/server/replay/replaytest"
)

// TestVerifyApprovers: a genuine receipt whose guideline nobody approved, or whose release
// one person did, is refused by who says whose approval counts.
func TestVerifyApprovers(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, text []byte) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	anna, bertil, cesar := releasetest.NewPerson(t, "anna"), releasetest.NewPerson(t, "bertil"), releasetest.NewPerson(t, "cesar")
	list := write("approvers", release.MarshalApprovers([]release.Approver{anna.Approver, bertil.Approver}))
	edit := func(i int, d *record.Decision) {
		if i == 1 {
			replaytest.ByEdited(t, d)
		}
	}
	first, files := replaytest.Released(t, releasetest.Record(t, "2026-11-22", nil, anna, bertil), 2, edit)
	releases, genuine, edited := write("releases.jsonl", first), write("genuine.json", files[0]), write("edited.json", files[1])
	first, files = replaytest.Released(t, releasetest.Record(t, "2026-11-22", nil, anna, cesar), 1, nil)
	alone, byOne := write("alone.jsonl", first), write("one.json", files[0])

	for _, c := range []struct {
		name      string
		receipt   string
		held      []string
		code      int
		out, errs string
	}{
		{"approved", genuine, []string{"--approvers", list, "--releases", releases}, 0, "ok    approval\n", ""},
		{"an edited guideline, to whom says nothing of approvers", edited, nil, 0, "\nVERIFIED: granted", ""},
		{"an edited guideline", edited, []string{"--approvers", list, "--releases", releases}, 1, "NOT VERIFIED: the receipt is genuine, but its decision is by rules that were not approved\n", ""},
		{"approved by one and a stranger", byOne, []string{"--approvers", list, "--releases", alone}, 1, "NOT VERIFIED: the receipt is genuine, but its decision is by rules that were not approved\n", ""},
		{"the release of two", releases, []string{"--approvers", list, "--releases", releases}, 0, "ok    approval\n", ""},
		{"the release of one and a stranger", alone, []string{"--approvers", list, "--releases", alone}, 1, "FAIL  approval: too few people have approved\n", ""},
		{"no releases named", genuine, []string{"--approvers", list}, 2, "", "error: "},
		{"a list that is not there", genuine, []string{"--approvers", list + ".none", "--releases", releases}, 1, "", "error: "},
		{"no list of approvers", genuine, []string{"--approvers", genuine, "--releases", releases}, 1, "", "hint: a line for each person: approver KEY NAME"},
	} {
		code, out, errs := session("", append([]string{"verify", c.receipt, "--key", replaytest.Key}, c.held...)...)
		if code != c.code || !strings.Contains(out, c.out) || !strings.Contains(errs, c.errs) {
			t.Errorf("%s: %d: %s%s", c.name, code, out, errs)
		}
	}
	code, out, errs := session("", "replay", "--key", replaytest.Key, "--approvers", list, "--releases", releases, releases, genuine, edited)
	if code != 1 || !strings.HasPrefix(out, "DIFFERS "+edited+":1: decision 9999/1, leaf 2: not-approved: ") ||
		!strings.Contains(out, "NOT REPLAYED: 3 receipts: 1 decisions recomputed alike, 1 other leaves verified, 1 differ, 0 refused") {
		t.Errorf("replay: %d: %s%s", code, out, errs)
	}
}
