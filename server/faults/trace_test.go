package faults_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// need fails the test where a program is missing.
func need(t testing.TB, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Fatalf("this test needs %s: %v", p, err)
		}
	}
}

// A trace is a wrapper that makes calls of the victim go as how says, and tells
// afterwards how many did. Its count is of each thread's calls.
type trace struct{ calls, how, file string }

func traced(t testing.TB, calls, how string) trace {
	t.Helper()
	need(t, "strace")
	return trace{calls, how, filepath.Join(t.TempDir(), "trace")}
}

func (w trace) wrapper() []string {
	return []string{"strace", "-f", "-qq", "-o", w.file, "-e", "trace=" + w.calls, "-e", "inject=" + w.calls + ":" + w.how}
}

// injected is how many calls did not go as the victim asked.
func (w trace) injected(t testing.TB) int {
	t.Helper()
	text, err := os.ReadFile(w.file)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Count(text, []byte("(INJECTED"))
}
