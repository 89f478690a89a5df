package monitor_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/monitor"
)

// judged are shown records, with a judge of their releases.
type judged struct {
	shown
	lets map[string][]monitor.Rules // by what stands in a release's record; nothing: not approved
}

func (j judged) Approved(record []byte) ([]monitor.Rules, error) {
	for part, rules := range j.lets {
		if strings.Contains(string(record), part) {
			return rules, nil
		}
	}
	return nil, errors.New("too few people have approved")
}

// TestApproved: where the reader says whose approval counts, each release was approved and
// each decision is by rules that one lets its municipality decide by.
func TestApproved(t *testing.T) {
	one, two := [32]byte{1}, [32]byte{2}
	release := func(day, from string) line { return line{ledger.Release, ledger.Service, day, `"from":"` + from + `"`} }
	decision := func(day string) line { return line{ledger.Decision, "9999", day, ""} }
	lets := map[string][]monitor.Rules{
		`"from":"2026-11-22"`: {{Municipality: "9999", Digest: one}, {Municipality: "1280", Digest: two}},
		`"from":"2026-12-01"`: {{Municipality: "9999", Digest: two}},
		`"from":"2026-12-24"`: {{Municipality: "9999"}}, // of old: it doesn't say
	}
	for _, c := range []struct {
		name  string
		lines []line
		rules map[int][32]byte
		want  string
	}{
		{"approved", []line{release("2026-11-22", "2026-11-22"), decision("2026-11-22")}, map[int][32]byte{1: one}, ""},
		{"nobody approved the release", []line{release("2026-11-22", "2026-11-23"), decision("2026-11-23")}, map[int][32]byte{1: one}, "release-unapproved 0, rules-unapproved 1"},
		{"any rules at all", []line{release("2026-11-22", "2026-11-22"), decision("2026-11-22")}, map[int][32]byte{1: {9}}, "rules-unapproved 1"},
		{"another municipality's rules", []line{release("2026-11-22", "2026-11-22"), decision("2026-11-22")}, map[int][32]byte{1: two}, "rules-unapproved 1"},
		{"new rules before their day", []line{release("2026-11-22", "2026-11-22"), release("2026-11-22", "2026-12-01"), decision("2026-11-30")}, map[int][32]byte{2: two}, "rules-unapproved 2"},
		{"new rules on their day", []line{release("2026-11-22", "2026-11-22"), release("2026-11-22", "2026-12-01"), decision("2026-12-01")}, map[int][32]byte{2: two}, ""},
		{"a release that doesn't say by which rules", []line{release("2026-11-22", "2026-12-24"), decision("2026-12-24")}, map[int][32]byte{1: {9}}, ""},
	} {
		log := writeBy(t, c.lines, c.rules)
		if r, err := monitor.Poll(t.Context(), log, vkey, nil, nil); err != nil || !r.Sound() {
			t.Fatalf("%s: without a judge: %v: %s", c.name, err, list(r))
		}
		if r, err := monitor.Poll(t.Context(), judged{log, lets}, vkey, nil, nil); err != nil || list(r) != c.want {
			t.Errorf("%s: %v: %q, want %q", c.name, err, list(r), c.want)
		}
	}
}

// What was approved is kept from poll to poll, through its file; what was kept without a
// judge is nothing to go on from with one.
func TestApprovedIsKept(t *testing.T) {
	one := [32]byte{1}
	lets := map[string][]monitor.Rules{"from": {{Municipality: "9999", Digest: one}}}
	lines := []line{{ledger.Release, ledger.Service, "2026-11-22", `"from":"2026-11-22"`}}
	first, err := monitor.Poll(t.Context(), judged{write(t, lines), lets}, vkey, nil, nil)
	if err != nil || !first.Sound() {
		t.Fatal(err, list(first))
	}
	kept, err := monitor.ParseState(first.State.Marshal())
	if err != nil {
		t.Fatalf("%v:\n%s", err, first.State.Marshal())
	}
	lines = append(lines, line{ledger.Decision, "9999", "2026-11-23", ""})
	for rules, want := range map[[32]byte]string{one: "", {9}: "rules-unapproved 1"} {
		r, err := monitor.Poll(t.Context(), judged{writeBy(t, lines, map[int][32]byte{1: rules}), lets}, vkey, kept, nil)
		if err != nil || list(r) != want {
			t.Errorf("%v: %q, want %q", err, list(r), want)
		}
	}
	plain, err := monitor.Poll(t.Context(), write(t, lines[:1]), vkey, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := monitor.Poll(t.Context(), judged{write(t, lines), lets}, vkey, plain.State, nil); !errors.Is(err, monitor.ErrState) {
		t.Errorf("going on from what was held to nobody: %v", err)
	}
	if r, err := monitor.Poll(t.Context(), write(t, lines), vkey, kept, nil); err != nil || !r.Sound() || strings.Contains(string(r.State.Marshal()), "approvals held") {
		t.Errorf("going on without a judge: %v", err)
	}
}
