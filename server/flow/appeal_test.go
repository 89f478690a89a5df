package flow_test

import (
	"errors"
	"testing"
	"time"

	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/store"
)

// A docket is a case with what is done about appeals in it.
type docket struct {
	t  *testing.T
	s  *flow.Service
	st *store.Store
	id string
}

// refused is a couple's case that a caseworker has refused, with a rent above the limit.
func refused(t *testing.T, f *fixture) docket {
	t.Helper()
	s, st, _ := f.start(t)
	id := applied(t, s, "9500")
	d := docket{t, s, st, id}
	published(t, st, caseworker, id)
	acknowledge(t, s, st, id)
	if err := s.Decide(t.Context(), caseworker, id, flow.Ruling{Version: current(t, st, id), Outcome: record.Refused, Provision: "norm", Motivation: "Hyran.", Name: "Doris Demosson"}); err != nil {
		t.Fatal(err)
	}
	d.decided("9999/0")
	return d
}

// decided waits for a decision, and gives the case.
func (d docket) decided(decision string) store.File {
	d.t.Helper()
	for range 500 {
		file, err := d.st.Read(d.t.Context(), caseworker, d.id)
		if err != nil {
			d.t.Fatal(err)
		}
		if file.State == store.StatePublished && file.Decision() == decision {
			return file
		}
		time.Sleep(10 * time.Millisecond)
	}
	d.t.Fatalf("decision %s is not published", decision)
	return store.File{}
}

func (d docket) appeal(who store.Caller, decision string, against uint64, could time.Time) error {
	return d.s.Appeal(d.t.Context(), who, d.id, flow.Appealing{Person: who.Ref, Decision: decision, Against: against, Could: could},
		flow.AppealedBody{Name: who.Ref, Change: "Hela hyran", Why: "Jag har inte hittat något billigare."})
}

// of is a person's latest appeal.
func (d docket) of(who store.Caller) store.Appeal {
	d.t.Helper()
	c, err := d.st.Look(d.id)
	if err != nil || c.AppealOf(who.Ref) == nil {
		d.t.Fatalf("%v: %s has not appealed", err, who.Ref)
	}
	return *c.AppealOf(who.Ref)
}

func (d docket) closed(who store.Caller, how string) error {
	return d.s.CloseAppeal(d.t.Context(), caseworker, d.id, d.of(who).Seq, how, flow.AppealClosedBody{Name: "Doris Demosson"})
}

func (d docket) renew(outcome, ground string, granted int64) error {
	return d.s.Reconsider(d.t.Context(), caseworker, d.id, flow.Ruling{Version: current(d.t, d.st, d.id), Outcome: outcome, Granted: granted, Ground: ground, Motivation: "Skäl.", Name: "Doris Demosson"})
}

// want holds an error to what it should be, nil too.
func want(t *testing.T, what string, err, expected error) {
	t.Helper()
	if !errors.Is(err, expected) || err != nil && expected == nil {
		t.Errorf("%s: %v, want %v", what, err, expected)
	}
}

// TestAppealOfEach: each of two adults appeals, reads what is theirs, and is answered.
func TestAppealOfEach(t *testing.T) { both(t, testAppealOfEach) }

