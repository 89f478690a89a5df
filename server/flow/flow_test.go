package flow_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/flow/flowtest"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/secret"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/wasm"
	"github.com/skalig/skalig/wasm/host"
)

var (
	applicant  = store.Caller{Ref: "person-1", Role: store.Applicant}
	stranger   = store.Caller{Ref: "person-2", Role: store.Applicant}
	caseworker = store.Caller{Ref: "staff-1", Role: store.Caseworker, Municipality: "9999"}
	elsewhere  = store.Caller{Ref: "staff-2", Role: store.Caseworker, Municipality: "1287"}
)

const single = flowtest.Single

var (
	noon  = flowtest.Noon
	board = flowtest.Board()
)

// fixture is what outlives a stop: the data directory, the database, the log and its key.
type fixture struct {
	dir      string
	database string // its address; empty: the journal is in the directory
	log      *ledgertest.Memory
	vkey     string
	digest   secret.Key
	change   func(*flow.Config)
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, "flow.test/log")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	log, err := ledgertest.NewMemory(signer)
	if err != nil {
		t.Fatal(err)
	}
	return &fixture{dir: t.TempDir(), database: place(t), log: log, vkey: vkey, digest: secret.Random(), change: func(*flow.Config) {}}
}

// open makes a service that is not started.
func (f *fixture) open(t testing.TB) (*flow.Service, *store.Store) {
	t.Helper()
	st := f.openStore(t)
	c, err := flowtest.Config()
	if err != nil {
		t.Fatal(err)
	}
	c.Store, c.Ledger, c.Keys, c.Digests, c.Clock = st, f.log, []string{f.vkey}, f.digest, func() time.Time { return noon }
	f.change(&c)
	s, err := flow.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return s, st
}

// start makes a service that runs until the test ends or stop is called.
func (f *fixture) start(t testing.TB) (s *flow.Service, st *store.Store, stop func()) {
	t.Helper()
	s, st = f.open(t)
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		s.Stop()
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return s, st, stop
}

func form(key, facts string) flow.Application {
	return flow.Application{Key: key, Number: "199211222386", Name: "Alva Exempel", Facts: []byte(facts)}
}

