package flow_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skalig/skalig/engine/sol/municipal"
	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/release"
	"github.com/skalig/skalig/server/release/releasetest"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/wasm"
)

func given(approved []release.Approved) func() ([]release.Approved, error) {
	return func() ([]release.Approved, error) { return approved, nil }
}

// An engine that nobody released decides nothing: the service does not start.
func TestUnreleasedEngine(t *testing.T) { both(t, testUnreleasedEngine) }

func testUnreleasedEngine(t *testing.T) {
	other, err := release.Current("2026-11-22", municipal.All())
	if err != nil {
		t.Fatal(err)
	}
	other.Engine[0] ^= 1
	for name, approved := range map[string][]release.Approved{
		"nothing is approved":       nil,
		"another engine is":         {releasetest.Approve(t, other)},
		"its first day has passed":  releasetest.Current(t, "2026-11-21"),
		"its first day passed long": releasetest.Current(t, "2020-01-01"),
	} {
		f := newFixture(t)
		f.change = func(c *flow.Config) { c.Releases = given(approved) }
		s, st := f.open(t)
		if err := s.Start(t.Context()); !errors.Is(err, flow.ErrUnreleased) {
			t.Errorf("%s: %v", name, err)
		}
		s.Stop()
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// A release is in the log before its first day, and until that day cases wait.
func TestReleaseTakesEffect(t *testing.T) { both(t, testReleaseTakesEffect) }

func testReleaseTakesEffect(t *testing.T) {
	f := newFixture(t)
	today := noon
	f.change = func(c *flow.Config) {
		c.Releases = given(releasetest.Current(t, "2026-11-24"))
		c.Clock = func() time.Time { return today }
	}
	s, st, stop := f.start(t)
	if n, err := f.log.Size(t.Context()); err != nil || n != 1 {
		t.Fatalf("%v: %d leaves, want the release", err, n)
	}
	id, err := s.Submit(t.Context(), applicant, form("a", single))
	if err != nil {
		t.Fatal(err)
	}
	over, err := s.Submit(t.Context(), stranger, form("b", strings.Replace(single, `"amount":6500`, `"amount":9500`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	file, err := st.Read(t.Context(), applicant, id)
	if err != nil || file.State != store.StateSubmitted {
		t.Errorf("%v: before the day the case is %s", err, file.State)
	}
	// Nor can a person decide by it.
	published(t, st, caseworker, over)
	acknowledge(t, s, st, over)
	waiting := published(t, st, caseworker, over)
	err = s.Decide(t.Context(), caseworker, over, flow.Ruling{Version: waiting.Version, Outcome: record.Refused, Provision: "norm", Motivation: "Nej.", Name: "Doris Demosson"})
	if !errors.Is(err, flow.ErrNotInForce) {
		t.Errorf("a person decided before the day: %v", err)
	}
	stop()

	today = noon.AddDate(0, 0, 2)
	s, st, _ = f.start(t)
	if file := published(t, st, applicant, id); file.State != store.StatePublished {
		t.Errorf("on the day the case is %s", file.State)
	}
	if err := s.Decide(t.Context(), caseworker, over, flow.Ruling{Version: waiting.Version, Outcome: record.Refused, Provision: "norm", Motivation: "Nej.", Name: "Doris Demosson"}); err != nil {
		t.Errorf("on the day a person could not decide: %v", err)
	}
}

// What two people approve while the service runs is in the log without a restart, once,
// and so is what they approve after that.
func TestReleaseOfARunningService(t *testing.T) { both(t, testReleaseOfARunningService) }

func testReleaseOfARunningService(t *testing.T) {
	f := newFixture(t)
	var mu sync.Mutex
	approved := releasetest.Current(t, "2026-11-22")
	f.change = func(c *flow.Config) {
		c.ReleaseEvery = 20 * time.Millisecond
		c.Releases = func() ([]release.Approved, error) {
			mu.Lock()
			defer mu.Unlock()
			return slices.Clone(approved), nil
		}
	}
	_, st, _ := f.start(t)
	for i, from := range []string{"2026-11-30", "2026-12-24"} {
		mu.Lock()
		approved = append(approved, releasetest.Current(t, from)...)
		mu.Unlock()
		want := uint64(i + 2)
		for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
			n, err := f.log.Size(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if n >= want {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("the log has %d leaves; the release from %s is not among them", n, from)
			}
		}
		leaves, err := st.Leaves(t.Context(), want-1, 10)
		if err != nil || len(leaves) != 1 {
			t.Fatalf("%v: %d leaves, want the release from %s alone", err, len(leaves), from)
		}
		sealed, err := st.Sealed(t.Context(), leaves[0])
		if err != nil {
			t.Fatal(err)
		}
		body, err := flow.DecodeBody[flow.ReleasedBody](sealed)
		if err != nil {
			t.Fatal(err)
		}
		if r, err := record.ParseRelease([]byte(body.Record)); err != nil || r.From != from {
			t.Errorf("%v: %+v", err, r)
		}
	}
	time.Sleep(100 * time.Millisecond) // some rounds more
	if n, err := f.log.Size(t.Context()); err != nil || n != 3 {
		t.Errorf("%v: %d leaves, want each release once", err, n)
	}
}

// What was approved stands in the log's record, with both signatures.
func TestReleaseRecord(t *testing.T) { both(t, testReleaseRecord) }

func testReleaseRecord(t *testing.T) {
	f := newFixture(t)
	approved := releasetest.Current(t, "2026-11-30")
	f.change = func(c *flow.Config) { c.Releases = given(approved) }
	_, st, _ := f.start(t)
	leaves, err := st.Leaves(t.Context(), 0, 10)
	if err != nil || len(leaves) != 1 {
		t.Fatalf("%v: %d leaves", err, len(leaves))
	}
	leaf, err := ledger.ParseLeaf(leaves[0].Text)
	if err != nil || leaf.Kind != ledger.Release || leaf.Engine != wasm.Current().EngineSHA256 || leaf.Day != "2026-11-22" {
		t.Errorf("%v: %+v", err, leaf)
	}
	sealed, err := st.Sealed(t.Context(), leaves[0])
	if err != nil {
		t.Fatal(err)
	}
	body, err := flow.DecodeBody[flow.ReleasedBody](sealed)
	if err != nil {
		t.Fatal(err)
	}
	r, err := record.ParseRelease([]byte(body.Record))
	if err != nil || r.From != "2026-11-30" || strings.Join(r.Approvers, " ") != "anna.test bertil.test" || r.Approval != string(approved[0].Note) {
		t.Errorf("%v: %+v", err, r)
	}
}

// A guideline that is not part of the release decides nothing.
func TestUnbundledGuideline(t *testing.T) { both(t, testUnbundledGuideline) }

func testUnbundledGuideline(t *testing.T) {
	f := newFixture(t)
	var mine []byte
	for _, bundled := range []bool{false, true} {
		f.change = func(c *flow.Config) {
			c.Guideline = func(code, _ string) ([]byte, bool) {
				g, ok := municipal.File(code)
				mine = append([]byte(nil), append(g, '\n')...)
				return mine, ok
			}
			if bundled {
				g, _ := municipal.File("9999")
				c.Releases = given(releasetest.Current(t, "2026-11-22", append([]byte(nil), append(g, '\n')...)))
			}
		}
		s, st, stop := f.start(t)
		id, err := s.Submit(t.Context(), applicant, form("a", single))
		if err != nil {
			t.Fatal(err)
		}
		file, err := st.Read(t.Context(), applicant, id)
		if err != nil {
			t.Fatal(err)
		}
		if bundled {
			file = published(t, st, applicant, id)
		}
		if decided := file.State != store.StateSubmitted; decided != bundled {
			t.Errorf("bundled is %v, and the case is %s", bundled, file.State)
		}
		stop()
	}
}

// A build without an engine that a decision names is not started: nobody could make
// that decision again.
func TestCitedEngineIsKept(t *testing.T) { both(t, testCitedEngineIsKept) }

func testCitedEngineIsKept(t *testing.T) {
	f := newFixture(t)
	keeps := true
	f.change = func(c *flow.Config) {
		c.Kept = func(engine [32]byte) bool { return keeps && engine == wasm.Current().EngineSHA256 }
	}
	keeps = false
	s, _, stop := f.start(t) // no decision yet, and nothing to miss
	id, err := s.Submit(t.Context(), applicant, form("a", single))
	if err != nil {
		t.Fatal(err)
	}
	stop()
	s, st := f.open(t)
	if err := s.Start(t.Context()); !errors.Is(err, flow.ErrNotKept) {
		t.Errorf("started without the engine of a decision: %v", err)
	}
	s.Stop()
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	keeps = true
	_, st, _ = f.start(t)
	if file := published(t, st, applicant, id); file.State != store.StatePublished {
		t.Errorf("the case is %s", file.State)
	}
}
