package flow_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/override"
	"github.com/skalig/skalig/server/record"
)

// TestOverrides works a case by typed rows. A single person of 34 applies with rent
// 9 500, above the cap of 7 000, and sickness benefit 5 000: 5 220 + 7 000 − 5 000
// = 7 220.
func TestOverrides(t *testing.T) { both(t, testOverrides) }

func testOverrides(t *testing.T) {
	f := newFixture(t)
	s, st, _ := f.start(t)
	id, err := s.Submit(t.Context(), applicant, form("a", strings.Replace(single, `"amount":6500`, `"amount":9500`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	published(t, st, caseworker, id)
	amount := func() int64 {
		w, err := s.Work(t.Context(), caseworker, id)
		if err != nil {
			t.Fatal(err)
		}
		return w.Amount()
	}
	if got := amount(); got != 722000 {
		t.Fatalf("the calculation gives %d", got)
	}
	row := func(o override.Override) override.Override {
		o.Reason, o.Ground, o.Name = "Enligt underlag", override.Grounds[0], "Doris Demosson"
		return o
	}
	save := func(o override.Override, want int64) {
		t.Helper()
		w, err := s.Work(t.Context(), caseworker, id)
		if err != nil {
			t.Fatal(err)
		}
		effect, changes, err := s.Preview(w, o)
		if err != nil || effect != want || o.Type != override.Addition && len(changes) == 0 {
			t.Fatalf("%s: %v: the effect is %d öre, want %d, by %v", o.Type, err, effect, want, changes)
		}
		if got := amount(); got != w.Amount() {
			t.Errorf("%s: the preview changed the case", o.Type)
		}
		if err := s.Override(t.Context(), caseworker, id, w.File.Version, o); !errors.Is(err, flow.ErrVersion) {
			t.Errorf("%s: saved with an effect that was not shown: %v", o.Type, err)
		}
		before := w.Amount()
		o.Effect = effect
		if err := s.Override(t.Context(), caseworker, id, w.File.Version, o); err != nil {
			t.Fatalf("%s: %v", o.Type, err)
		}
		if got := amount(); got != before+want {
			t.Errorf("%s: the calculation gives %d, want %d", o.Type, got, before+want)
		}
	}
	save(row(override.Override{Type: override.IncomeSet, Row: "i1", Amount: 420000}), 80000)                        // 5 000 is 4 200
	save(row(override.Override{Type: override.IncomeAdd, Kind: "studentAid", Person: "p1", Amount: 30050}), -30050) // 300,50 more
	save(row(override.Override{Type: override.CostAdd, Kind: "electricity", Amount: 40000}), 40000)                 // under the limit
	save(row(override.Override{Type: override.Addition, Amount: 100000}), 100000)                                   // 1 000 of the rent above the cap
	save(row(override.Override{Type: override.CostSet, Row: "k1", Amount: 600000}), -100000)                        // the rent is 6 000 under the cap
	save(row(override.Override{Type: override.IncomeDrop, Row: "i1"}), 420000)

	for name, o := range map[string]override.Override{
		"no reason":      {Type: override.IncomeDrop, Row: "i1", Ground: override.Grounds[0], Name: "D"},
		"no ground":      {Type: override.IncomeDrop, Row: "i1", Reason: "r", Name: "D"},
		"another ground": {Type: override.IncomeDrop, Row: "i1", Reason: "r", Ground: "sunt förnuft", Name: "D"},
		"no author":      {Type: override.IncomeDrop, Row: "i1", Reason: "r", Ground: override.Grounds[0]},
		"unknown type":   row(override.Override{Type: "amount", Amount: 1}),
		"no such row":    row(override.Override{Type: override.IncomeDrop, Row: "i9"}),
		"dropped twice":  row(override.Override{Type: override.IncomeDrop, Row: "i1"}),
		"no such kind":   row(override.Override{Type: override.CostAdd, Kind: "yacht", Amount: 1}),
		"not UTF-8":      row(override.Override{Type: override.CostAdd, Kind: "rent\xff", Amount: 1}),
	} {
		w, err := s.Work(t.Context(), caseworker, id)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Preview(w, o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}

	// What was approved is this calculation, and none that comes later.
	approve(t, s, st, id)
	w, err := s.Work(t.Context(), caseworker, id)
	if err != nil || w.Approved == nil || len(w.Overrides) != 6 {
		t.Fatalf("%v: approved %v, %d overrides", err, w.Approved, len(w.Overrides))
	}
	if err := s.TakeBack(t.Context(), caseworker, id, w.File.Version, w.Overrides[3].Seq, "Doris Demosson"); err != nil {
		t.Fatal(err)
	}
	after, err := s.Work(t.Context(), caseworker, id)
	if err != nil || after.Approved != nil || after.Amount() != w.Amount()-100000 {
		t.Errorf("%v: after taking back 1 000 kr: %d of %d, approved %v", err, after.Amount(), w.Amount(), after.Approved)
	}
	if err := s.ApproveCalculation(t.Context(), caseworker, id, w.File.Version, "D"); !errors.Is(err, flow.ErrVersion) {
		t.Errorf("an older version was approved: %v", err)
	}
	approve(t, s, st, id)
	r := flow.Ruling{Version: current(t, st, id), Outcome: record.Granted, Granted: after.Amount(), Provision: "norm", Motivation: "Allt beviljas.", Name: "Doris Demosson"}
	for name, h := range map[string]*flow.Hearing{"nothing": nil, "no way": {Day: "2026-11-20"}, "no day": {How: flow.SignedOrally}, "neither": {}, "both": {Day: "2026-11-20", How: flow.SignedOrally, Needless: "Skäl"}} {
		if r.Hearing = h; !errors.Is(s.Decide(t.Context(), caseworker, id, r), flow.ErrUnheard) {
			t.Errorf("%s of how the party was heard about income that a caseworker had entered, and it was decided", name)
		}
	}
	r.Hearing = &flow.Hearing{Day: "2026-11-20", How: flow.SignedOrally, Answer: "Studiemedlet är återkrävt."}
	if err := s.Decide(t.Context(), caseworker, id, r); err != nil {
		t.Fatal(err)
	}
	file, err := st.Read(t.Context(), caseworker, id)
	if err != nil {
		t.Fatal(err)
	}
	body, err := flow.DecodeBody[flow.DecidedBody](file.Decided)
	if err != nil {
		t.Fatal(err)
	}
	if body.Hearing == nil || *body.Hearing != *r.Hearing {
		t.Errorf("kept is %v of how the party was heard", body.Hearing)
	}
	d, err := record.ParseDecision([]byte(body.Record))
	if err != nil || !strings.Contains(string(d.Facts), `"source":"caseworker"`) || strings.Contains(string(d.Facts), "sicknessBenefit") {
		t.Errorf("%v: the record's facts: %s", err, d.Facts)
	}
	if err := s.TakeBack(t.Context(), caseworker, id, file.Version, w.Overrides[0].Seq, "D"); !errors.Is(err, flow.ErrVersion) {
		t.Errorf("a decided case was changed: %v", err)
	}
}