// published waits for a case to leave the program's hands and reads it.
func published(t testing.TB, st *store.Store, caller store.Caller, id string) store.File {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := st.Await(ctx, id); err != nil {
		t.Fatal(err)
	}
	file, err := st.Read(ctx, caller, id)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestGrantInFull(t *testing.T) { both(t, testGrantInFull) }

func testGrantInFull(t *testing.T) {
	f := newFixture(t)
	s, st, _ := f.start(t)
	id, err := s.Submit(t.Context(), applicant, form("a", single))
	if err != nil {
		t.Fatal(err)
	}
	file := published(t, st, applicant, id)
	if file.State != store.StatePublished || file.Mode != record.Automatic || file.Outcome != record.Granted {
		t.Fatalf("the case is %s, %s, %s: %v", file.State, file.Mode, file.Outcome, file.Reasons)
	}
	rep := ledger.Verify(file.Receipt, []string{f.vkey})
	if !rep.OK || rep.Index != 1 {
		t.Fatalf("the receipt: %+v", rep)
	}
	d, err := record.ParseDecision(rep.Record)
	if err != nil {
		t.Fatal(err)
	}
	if d.Granted != 672000 || d.Number != 0 || d.Day != "2026-11-22" || d.Delegation != "SN 2026:12" ||
		d.Decider != "Socialnämnden i Demokommun, automatiserad beslutsfunktion" || d.Month != "2026-11" {
		t.Errorf("the record: %+v", d)
	}
	if sum := sha256.Sum256(d.Guideline); len(d.Guideline) == 0 || sum == [32]byte{} {
		t.Error("the record holds no guideline")
	}
	if rep.Leaf.Engine != wasm.Current().EngineSHA256 || d.Motivation == "" {
		t.Errorf("the leaf names engine %x, the motivation is %q", rep.Leaf.Engine, d.Motivation)
	}
}

func TestReferralAndRuling(t *testing.T) { both(t, testReferralAndRuling) }

func testReferralAndRuling(t *testing.T) {
	f := newFixture(t)
	s, st, _ := f.start(t)
	over := strings.Replace(single, `"amount":6500`, `"amount":9500`, 1) // above the cap of 7 000
	id, err := s.Submit(t.Context(), applicant, form("a", over))
	if err != nil {
		t.Fatal(err)
	}
	file := published(t, st, caseworker, id)
	if file.State != store.StateQueued || fmt.Sprint(file.Reasons) != "[engine-reasons not-in-full]" {
		t.Fatalf("the case is %s: %v", file.State, file.Reasons)
	}
	queue, err := st.Queue(t.Context(), caseworker, store.Listing{Most: 10})
	if err != nil || len(queue.Cases) != 1 || queue.Cases[0].ID != id {
		t.Fatalf("%v: the queue is %v", err, queue)
	}
	first := flow.Ruling{Version: file.Version, Outcome: record.Partly, Granted: 722000, Provision: "norm", Motivation: "Hyran.", Name: "Doris Demosson"}
	if err := s.Decide(t.Context(), caseworker, id, first); !errors.Is(err, flow.ErrUnread) {
		t.Errorf("decided without reading the warnings: %v", err)
	}
	acknowledge(t, s, st, id)
	first.Version = current(t, st, id)
	if err := s.Decide(t.Context(), caseworker, id, first); !errors.Is(err, flow.ErrCalculated) {
		t.Errorf("decided without an approved calculation: %v", err)
	}
	approve(t, s, st, id)
	file.Version = current(t, st, id)
	ruling := flow.Ruling{Version: file.Version, Outcome: record.Partly, Granted: 722000, Provision: "norm", Motivation: "Hyran är högre än taket.", Name: "Doris Demosson"}

	for name, err := range map[string]error{
		"applicant":          s.Decide(t.Context(), applicant, id, ruling),
		"other municipality": s.Decide(t.Context(), elsewhere, id, ruling),
	} {
		if !errors.Is(err, store.ErrForbidden) {
			t.Errorf("%s decided: %v", name, err)
		}
	}
	for name, change := range map[string]func(*flow.Ruling){
		"no reason":        func(r *flow.Ruling) { r.Motivation = " " },
		"no name":          func(r *flow.Ruling) { r.Name = "" },
		"refused a sum":    func(r *flow.Ruling) { r.Outcome = record.Refused },
		"granted nothing":  func(r *flow.Ruling) { r.Granted = 0 },
		"unknown outcome":  func(r *flow.Ruling) { r.Outcome = "maybe" },
		"another amount":   func(r *flow.Ruling) { r.Granted++ },
		"negative amount":  func(r *flow.Ruling) { r.Granted = -1 },
		"an older version": func(r *flow.Ruling) { r.Version-- },
		"less called all":  func(r *flow.Ruling) { r.Outcome = record.Granted },
	} {
		wrong := ruling
		change(&wrong)
		if err := s.Decide(t.Context(), caseworker, id, wrong); err == nil {
			t.Errorf("%s: decided", name)
		}
	}

	if err := s.Decide(t.Context(), caseworker, id, ruling); err != nil {
		t.Fatal(err)
	}
	if err := s.Decide(t.Context(), caseworker, id, ruling); !errors.Is(err, flow.ErrVersion) {
		t.Errorf("a second ruling: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := st.AwaitReceipt(ctx, 1); err != nil {
		t.Fatal(err)
	}
	file, err = st.Read(ctx, applicant, id)
	if err != nil {
		t.Fatal(err)
	}
	rep := ledger.Verify(file.Receipt, []string{f.vkey})
	d, err := record.ParseDecision(rep.Record)
	if err != nil || !rep.OK {
		t.Fatal(err, rep.Reason)
	}
	if d.Mode != record.Human || d.Decider != "Doris Demosson" || d.Granted != 722000 || d.Delegation != "SN 2026:11" ||
		fmt.Sprint(d.Reasons) != "[engine-reasons not-in-full]" {
		t.Errorf("the record: %+v", d)
	}
}

func current(t testing.TB, st *store.Store, id string) uint64 {
	t.Helper()
	file, err := st.Read(t.Context(), caseworker, id)
	if err != nil {
		t.Fatal(err)
	}
	return file.Version
}

// acknowledge reads every warning of a case.
func acknowledge(t testing.TB, s *flow.Service, st *store.Store, id string) {
	t.Helper()
	w, err := s.Work(t.Context(), caseworker, id)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range w.Warnings {
		if err := s.Acknowledge(t.Context(), caseworker, id, current(t, st, id), x.Key(), "Läst", "Doris Demosson"); err != nil {
			t.Fatal(err)
		}
	}
}

// approve reads every warning of a case and approves its calculation.
func approve(t testing.TB, s *flow.Service, st *store.Store, id string) {
	t.Helper()
	acknowledge(t, s, st, id)
	if err := s.ApproveCalculation(t.Context(), caseworker, id, current(t, st, id), "Doris Demosson"); err != nil {
		t.Fatal(err)
	}
}

func TestReferrals(t *testing.T) { both(t, testReferrals) }

func testReferrals(t *testing.T) {
	flags := func(human, acute bool) func(*flow.Application) {
		return func(a *flow.Application) { a.HumanAsked, a.AcuteNeed = human, acute }
	}
	facts := func(old, new string) func(*flow.Application) {
		return func(a *flow.Application) {
			if !strings.Contains(single, old) {
				t.Fatalf("%q is not in the facts", old)
			}
			a.Facts = []byte(strings.Replace(single, old, new, 1))
		}
	}
	for _, c := range []struct {
		name   string
		change func(*flow.Config)
		form   func(*flow.Application)
		want   string
	}{
		{"human asked for", nil, flags(true, false), "[human-asked]"},
		{"acute need", nil, flags(false, true), "[acute-need]"},
		{"earlier month", nil, func(a *flow.Application) {
			a.Facts = []byte(strings.NewReplacer("2026-11", "2026-09", "2026-10", "2026-08").Replace(single))
		}, "[month-not-open]"},
		{"surplus", nil, facts(`"amount":5000`, `"amount":15000`), "[no-support]"},
		{"self-employed", nil, facts(`"incomes"`, `"circumstances":["selfEmployed"],"incomes"`), "[engine-reasons]"},
		{"stopped by configuration", func(c *flow.Config) { c.StopAll = true }, nil, "[automation-stopped]"},
		{"no delegation", func(c *flow.Config) { c.Boards[0].Delegation = "" }, nil, "[no-delegation]"},
		{"new applications not delegated", func(c *flow.Config) { c.Boards[0].Kinds = []string{flow.KindRenewal} }, nil, "[kind-not-delegated]"},
		{"declared income not accepted", func(c *flow.Config) { c.Boards[0].Sources = []string{"register"} }, nil, "[source-not-accepted]"},
		{"guideline not signed", func(c *flow.Config) {
			c.Guideline = func(code, _ string) ([]byte, bool) {
				g, ok := municipal.File(code)
				return []byte(strings.Replace(string(g), `"status": "signed"`, `"status": "example"`, 1)), ok
			}
		}, nil, "[guideline-unsigned]"},
		{"the artefact traps", func(c *flow.Config) { c.Engine = broken{c.Engine, nil} }, nil, "[engine-differs automation-stopped]"},
		{"the artefact differs by a byte", func(c *flow.Config) { c.Engine = broken{c.Engine, []byte(" ")} }, nil, "[engine-differs automation-stopped]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t)
			if c.change != nil {
				f.change = func(config *flow.Config) {
					config.Boards = []flow.Board{board}
					c.change(config)
				}
			}
			s, st, _ := f.start(t)
			a := form("a", single)
			if c.form != nil {
				c.form(&a)
			}
			id, err := s.Submit(t.Context(), applicant, a)
			if err != nil {
				t.Fatal(err)
			}
			if file := published(t, st, applicant, id); fmt.Sprint(file.Reasons) != c.want || file.Decided != nil {
				t.Errorf("reasons %v, want %s", file.Reasons, c.want)
			}
		})
	}
}

// broken is an artefact that fails, or adds to its answer.
type broken struct {
	flow.Artefact
	more []byte
}

func (b broken) Call(ctx context.Context, name string, in []byte) ([]byte, error) {
	out, err := b.Artefact.Call(ctx, name, in)
	if name != "assess" || err != nil {
		return out, err
	}
	if b.more == nil {
		return nil, host.ErrTrap
	}
	return append(out, b.more...), nil
}

// TestDifferenceStops: after one difference the artefact decides nothing more,
// also when it agrees again and after a restart.
func TestDifferenceStops(t *testing.T) { both(t, testDifferenceStops) }

func testDifferenceStops(t *testing.T) {
	f := newFixture(t)
	f.change = func(c *flow.Config) { c.Engine = broken{c.Engine, nil} }
	s, _, stop := f.start(t)
	if _, err := s.Submit(t.Context(), applicant, form("a", single)); err != nil {
		t.Fatal(err)
	}
	stop()
	f.change = func(*flow.Config) {}
	s, st, _ := f.start(t)
	id, err := s.Submit(t.Context(), stranger, form("a", single))
	if err != nil {
		t.Fatal(err)
	}
	if file := published(t, st, stranger, id); fmt.Sprint(file.Reasons) != "[automation-stopped]" {
		t.Errorf("reasons %v", file.Reasons)
	}
}

func TestSwitches(t *testing.T) { both(t, testSwitches) }

func testSwitches(t *testing.T) {
	f := newFixture(t)
	s, st, _ := f.start(t)
	reasons := func(key string, who store.Caller) (string, string) {
		id, err := s.Submit(t.Context(), who, form(key, single))
		if err != nil {
			t.Fatal(err)
		}
		return id, fmt.Sprint(published(t, st, who, id).Reasons)
	}
	if err := s.Switch(t.Context(), elsewhere, "", true, "B", "prov"); err != nil {
		t.Fatal(err)
	}
	first, got := reasons("a", applicant)
	if got != "[]" {
		t.Errorf("another municipality's stop gives %s", got)
	}
	if err := s.Switch(t.Context(), elsewhere, first, true, "B", "prov"); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("another municipality stopped a household: %v", err)
	}
	if err := s.Switch(t.Context(), applicant, "", true, "A", "prov"); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("an applicant stopped automation: %v", err)
	}
	if err := s.Switch(t.Context(), caseworker, "", true, "D", "prov"); err != nil {
		t.Fatal(err)
	}
	if on, err := st.Automation("9999"); err != nil || on {
		t.Errorf("%v: automation is on", err)
	}
	if _, got := reasons("b", stranger); got != "[automation-stopped]" {
		t.Errorf("stopped: %s", got)
	}
	if err := s.Switch(t.Context(), caseworker, "", false, "D", "klart"); err != nil {
		t.Fatal(err)
	}
	if err := s.Switch(t.Context(), caseworker, first, true, "D", "hushållet"); err != nil {
		t.Fatal(err)
	}
	if _, got := reasons("c", applicant); got != "[household-stopped already-decided]" {
		t.Errorf("household stopped, month decided: %s", got)
	}
	other := store.Caller{Ref: "person-3", Role: store.Applicant}
	if _, got := reasons("d", other); got != "[]" {
		t.Errorf("another household: %s", got)
	}
}

