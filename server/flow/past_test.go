package flow_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/household"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
)

// december is single a month later, with what differs.
func december(change ...string) string {
	text := strings.NewReplacer("2026-11", "2026-12", "2026-10", "2026-11", `"monthsInRow":0`, `"monthsInRow":1`).Replace(single)
	return strings.NewReplacer(change...).Replace(text)
}

// TestRenewals: after a decision, what has changed goes to a human, but for what a
// caseworker's bounds allow; outside them goes to a human even if nothing changed.
func TestRenewals(t *testing.T) { both(t, testRenewals) }

func testRenewals(t *testing.T) {
	bounds := func(rent household.Ore, percent int64) *household.Bounds {
		return &household.Bounds{From: "2026-12", Until: "2027-02", Adults: 1, MaxRent: rent, Percent: percent, Reason: "Inkomsten växlar.", Name: "Doris Demosson"}
	}
	for name, c := range map[string]struct {
		facts  string
		bounds *household.Bounds
		want   string
	}{
		"the same":                       {december(), nil, "[]"},
		"a little more":                  {december(`"amount":5000`, `"amount":5500`), nil, "[]"},
		"much more":                      {december(`"amount":5000`, `"amount":5700`), nil, "[changed]"},
		"much more, and bounds allow":    {december(`"amount":5000`, `"amount":5700`), bounds(700000, 20), "[]"},
		"a raised rent":                  {december(`"amount":6500`, `"amount":6800`), nil, "[changed]"},
		"a raised rent in bounds":        {december(`"amount":6500`, `"amount":6800`), bounds(700000, 20), "[]"},
		"more than bounds allow":         {december(`"amount":5000`, `"amount":6001`), bounds(700000, 20), "[outside-bounds changed]"},
		"the same, yet outside bounds":   {december(), bounds(600000, 20), "[outside-bounds changed]"},
		"a new cost":                     {december(`"costs":[`, `"costs":[{"id":"k2","kind":"unionFee","amount":9000},`), nil, "[changed]"},
		"a new cost, whatever bounds":    {december(`"costs":[`, `"costs":[{"id":"k2","kind":"unionFee","amount":9000},`), bounds(700000, 20), "[outside-bounds changed]"},
		"a year older":                   {december(`"age":34`, `"age":35`), nil, "[]"},
		"two years older":                {december(`"age":34`, `"age":36`), nil, "[changed]"},
		"no month with support said":     {december(`"monthsInRow":1`, `"monthsInRow":0`), nil, "[months-differ]"},
		"more months than there are":     {december(`"monthsInRow":1`, `"monthsInRow":2`), nil, "[months-differ]"},
		"jobbstimulans after a month":    {december(`"monthsInRow":1`, `"monthsInRow":1,"jobbstimulansFrom":"2026-12"`), nil, "[months-differ]"},
		"months, whatever bounds":        {december(`"monthsInRow":1`, `"monthsInRow":0`), bounds(700000, 20), "[months-differ]"},
		"above the cap, whatever bounds": {december(`"amount":6500`, `"amount":7100`), bounds(900000, 20), "[engine-reasons not-in-full]"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			s, st, _ := f.start(t)
			first, err := s.Submit(t.Context(), applicant, form("a", single))
			if err != nil {
				t.Fatal(err)
			}
			published(t, st, applicant, first)
			if c.bounds != nil {
				if err := s.Bound(t.Context(), elsewhere, first, c.bounds); err == nil {
					t.Error("another municipality set bounds")
				}
				if err := s.Bound(t.Context(), caseworker, first, c.bounds); err != nil {
					t.Fatal(err)
				}
			}
			id, err := s.Submit(t.Context(), applicant, form("b", c.facts))
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(published(t, st, applicant, id).Reasons); got != c.want {
				t.Errorf("reasons %s, want %s", got, c.want)
			}
		})
	}
}

// TestAfterLessThanAll: what a person refused or cut is a person's the next month too,
// but for bounds that were set since.
func TestAfterLessThanAll(t *testing.T) { both(t, testAfterLessThanAll) }

func testAfterLessThanAll(t *testing.T) {
	bounds := &household.Bounds{From: "2026-11", Until: "2027-02", Adults: 1, MaxRent: 700000, Percent: 20, Reason: "r", Name: "n"}
	cut := strings.Replace(single, `"amount":6500`, `"amount":9500`, 1) // above the cap of 7 000
	for name, c := range map[string]struct {
		facts       string
		outcome     string
		months      string
		early, late bool // bounds are set before the decision, or after it
		want        string
	}{
		"refused":                      {single, record.Refused, "0", false, false, "[last-not-granted]"},
		"refused, and said otherwise":  {single, record.Refused, "1", false, false, "[last-not-granted months-differ]"},
		"granted by a person":          {single, record.Granted, "1", false, false, "[]"},
		"refused inside older bounds":  {single, record.Refused, "0", true, false, "[last-not-granted]"},
		"refused, and bounds set then": {single, record.Refused, "0", false, true, "[]"},
		"partly granted":               {cut, record.Partly, "1", false, false, "[changed last-not-granted]"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			s, st, _ := f.start(t)
			first := form("a", c.facts)
			first.HumanAsked = true
			id, err := s.Submit(t.Context(), applicant, first)
			if err != nil {
				t.Fatal(err)
			}
			bound := func(set bool) {
				if set {
					if err := s.Bound(t.Context(), caseworker, id, bounds); err != nil {
						t.Fatal(err)
					}
				}
			}
			bound(c.early)
			published(t, st, caseworker, id)
			granted := map[string]int64{record.Granted: 672000, record.Partly: 722000}[c.outcome]
			if granted > 0 {
				approve(t, s, st, id)
			}
			err = s.Decide(t.Context(), caseworker, id, flow.Ruling{Version: current(t, st, id), Outcome: c.outcome, Granted: granted, Provision: "norm",
				Motivation: "Du har tackat nej till praktik.", Name: "Doris Demosson"})
			if err != nil {
				t.Fatal(err)
			}
			if err := st.AwaitReceipt(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			bound(c.late)
			next, err := s.Submit(t.Context(), applicant, form("b", december(`"monthsInRow":1`, `"monthsInRow":`+c.months)))
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(published(t, st, applicant, next).Reasons); got != c.want {
				t.Errorf("reasons %s, want %s", got, c.want)
			}
		})
	}
}

