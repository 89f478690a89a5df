package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/skalig/skalig/ledger/trillian/trilliantest"
)

func TestMain(m *testing.M) {
	testscript.Main(tests{m}, map[string]func(){"skalig": main})
}

// tests stop what they have started.
type tests struct{ m *testing.M }

func (t tests) Run() int { return trilliantest.Run(t.m) }

// TestCommands runs testdata/*.txtar: each is a session at a terminal.
func TestCommands(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			repo, err := os.Getwd()
			e.Setenv("REPO", repo+"/../..")
			return err
		},
	})
}
