package flow_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/record"
)

// TestAsked: what was applied for is what the household would get if every cost were
// approved, the incomes against all of it.
func TestAsked(t *testing.T) {
	f := newFixture(t)
	s, _, _ := f.start(t)
	facts := func(changes ...string) string { return strings.NewReplacer(changes...).Replace(single) }
	for name, c := range map[string]struct {
		facts string
		asked int64
		known bool
	}{
		"within the limit":         {single, 672000, true},
		"above it":                 {facts(`"amount":6500`, `"amount":9500`), 972000, true},
		"two costs above":          {facts(`"costs":[`, `"costs":[{"id":"k2","kind":"unionFee","amount":70000},`, `"amount":6500`, `"amount":9500`), 7972000, true},
		"only with the cost":       {facts(`"amount":6500`, `"amount":9500`, `"amount":5000`, `"amount":13000`), 172000, true},
		"not even with the cost":   {facts(`"amount":6500`, `"amount":9500`, `"amount":5000`, `"amount":33000`), 0, true},
		"months that are not said": {facts(`,"monthsInRow":0`, ``, "sicknessBenefit", "wage"), 0, false},
	} {
		e, err := s.Estimate([]byte(c.facts))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if asked, known := e.Asked(); asked != c.asked || known != c.known {
			t.Errorf("%s: %d %v, want %d %v", name, asked, known, c.asked, c.known)
		}
	}
}

// TestLessIsNotAll: a decision and its reconsideration are a grant in full only where
// nothing that was applied for is left out.
func TestLessIsNotAll(t *testing.T) { both(t, testLessIsNotAll) }

func testLessIsNotAll(t *testing.T) {
	f := newFixture(t)
	s, st, _ := f.start(t)
	id, err := s.Submit(t.Context(), applicant, form("a", strings.Replace(single, `"amount":6500`, `"amount":9500`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	published(t, st, caseworker, id)
	acknowledge(t, s, st, id)
	approve(t, s, st, id)
	ruling := flow.Ruling{Version: current(t, st, id), Outcome: record.Granted, Granted: 722000, Provision: "norm", Motivation: "Hyran.", Name: "Doris Demosson"}
	if err := s.Decide(t.Context(), caseworker, id, ruling); !errors.Is(err, flow.ErrLess) {
		t.Errorf("decided: %v", err)
	}
	ruling.Outcome = record.Partly
	if err := s.Decide(t.Context(), caseworker, id, ruling); err != nil {
		t.Fatal(err)
	}
	number := int64(722000)
	for _, r := range []struct {
		outcome string
		granted int64
		want    error
	}{
		{record.Granted, 722000, flow.ErrLess},
		{record.Granted, 971999, flow.ErrLess},
		{record.Granted, 972001, flow.ErrMore},
		{record.Partly, 1189000, flow.ErrMore},
		{record.Partly, 971999, nil},
		{record.Granted, 972000, nil},
	} {
		file := published(t, st, caseworker, id)
		again := flow.Ruling{Version: file.Version, Outcome: r.outcome, Granted: r.granted, Ground: "wrong", Motivation: "Hyran igen.", Name: "Doris Demosson"}
		if err := s.Reconsider(t.Context(), caseworker, id, again); !errors.Is(err, r.want) {
			t.Errorf("%s %d: %v, want %v", r.outcome, r.granted, err, r.want)
		} else if err == nil {
			number = r.granted
		}
	}
	body, err := flow.DecodeBody[flow.DecidedBody](published(t, st, caseworker, id).Decided)
	if err != nil || !strings.Contains(body.Record, fmt.Sprintf(`"granted":%d`, number/100)) {
		t.Errorf("%v: %s", err, body.Record)
	}
}
