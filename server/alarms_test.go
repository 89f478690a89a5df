package server_test

import (
	"os"
	"regexp"
	"slices"
	"testing"
)

// The faults that wake somebody, by the pages that each must make fire.
var pageFaults = []struct {
	name  string
	pages []string
	fault func(w *watch) (before string) // when nothing was wrong yet
}{
	{"the journal's head is moved by another process", []string{"SkaligDown"}, headMoved},
	{"the service is killed again and again", []string{"SkaligRestarts"}, restarts},
	{"the disk fills", []string{"SkaligDiskFull"}, diskFull},
	{"the disk has no room for anything new", []string{"SkaligDiskFull", "SkaligNothingNew"}, noRoom},
	{"a table of the forms is gone", []string{"SkaligErrors", "SkaligErrorsGoOn"}, formsGone},
	{"a table of the forms is gone where few apply", []string{"SkaligErrorsFew"}, formsGoneFew},
	{"the log server is killed", []string{"SkaligDecisionWithoutReceipt", "SkaligCheckpointOld"}, logDown},
	{"the log server was away", []string{"SkaligReceiptsBurn", "SkaligReceiptsBurnOn"}, logBack},
	{"an older copy of the folder is put back", []string{"SkaligTreeShrank"}, putBack},
	{"a witness is killed", []string{"SkaligWitnessQuorum"}, witnessGone},
	{"two services go on from one folder", []string{"SkaligWitnessConflict"}, twice},
	{"the native build computes otherwise", []string{"SkaligEngineDiffers"}, engineDiffers},
	{"who holds the keys changes a record", []string{"SkaligReplayMismatch"}, recordChanged},
}

// TestAlarms makes each fault to a real service, and holds what it says of itself
// against the alerts: nobody is woken before, and then by exactly what is wrong.
func TestAlarms(t *testing.T) {
	for _, f := range pageFaults {
		t.Run(f.name, func(t *testing.T) {
			w := &watch{t: t}
			w.fires(f.fault(w), f.pages...)
		})
	}
}

// TestEveryAlarmHasAFault: no alert wakes anybody that no fault has made fire.
func TestEveryAlarmHasAFault(t *testing.T) {
	text, err := os.ReadFile("deploy/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	var pages, faults []string
	for _, m := range regexp.MustCompile(`(?s)- alert: (\w+)\n.*?severity: (\w+)`).FindAllStringSubmatch(string(text), -1) {
		if m[2] == "page" {
			pages = append(pages, m[1])
		}
	}
	for _, f := range pageFaults {
		faults = append(faults, f.pages...)
	}
	for _, p := range pages {
		if !slices.Contains(faults, p) {
			t.Errorf("no fault makes %s fire", p)
		}
	}
	for _, f := range faults {
		if !slices.Contains(pages, f) {
			t.Errorf("%s is no page", f)
		}
	}
	if len(pages) < 14 {
		t.Errorf("only %d pages were found", len(pages))
	}
}

// quiet is a while in which nothing is wrong.
const quiet = 20