// TestBoundsAreTakenAway: without bounds what has changed goes to a human again.
func TestBoundsAreTakenAway(t *testing.T) { both(t, testBoundsAreTakenAway) }

func testBoundsAreTakenAway(t *testing.T) {
	f := newFixture(t)
	s, st, _ := f.start(t)
	first, err := s.Submit(t.Context(), applicant, form("a", single))
	if err != nil {
		t.Fatal(err)
	}
	published(t, st, applicant, first)
	b := &household.Bounds{From: "2026-12", Until: "2026-12", Adults: 1, MaxRent: 700000, Percent: 50, Reason: "r", Name: "n"}
	for _, bounds := range []*household.Bounds{b, nil} {
		if err := s.Bound(t.Context(), caseworker, first, bounds); err != nil {
			t.Fatal(err)
		}
	}
	id, err := s.Submit(t.Context(), applicant, form("b", december(`"amount":5000`, `"amount":5700`)))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(published(t, st, applicant, id).Reasons); got != "[changed]" {
		t.Errorf("reasons %s", got)
	}
	b.Until = "2028-01"
	if err := s.Bound(t.Context(), caseworker, first, b); err == nil {
		t.Error("bounds for more than a year were set")
	}
}

// TestStopEverywhere: an operator stops the whole service, and nobody else does.
func TestStopEverywhere(t *testing.T) { both(t, testStopEverywhere) }

func testStopEverywhere(t *testing.T) {
	f := newFixture(t)
	s, st, _ := f.start(t)
	operator := store.Caller{Ref: "operator-1", Role: store.Operator}
	if err := s.SwitchEverywhere(t.Context(), caseworker, true, "D", "prov"); err == nil {
		t.Error("a caseworker stopped every municipality")
	}
	for key, stopped := range map[string]bool{"a": true, "b": false} {
		if err := s.SwitchEverywhere(t.Context(), operator, stopped, "Otto", "prov"); err != nil {
			t.Fatal(err)
		}
		who := store.Caller{Ref: "person-" + key, Role: store.Applicant}
		id, err := s.Submit(t.Context(), who, form(key, single))
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(published(t, st, who, id).Reasons) == "[service-stopped]"; got != stopped {
			t.Errorf("stopped %v: referred %v", stopped, got)
		}
	}
}

// TestProtectedIdentity: a human decides, only one with the right to, and only
// after opening the case with a reason.
func TestProtectedIdentity(t *testing.T) { both(t, testProtectedIdentity) }

func testProtectedIdentity(t *testing.T) {
	f := newFixture(t)
	s, st, _ := f.start(t)
	trusted := store.Caller{Ref: "staff-3", Role: store.Caseworker, Municipality: "9999", Protected: true}
	first, err := s.Submit(t.Context(), applicant, form("a", single))
	if err != nil {
		t.Fatal(err)
	}
	published(t, st, caseworker, first)
	if err := s.Protect(t.Context(), caseworker, first, true, "D", "Uppgift från sökanden"); err != nil {
		t.Fatal(err)
	}
	if _, err := st.Read(t.Context(), caseworker, first); err == nil {
		t.Error("a caseworker without the right reads the case")
	}
	if err := s.Protect(t.Context(), caseworker, first, false, "D", "ångrar"); err == nil {
		t.Error("a caseworker without the right lifts the protection")
	}
	id, err := s.Submit(t.Context(), applicant, form("b", december()))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(published(t, st, applicant, id).Reasons); got != "[protected-identity]" {
		t.Errorf("reasons %s", got)
	}
	if queue, err := st.Queue(t.Context(), caseworker, store.Listing{Most: 10}); err != nil || len(queue.Cases) != 0 {
		t.Errorf("%v: a caseworker without the right sees %d cases", err, len(queue.Cases))
	}
	if queue, err := st.Queue(t.Context(), trusted, store.Listing{Most: 10}); err != nil || len(queue.Cases) != 1 {
		t.Errorf("%v: a caseworker with the right sees %d cases", err, len(queue.Cases))
	}
	if _, err := st.Read(t.Context(), trusted, id); err != store.ErrSealed {
		t.Errorf("before it is opened: %v", err)
	}
	if err := s.Open(t.Context(), trusted, id, "Dag", " "); err == nil {
		t.Error("opened without a reason")
	}
	if err := s.Open(t.Context(), caseworker, id, "Doris", "nyfiken"); err == nil {
		t.Error("opened without the right")
	}
	if err := s.Open(t.Context(), trusted, id, "Dag", "Handlägger ärendet"); err != nil {
		t.Fatal(err)
	}
	if _, err := st.Read(t.Context(), trusted, id); err != nil {
		t.Errorf("after it is opened: %v", err)
	}
	if err := s.Protect(t.Context(), trusted, first, false, "Dag", "Skyddet har upphört"); err != nil {
		t.Fatal(err)
	}
	if _, err := st.Read(t.Context(), caseworker, id); err != nil {
		t.Errorf("after the protection has ended: %v", err)
	}
}
