package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skalig/skalig/server/demoidp"
)

// TestLoad is a short load at a low rate: no error, every decision in the log once,
// and sound data afterwards.
func TestLoad(t *testing.T) {
	program := filepath.Join(t.TempDir(), "skalig")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../skalig").CombinedOutput(); err != nil {
		t.Fatalf("couldn't build the program: %v: %s", err, out)
	}
	l := &load{rate: 2, length: 20 * time.Second, clients: 16, program: program, data: filepath.Join(t.TempDir(), "data"), figures: newFigures()}
	var said bytes.Buffer
	if err := l.run(t.Context(), &said); err != nil {
		t.Fatalf("%v:\n%s", err, &said)
	}
	for _, want := range []string{lastSignature, "couple with children, granted", "single without children, granted", "SOUND", "started again"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, &said)
		}
	}
	if n := l.figures.leaves(); n < 20 {
		t.Errorf("%d decisions:\n%s", n, &said)
	}
	// Of what it holds, a decision that is missing is found.
	if err := l.after(t.Context(), &said, l.figures.leaves()+1); err == nil || !strings.Contains(err.Error(), "were acknowledged") {
		t.Errorf("one decision more than there is: %v", err)
	}
}

// TestHouseholds: their kinds have the shares of the statistics, and no two
// households have a person in common.
func TestHouseholds(t *testing.T) {
	kinds, seen := map[string]int{}, map[string]bool{}
	for n := range 1000 {
		a, err := applicantOf(n, time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
		if err != nil {
			t.Fatal(err)
		}
		kinds[a.kind]++
		for _, p := range []demoidp.Person{a.person, a.partner} {
			if seen[p.ID] {
				t.Errorf("%s is in two households", p.ID)
			}
			seen[p.ID] = true
		}
	}
	for _, h := range households {
		if kinds[h.kind] != h.share {
			t.Errorf("%d of 1000 are %s, not %d", kinds[h.kind], h.kind, h.share)
		}
	}
	if _, err := applicantOf(85_000, time.Now()); err != nil {
		t.Error(err)
	}
	if _, err := applicantOf(demoidp.Tests, time.Now()); err == nil {
		t.Error("there is no end of test persons")
	}
}

// TestFlat: a run whose need grew is told so, a steady one not.
func TestFlat(t *testing.T) {
	l := &load{}
	first := state{heap: 300e6, goroutines: 100, files: 100, decisions: 3000}
	last := state{heap: 400e6, goroutines: 110, files: 90, decisions: 30_000}
	if err := l.flat(first, last, 10*time.Minute); err != nil {
		t.Error(err)
	}
	for what, worse := range map[string]state{
		"heap":       {heap: 4e9, goroutines: 100, files: 100, decisions: 30_000},
		"goroutines": {heap: 400e6, goroutines: 3000, files: 100, decisions: 30_000},
		"files":      {heap: 400e6, goroutines: 100, files: 3000, decisions: 30_000},
	} {
		if err := l.flat(first, worse, 10*time.Minute); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s grew: %v", what, err)
		}
	}
}
