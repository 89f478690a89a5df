package flow_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
)

// TestReconsider: the rent was 6 900, not 6 500. The machine granted 6 720; the
// caseworker's new decision grants 7 120 and names the old one.
func TestReconsider(t *testing.T) { both(t, testReconsider) }

func testReconsider(t *testing.T) {
	f := newFixture(t)
	s, st, stop := f.start(t)
	id, err := s.Submit(t.Context(), applicant, form("a", single))
	if err != nil {
		t.Fatal(err)
	}
	first := published(t, st, caseworker, id)
	right := strings.Replace(single, `"amount":6500`, `"amount":6900`, 1)
	r := flow.Ruling{Version: first.Version, Outcome: record.Granted, Granted: 712000, Ground: "wrong", Provision: "norm", Motivation: "Hyran var 6 900 kronor.", Name: "Doris Demosson", Facts: []byte(right)}

	for name, c := range map[string]struct {
		caller store.Caller
		change func(*flow.Ruling)
		want   error
	}{
		"the applicant":      {applicant, func(*flow.Ruling) {}, store.ErrForbidden},
		"other municipality": {elsewhere, func(*flow.Ruling) {}, store.ErrForbidden},
		"an older version":   {caseworker, func(r *flow.Ruling) { r.Version-- }, flow.ErrVersion},
		"no reason":          {caseworker, func(r *flow.Ruling) { r.Motivation = "" }, nil},
		"another month":      {caseworker, func(r *flow.Ruling) { r.Facts = []byte(strings.Replace(right, "2026-11", "2026-12", 1)) }, nil},
		"a refused sum":      {caseworker, func(r *flow.Ruling) { r.Outcome = record.Refused }, nil},
	} {
		wrong := r
		c.change(&wrong)
		if err := s.Reconsider(t.Context(), c.caller, id, wrong); err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.Decide(t.Context(), caseworker, id, r); !errors.Is(err, flow.ErrVersion) {
		t.Errorf("a decided case was decided as if it were not: %v", err)
	}
	if err := s.Reconsider(t.Context(), caseworker, id, r); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := st.AwaitReceipt(ctx, first.Index+1); err != nil {
		t.Fatal(err)
	}
	check := func(st *store.Store) {
		t.Helper()
		file, err := st.Read(t.Context(), applicant, id)
		if err != nil {
			t.Fatal(err)
		}
		body, err := flow.DecodeBody[flow.DecidedBody](file.Decided)
		if err != nil {
			t.Fatal(err)
		}
		d, err := record.ParseDecision([]byte(body.Record))
		if err != nil {
			t.Fatal(err)
		}
		if d.Replaces != "9999/0" || d.Number != 1 || d.Granted != 712000 || d.Mode != record.Human || file.Replaces != "9999/0" || file.Decision() != "9999/1" {
			t.Errorf("the new decision: replaces %q, number %d, %d öre, %s", d.Replaces, d.Number, d.Granted, d.Mode)
		}
		diff := body.Difference
		if diff == nil || diff.Before != 672000 || diff.After != 712000 || diff.Ore != 40000 || len(diff.Changes) != 1 || diff.Changes[0].Ore != 40000 || diff.Changes[0].Label != "Hyra" {
			t.Errorf("the difference: %+v", diff)
		}
		decisions, err := st.Pages(t.Context(), applicant, id, store.KindDecided)
		if err != nil || len(decisions) != 2 {
			t.Fatalf("%v: %d decisions", err, len(decisions))
		}
		receipts, err := st.Pages(t.Context(), applicant, id, store.KindPublished)
		if err != nil || len(receipts) != 2 {
			t.Fatalf("%v: %d receipts", err, len(receipts))
		}
		for _, p := range receipts {
			if rep := ledger.Verify(p.Body, []string{f.vkey}); !rep.OK {
				t.Errorf("a receipt does not verify: %v", rep.Reason)
			}
		}
	}
	check(st)
	if err := s.Reconsider(t.Context(), caseworker, id, r); !errors.Is(err, flow.ErrVersion) {
		t.Errorf("the same form again: %v", err)
	}
	stop()
	_, again, _ := f.start(t)
	check(again)
}

// TestDialogue: a message, a request with a due day and the answer to it.
func TestDialogue(t *testing.T) { both(t, testDialogue) }

func testDialogue(t *testing.T) {
	f := newFixture(t)
	s, st, _ := f.start(t)
	a := form("a", single)
	a.HumanAsked = true
	id, err := s.Submit(t.Context(), applicant, a)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Complete(t.Context(), applicant, id, flow.CompletionReceivedBody{Text: "Här"}); !errors.Is(err, flow.ErrNothing) {
		t.Errorf("an answer to nothing: %v", err)
	}
	for name, c := range map[string]struct {
		caller store.Caller
		due    string
		ok     bool
	}{"a caseworker": {caseworker, "2026-12-04", true}, "no day": {caseworker, "snart", false}, "the applicant": {applicant, "2026-12-04", false}, "elsewhere": {elsewhere, "2026-12-04", false}} {
		err := s.Ask(t.Context(), c.caller, id, c.due, flow.CompletionAskedBody{Name: "Doris Demosson", Text: "Skicka hyresavin."})
		if (err == nil) != c.ok || err != nil && !errors.Is(err, store.ErrForbidden) {
			t.Errorf("%s asks: %v", name, err)
		}
	}
	if err := s.Complete(t.Context(), applicant, id, flow.CompletionReceivedBody{Name: "Alva Exempel", Text: "Här är den."}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		caller store.Caller
		person string
		ok     bool
	}{"the applicant": {applicant, applicant.Ref, true}, "a caseworker": {caseworker, applicant.Ref, true}, "a stranger": {stranger, stranger.Ref, false},
		"in another's name": {applicant, stranger.Ref, false}, "to a stranger": {caseworker, stranger.Ref, false}} {
		err := s.Say(t.Context(), c.caller, id, c.person, flow.MessageBody{Name: "N", Text: "Hej"})
		if (err == nil) != c.ok || err != nil && !errors.Is(err, store.ErrForbidden) {
			t.Errorf("%s writes: %v", name, err)
		}
	}
	pages, err := st.Pages(t.Context(), applicant, id, store.KindMessage)
	if err != nil || len(pages) != 2 {
		t.Errorf("%v: %d messages", err, len(pages))
	}
	if err := s.Letter(t.Context(), id, 7, []byte("%PDF-")); err != nil {
		t.Errorf("a letter of no decision: %v", err)
	}
}
