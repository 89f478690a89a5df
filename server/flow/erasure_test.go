package flow_test

import (
	"testing"

	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/record"
)

// TestErasureReachesTheAccount: an account stays while its owner has another case,
// goes with the last one, and can be given anew afterwards.
func TestErasureReachesTheAccount(t *testing.T) { both(t, testErasureReachesTheAccount) }

func testErasureReachesTheAccount(t *testing.T) {
	f := newFixture(t)
	s, st, _ := f.start(t)
	var cases []string
	for _, key := range []string{"a", "b"} {
		id, err := s.Submit(t.Context(), applicant, form(key, single))
		if err != nil {
			t.Fatal(err)
		}
		if key == "b" { // for the month that is decided: a person decides it
			ruling := flow.Ruling{Version: current(t, st, id), Outcome: record.Refused, Provision: "norm", Motivation: "Redan beviljat.", Name: "Doris Demosson"}
			if err := s.Decide(t.Context(), caseworker, id, ruling); err != nil {
				t.Fatal(err)
			}
		}
		published(t, st, applicant, id)
		cases = append(cases, id)
	}
	give := func() {
		t.Helper()
		if err := s.SetAccount(t.Context(), applicant, flow.AccountBody{Name: "Alva Exempel", To: own}); err != nil {
			t.Fatal(err)
		}
	}
	known := func(want bool) {
		t.Helper()
		a, err := s.AccountOf(t.Context(), applicant, applicant.Ref)
		if err != nil || (a != nil) != want {
			t.Errorf("the account is %v, %v; want one: %v", a, err, want)
		}
	}
	give()
	give() // changed
	known(true)
	for i, id := range cases {
		if err := s.Erase(t.Context(), id, record.Retention); err != nil {
			t.Fatal(err)
		}
		known(i == 0)
	}
	give()
	known(true)
}
