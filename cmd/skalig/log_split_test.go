package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestLogMonitorOfTwoServers follows whole servers with one state file: two that
// went on from the same data folder and decided different cases, and one whose
// folder of before somebody put back under the same address.
func TestLogMonitorOfTwoServers(t *testing.T) {
	dir := t.TempDir()
	one, other, earlier := filepath.Join(dir, "one"), filepath.Join(dir, "other"), filepath.Join(dir, "earlier")
	key, state := filepath.Join(dir, "vkey"), filepath.Join(dir, "state")
	monitor := func(base string, wantCode int, want ...string) {
		t.Helper()
		code, out, errs := session("", "log", "monitor", base+"/log", "--key", key, "--state", state, "--once")
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("the monitor does not say %q", w)
			}
		}
		if code != wantCode || t.Failed() {
			t.Fatalf("status %d:\n%s%s", code, out, errs)
		}
	}
	demonstration(t, one, func(base string) {
		v := visit(t, base)
		v.decided("alva")
		if err := os.WriteFile(key, []byte(v.get("/log/key")), 0o600); err != nil {
			t.Fatal(err)
		}
		monitor(base, 0, "ok: 2 leaves, 2 new: 1 decisions, 1 releases")
	})
	for _, copied := range []string{other, earlier} { // with modes: keys are nobody else's to read
		if out, err := exec.Command("cp", "-a", one, copied).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	var address string
	demonstration(t, one, func(base string) {
		demonstration(t, other, func(twin string) {
			monitor(twin, 0, "ok: 2 leaves, 0 new") // so far they are one log
			visit(t, base).decided("bo")
			monitor(base, 0, "ok: 3 leaves, 1 new: 1 decisions")
			monitor(twin, 1, "FAULT shrunk: the log went back from 3 leaves to 2")
			visit(t, twin).decided("cleo")
			monitor(twin, 1, "FAULT forked: the log has signed two different trees of 3 leaves", "the log signed before:\n\n", "the log shows now:\n\n")
			visit(t, twin).decided("bo")
			monitor(twin, 1, "FAULT forked: ")
			monitor(base, 0, "ok: 3 leaves, 0 new")
		})
		address = "127.0.0.1:" + base[strings.LastIndex(base, ":")+1:]
	})
	demonstrationAt(t, address, earlier, func(base string) {
		monitor(base, 1, "FAULT shrunk: the log went back from 3 leaves to 2")
	})
	demonstrationAt(t, address, one, func(base string) {
		monitor(base, 0, "ok: 3 leaves, 0 new")
	})
}
