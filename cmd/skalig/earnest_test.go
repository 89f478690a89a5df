package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestEarnest: built for service, the program does not hold what demonstrates it.
func TestEarnest(t *testing.T) {
	const of = "github.com/skalig/skalig/server/demo"
	deps := func(tags string) string {
		out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-tags", tags, ".").Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	if !strings.Contains(deps(""), of+"\n") {
		t.Fatalf("%s is in no program: the test looks for nothing", of)
	}
	for name := range strings.Lines(deps("earnest")) {
		if name = strings.TrimSpace(name); strings.HasPrefix(name, of) || strings.Contains(name, "sim") && strings.Contains(name, "/register/") || strings.Contains(name, "zitadel/oidc") {
			t.Errorf("the program holds %s", name)
		}
	}

	program := filepath.Join(t.TempDir(), "skalig")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-tags", "earnest", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	serve := exec.CommandContext(t.Context(), program, "serve", "--demo", "--addr", "127.0.0.1:0", "--data", filepath.Join(t.TempDir(), "data"))
	if out, err := serve.CombinedOutput(); err == nil || !strings.Contains(string(out), "built without the demonstration") {
		t.Errorf("it serves a demonstration: %v: %s", err, out)
	}
	check := exec.CommandContext(t.Context(), program, "config", "check", "../../server/deploy/config.json")
	if out, _ := check.CombinedOutput(); strings.Count(string(out), "\n") != 2 || !strings.Contains(string(out), "client-secret") { // which this machine has not
		t.Errorf("the example of a configuration: %s", out)
	}
}