func testAppealOfEach(t *testing.T) {
	f := newFixture(t)
	d := refused(t, f)
	want(t, "a decision that is not there", d.appeal(applicant, "9999/7", 0, noon), flow.ErrVersion)
	want(t, "somebody else's", d.appeal(store.Caller{Ref: "person-3", Role: store.Applicant}, "9999/0", 0, noon), store.ErrForbidden)
	want(t, "hers", d.appeal(applicant, "9999/0", 0, noon), nil)
	want(t, "his", d.appeal(stranger, "9999/0", 0, noon), nil)
	want(t, "hers again", d.appeal(applicant, "9999/0", 0, noon), flow.ErrAppealed)
	for who, n := range map[*store.Caller]int{&applicant: 1, &stranger: 1, &caseworker: 2} {
		pages, err := d.st.Pages(t.Context(), *who, d.id, store.KindAppealed)
		if err != nil || len(pages) != n {
			t.Errorf("%v: %s reads %d appeals, want %d", err, who.Ref, len(pages), n)
		}
	}
	if open, err := d.st.Appeals(t.Context(), elsewhere); err != nil || len(open) != 0 {
		t.Errorf("%v: another municipality sees %d cases with appeals", err, len(open))
	}
	want(t, "met without a decision", d.closed(applicant, store.AppealReconsidered), flow.ErrVersion)
	want(t, "a new decision in part", d.renew(record.Partly, "appeal", 1000000), nil)
	d.decided("9999/1")
	if open, err := d.st.Appeals(t.Context(), caseworker); err != nil || len(open) != 1 || len(open[0].OpenAppeals()) != 2 {
		t.Errorf("%v: a new decision in part answered an appeal: %+v", err, open)
	}
	want(t, "hers is met", d.closed(applicant, store.AppealReconsidered), nil)
	want(t, "his goes on", d.closed(stranger, store.AppealForwarded), nil)
	want(t, "his of the new decision, which the court has", d.appeal(stranger, "9999/1", 0, noon), flow.ErrAppealed)
	want(t, "hers of the new decision", d.appeal(applicant, "9999/1", 0, noon), nil)
	if pages, err := d.st.Pages(t.Context(), applicant, d.id, store.KindAppealClosed); err != nil || len(pages) != 1 {
		t.Errorf("%v: she reads %d answers", err, len(pages))
	}
	_, again, _ := f.start(t)
	if c, err := again.Look(d.id); err != nil || len(c.Appeals) != 3 || !c.InCourt() || !c.HasOpen(applicant.Ref) || c.HasOpen(stranger.Ref) {
		t.Errorf("%v: after a start the appeals are %+v", err, c.Appeals)
	}
}

// TestInCourt: what the court has, the board changes for a slip alone; when the court has
// decided, as it says and once.
func TestInCourt(t *testing.T) { both(t, testInCourt) }

func testInCourt(t *testing.T) {
	d := refused(t, newFixture(t))
	want(t, "an appeal", d.appeal(applicant, "9999/0", 0, noon), nil)
	judge := func(result string) error {
		return d.s.NoteJudgment(t.Context(), caseworker, d.id, d.of(applicant).Seq, result, flow.JudgedBody{Name: "Doris Demosson", Day: "2026-11-20", Number: "1-26"})
	}
	want(t, "a judgment before the court had it", judge(store.CourtChanged), flow.ErrVersion)
	want(t, "to the court", d.closed(applicant, store.AppealForwarded), nil)
	for _, ground := range []string{"wrong", "manifest", "misled", "appeal", "judgment"} {
		want(t, ground+" while in court", d.renew(record.Partly, ground, 1000000), flow.ErrInCourt)
	}
	file := d.decided("9999/0")
	if grounds := flow.GroundsFor(&file.Case); len(grounds) != 1 || grounds[0].Code != "slip" {
		t.Errorf("while in court there are %v", grounds)
	}
	want(t, "a judgment of another kind", judge("x"), store.ErrForbidden)
	want(t, "a judgment", judge(store.CourtChanged), nil)
	want(t, "the judgment again", judge(store.CourtChanged), flow.ErrVersion)
	if open, err := d.st.Appeals(t.Context(), caseworker); err != nil || len(open) != 1 {
		t.Errorf("%v: nothing waits for the board", err)
	}
	want(t, "as the court says, even more than was asked", d.renew(record.Partly, "judgment", 5000000), nil)
	d.decided("9999/1")
	want(t, "once more", d.renew(record.Partly, "judgment", 5100000), flow.ErrVersion)
	if open, err := d.st.Appeals(t.Context(), caseworker); err != nil || len(open) != 0 {
		t.Errorf("%v: the judgment still waits", err)
	}
}

// TestLateAppeal: the board tries whether an appeal came in time before anything else. A
// dismissal can be appealed; where it is set aside, the appeal is to be tried.
func TestLateAppeal(t *testing.T) { both(t, testLateAppeal) }