func TestInvalidApplications(t *testing.T) { both(t, testInvalidApplications) }

func testInvalidApplications(t *testing.T) {
	f := newFixture(t)
	s, st, _ := f.start(t)
	children := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,{"id":"c%d","role":"child","age":8}`, i)
		}
		return b.String()
	}
	change := func(old, new string) string { return strings.Replace(single, old, new, 1) }
	for name, facts := range map[string]string{
		"nothing":           ``,
		"null":              `null`,
		"invalid UTF-8":     change(`p1`, "p\xff"),
		"unknown field":     change(`"persons"`, `"extra":1,"persons"`),
		"repeated field":    change(`"persons"`, `"month":"2026-11","persons"`),
		"2027":              change(`"month":"2026-11"`, `"month":"2027-01"`),
		"51 children":       change(`,"monthsInRow":0}`, `,"monthsInRow":0}`+children(51)),
		"unknown town":      change(`"9999"`, `"0000"`),
		"unconnected town":  change(`"9999"`, `"1287"`),
		"register's word":   change(`"source":"declared"`, `"source":"register"`),
		"caseworker's word": change(`"monthsInRow":0`, `"monthsInRow":4,"activity":"confirmed"`),
		"too large":         strings.Repeat(" ", 200<<10) + single,
		"injected words":    `{},"guideline":{},"facts":` + single,
	} {
		_, err := s.Submit(t.Context(), applicant, form(name, facts))
		invalid, ok := errors.AsType[*flow.Invalid](err)
		if !ok || len(invalid.Findings) == 0 || invalid.Findings[0].Text == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if own, err := st.Own(t.Context(), applicant); err != nil || len(own) != 0 {
		t.Errorf("%v: %d cases were made", err, len(own))
	}
}

// TestDoubleSubmit: 64 copies of each form at once give one decision and one leaf.
func TestDoubleSubmit(t *testing.T) { both(t, testDoubleSubmit) }

func testDoubleSubmit(t *testing.T) {
	f := newFixture(t)
	s, st, _ := f.start(t)
	const copies = 64
	ids := make([]string, copies)
	errs := make([]error, copies)
	var wg sync.WaitGroup
	for i := range copies {
		wg.Go(func() { ids[i], errs[i] = s.Submit(t.Context(), applicant, form("same", single)) })
	}
	wg.Wait()
	for i := range copies {
		if errs[i] != nil || ids[i] != ids[0] {
			t.Fatalf("copy %d: %v, case %s and not %s", i, errs[i], ids[i], ids[0])
		}
	}
	if file := published(t, st, applicant, ids[0]); file.Mode != record.Automatic {
		t.Errorf("the case is %s: %v", file.State, file.Reasons)
	}
	if n, err := f.log.Size(t.Context()); err != nil || n != 2 {
		t.Errorf("%v: the log has %d leaves, want the release and one decision", err, n)
	}
	for name, change := range map[string]func(*flow.Application){
		"other facts": func(a *flow.Application) { a.Facts = []byte(strings.Replace(single, "6500", "6400", 1)) },
		"other flag":  func(a *flow.Application) { a.HumanAsked = true },
	} {
		a := form("same", single)
		change(&a)
		if _, err := s.Submit(t.Context(), applicant, a); !errors.Is(err, flow.ErrConflict) {
			t.Errorf("%s under the same key: %v", name, err)
		}
	}
	other, err := s.Submit(t.Context(), stranger, form("same", single))
	if err != nil || other == ids[0] {
		t.Errorf("%v: another person's form under the same key is case %s", err, other)
	}
}

// TestNothingIsDecidedWithoutARelease: a service that was not started takes
// applications, and decides them after the release leaf.
func TestNothingIsDecidedWithoutARelease(t *testing.T) { both(t, testNothingIsDecidedWithoutARelease) }

func testNothingIsDecidedWithoutARelease(t *testing.T) {
	f := newFixture(t)
	s, st := f.open(t)
	id, err := s.Submit(t.Context(), applicant, form("a", single))
	if err != nil {
		t.Fatal(err)
	}
	own, err := st.Own(t.Context(), applicant)
	if err != nil || len(own) != 1 || own[0].State != store.StateSubmitted {
		t.Errorf("%v: the cases are %+v", err, own)
	}
	if n, err := st.Length(); err != nil || n != 0 {
		t.Errorf("%v: %d leaves in the outbox", err, n)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	_, st, _ = f.start(t)
	checkOnce(t, f, st, id)
}
