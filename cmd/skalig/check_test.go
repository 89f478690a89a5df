package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skalig/skalig/server/release"
	"github.com/skalig/skalig/server/release/releasetest"
)

// TestCheckAndReplayAndMonitor takes what a service over HTTP leaves behind, its
// folder, its receipt and its log, to each of the tools that need not trust it.
func TestCheckAndReplayAndMonitor(t *testing.T) {
	dir := t.TempDir()
	copied, keys, again := filepath.Join(dir, "copied"), filepath.Join(dir, "keys"), filepath.Join(dir, "again")
	data, receipt, key, state := filepath.Join(dir, "data"), filepath.Join(dir, "receipt.json"), filepath.Join(dir, "vkey"), filepath.Join(dir, "state")
	demonstration(t, data, func(base string) {
		v := visit(t, base)
		file, vkey := v.decided("alva"), v.get("/log/key")
		if err := os.WriteFile(receipt, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(key, []byte(vkey), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, out, errs := session("", "log", "monitor", base+"/log", "--key", key, "--state", state, "--once"); code != 0 || !strings.HasPrefix(out, "ok: 2 leaves, 2 new: 1 decisions, 1 releases, 0 others; 1 municipalities; root ") {
			t.Errorf("the monitor: %d: %s%s", code, out, errs)
		}
		held, letting := filepath.Join(dir, "approvers"), filepath.Join(dir, "releases.jsonl")
		if err := errors.Join(os.WriteFile(held, []byte(v.get("/log/approvers")), 0o600), os.WriteFile(letting, []byte(v.get("/log/releases")), 0o600)); err != nil {
			t.Fatal(err)
		}
		if code, out, errs := session("", "verify", receipt, "--key", key, "--approvers", held, "--releases", letting); code != 0 || !strings.Contains(out, "ok    approval\n") {
			t.Errorf("verify, held to the approvers: %d: %s%s", code, out, errs)
		}
		for name, want := range map[string]int{held: 0, filepath.Join(dir, "strangers"): 1} {
			if want == 1 {
				strangers := []release.Approver{releasetest.NewPerson(t, "anna").Approver, releasetest.NewPerson(t, "bertil").Approver}
				if err := os.WriteFile(name, release.MarshalApprovers(strangers), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			code, out, errs := session("", "log", "monitor", base+"/log", "--key", key, "--state", name+".state", "--once", "--approvers", name)
			if code != want || (want == 1) != strings.HasPrefix(out, "FAULT release-unapproved: leaf 0: ") {
				t.Errorf("the monitor, held to %s: %d: %s%s", filepath.Base(name), code, out, errs)
			}
		}
		if code, _, errs := session("", "log", "monitor", base+"/log", "--key", key, "--state", state, "--once", "--approvers", held); code != 1 || !strings.Contains(errs, "hint: a log is held to approvers from its first leaf on") {
			t.Errorf("a state that was held to nobody: %d: %s", code, errs)
		}
		if code, out, errs := session("", "backup", "--data", data, "--to", copied, "--keys", keys); code != 0 || !strings.HasPrefix(out, "copied ") {
			t.Errorf("a backup of a folder in use: %d: %s", code, errs)
		}
		if code, _, errs := session("", "check", "--data", data); code != 1 || !strings.Contains(errs, "hint: stop the server") {
			t.Errorf("a check of a folder in use: %d: %s", code, errs)
		}
	})
	if code, out, errs := session("", "replay", "--key", key, receipt); code != 0 || !strings.HasPrefix(out, "REPLAYED: 1 receipts: 1 decisions recomputed alike") {
		t.Errorf("the replay: %d: %s%s", code, out, errs)
	}
	code, out, errs := session("", "check", "--data", data)
	for _, want := range []string{"cases: 0 submitted, 0 queued, 0 decided, 1 published\n", "outbox    2 leaves: 1 releases, 1 automatic decisions, 0 decisions by a person\n", "log       2 leaves published by ", "receipts  2\n", "\nSOUND\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("the check lacks %q", want)
		}
	}
	if code != 0 || !strings.HasPrefix(errs, "note: sealed records are opened with the key in ") {
		t.Errorf("the check: %d: %s%s", code, out, errs)
	}

	checkpoint := filepath.Join(data, "log", "log", "checkpoint")
	code, out, errs = session("", "restore", "--from", copied, "--keys", keys, "--data", again, "--checkpoint", checkpoint)
	if code != 0 || errs != "" || !strings.HasSuffix(out, "\nSOUND\n") {
		t.Errorf("the restore: %d: %s%s", code, out, errs)
	}
	demonstration(t, again, func(base string) { // it serves, and the log goes on where it was
		if code, out, errs := session("", "log", "monitor", base+"/log", "--key", key, "--state", state, "--once"); code != 0 || !strings.HasPrefix(out, "ok: 2 leaves, 0 new") {
			t.Errorf("the monitor after a restore: %d: %s%s", code, out, errs)
		}
	})

	if err := os.Remove(filepath.Join(data, "log", "log", "tile", "0", "000.p", "2")); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := session("", "check", "--data", data); code != 1 || !strings.HasPrefix(out, "FAULT log: tile-missing: leaf 0: ") || !strings.HasSuffix(out, "NOT SOUND: 1 faults\n") {
		t.Errorf("the check of a damaged folder: %d: %s", code, out)
	}
}