func testLateAppeal(t *testing.T) {
	d := refused(t, newFixture(t))
	// Had on 30 October, the last day was Friday 20 November: late on the 22nd.
	could := time.Date(2026, 10, 30, 11, 0, 0, 0, time.UTC)
	dismiss := func(received string) error {
		return d.s.Dismiss(t.Context(), caseworker, d.id, d.of(applicant).Seq, flow.AppealClosedBody{Timely: flow.Timely{Received: received, Known: "Delgivningskvitto"}, Name: "Doris Demosson", Note: "För sent."})
	}
	inTime := func(who store.Caller, received, cause string) error {
		return d.s.FindInTime(t.Context(), caseworker, d.id, d.of(who).Seq, flow.AppealInTimeBody{Timely: flow.Timely{Received: received, Known: "Delgivningskvitto"}, Name: "Doris Demosson", Cause: cause})
	}
	want(t, "in time on the last day", d.appeal(stranger, "9999/0", 0, time.Date(2026, 11, 1, 11, 0, 0, 0, time.UTC)), nil)
	if d.of(stranger).Late {
		t.Error("late on the last day")
	}
	want(t, "a late one", d.appeal(applicant, "9999/0", 0, could), nil)
	want(t, "to the court untried", d.closed(applicant, store.AppealForwarded), flow.ErrDoubtful)
	want(t, "dismissed though in time", dismiss("2026-11-01"), flow.ErrInTime)
	want(t, "in time though late", inTime(applicant, "2026-10-30", ""), flow.ErrTooLate)
	want(t, "dismissed", dismiss("2026-10-30"), nil)
	dismissal := d.of(applicant).Closed
	want(t, "the decision again", d.appeal(applicant, "9999/0", 0, noon), flow.ErrVersion)
	want(t, "the dismissal", d.appeal(applicant, "9999/0", dismissal, noon), nil)
	want(t, "to the court", d.closed(applicant, store.AppealForwarded), nil)
	if c, err := d.st.Look(d.id); err != nil || c.InCourt() {
		t.Errorf("%v: the court has the dismissal alone, and the decision is shut", err)
	}
	want(t, "set aside", d.s.NoteJudgment(t.Context(), caseworker, d.id, d.of(applicant).Seq, store.CourtChanged, flow.JudgedBody{Name: "Doris Demosson", Day: "2026-11-20", Number: "2-26"}), nil)
	c, err := d.st.Look(d.id)
	if err != nil || !c.HasOpen(applicant.Ref) || c.ToExecute() {
		t.Errorf("%v: the first appeal is not tried: %+v", err, c.Appeals)
	}
	want(t, "what is tried is in time", d.s.CloseAppeal(t.Context(), caseworker, d.id, c.Appeals[1].Seq, store.AppealForwarded, flow.AppealClosedBody{Name: "D"}), nil)
}

// TestPaperAppeal: a caseworker enters an appeal that came as a letter, with the day it came.
func TestPaperAppeal(t *testing.T) { both(t, testPaperAppeal) }

func testPaperAppeal(t *testing.T) {
	d := refused(t, newFixture(t))
	enter := func(who store.Caller, person, came string) error {
		return d.s.Appeal(t.Context(), who, d.id, flow.Appealing{Person: person, Decision: "9999/0", Could: time.Date(2026, 10, 30, 11, 0, 0, 0, time.UTC), Came: came},
			flow.AppealedBody{Name: "Bo Exempel", Change: "Hyran", Why: "-", Entered: "Doris Demosson"})
	}
	want(t, "elsewhere", enter(elsewhere, stranger.Ref, "2026-11-20"), store.ErrForbidden)
	want(t, "for nobody in the case", enter(caseworker, "person-3", "2026-11-20"), store.ErrForbidden)
	want(t, "on no day", enter(caseworker, stranger.Ref, "i går"), store.ErrForbidden)
	want(t, "by the applicant, backdated", enter(applicant, applicant.Ref, "2026-11-01"), store.ErrForbidden)
	want(t, "on paper", enter(caseworker, stranger.Ref, "2026-11-20"), nil)
	if a := d.of(stranger); a.Late || flow.Day(&a) != "2026-11-20" {
		t.Errorf("it came %s, late %v", flow.Day(&a), a.Late)
	}
	if pages, err := d.st.Pages(t.Context(), stranger, d.id, store.KindAppealed); err != nil || len(pages) != 1 {
		t.Errorf("%v: he reads %d appeals", err, len(pages))
	}
}
