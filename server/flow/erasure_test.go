package flow_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
)

// TestErasuresAreToldTogether: who reads the log doesn't learn which decisions were of one
// person. What is erased is gone at once; the log names it when as many households are in
// it as the rule says, all in one leaf, sorted, also after a restart in between.
func TestErasuresAreToldTogether(t *testing.T) { both(t, testErasuresAreToldTogether) }

func testErasuresAreToldTogether(t *testing.T) {
	f := newFixture(t)
	s, st, stop := f.start(t)
	const people = store.ErasedTogether + 1
	who := func(i int) store.Caller { return store.Caller{Ref: fmt.Sprintf("person-%d", i), Role: store.Applicant} }
	cases := map[int][]string{}
	for round := range 2 { // so that nobody's numbers stand together
		for i := range people {
			id, err := s.Submit(t.Context(), who(i), form(fmt.Sprint(round), single))
			if err != nil {
				t.Fatal(err)
			}
			if round == 1 { // for the month that is decided: a person decides it
				ruling := flow.Ruling{Version: current(t, st, id), Outcome: record.Refused, Provision: "norm", Motivation: "Redan beviljat.", Name: "Doris Demosson"}
				if err := s.Decide(t.Context(), caseworker, id, ruling); err != nil {
					t.Fatal(err)
				}
			}
			published(t, st, who(i), id)
			cases[i] = append(cases[i], id)
		}
	}
	erase := func(i int) {
		t.Helper()
		for _, id := range cases[i] {
			if err := s.Erase(t.Context(), id, record.Retention); err != nil {
				t.Fatal(err)
			}
			if _, err := st.Read(t.Context(), store.Program, id); !errors.Is(err, store.ErrErased) {
				t.Errorf("person %d's case: %v", i, err)
			}
		}
		if err := s.TellErasures(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	told := func(want ...[]uint64) {
		t.Helper()
		notices, err := st.Notices(store.KindErasures)
		if err != nil {
			t.Fatal(err)
		}
		var got [][]uint64
		for _, n := range notices {
			text, err := s.Record(t.Context(), n.Index)
			if err != nil {
				t.Fatal(err)
			}
			e, err := record.ParseErasure(text)
			if err != nil || e.Reason != record.Retention {
				t.Fatalf("%v: %s", err, text)
			}
			got = append(got, e.Numbers)
		}
		if !slices.EqualFunc(got, want, slices.Equal[[]uint64]) {
			t.Errorf("the log names %v, want %v", got, want)
		}
	}
	for i := range store.ErasedTogether - 1 {
		erase(people - 1 - i)
		told()
	}
	stop()
	s, st, _ = f.start(t)
	told()
	erase(1)
	all := []uint64{1, 2, 3, 4, 5, 7, 8, 9, 10, 11} // all but the first person's 0 and 6
	told(all)
	erase(0) // alone again, it waits
	told(all)

	// Nothing tells of fewer, whatever asks for it.
	last, err := st.Notices(store.KindErasures)
	if err != nil {
		t.Fatal(err)
	}
	_, err = st.Update(t.Context(), store.Program, func(v *store.View) (store.Draft, error) {
		waiting, err := v.Untold("9999", record.Retention)
		if err != nil || len(waiting) != 2 {
			t.Errorf("%+v wait: %v", waiting, err)
			return store.Draft{}, errors.Join(err, errors.New("nothing to tell"))
		}
		index, number, _, err := v.Next("9999")
		return store.Draft{Case: store.Public, Body: []byte("{}"), Head: store.Erasures{Reason: record.Retention, Last: waiting[1].Seq,
			Place: store.Place{Index: index, Municipality: "9999", Number: number, Leaf: []byte("leaf")}}}, err
	})
	if !errors.Is(err, store.ErrForbidden) || len(last) != 1 {
		t.Errorf("one household's leaf: %v", err)
	}
}

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
