package faults_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/store"
)

var errDown = errors.New("the log is down")

// moody is a log that is down, or slow, or takes a leaf and then says that it is
// down, while its mood lasts.
type moody struct {
	flow.Log
	mood *atomic.Int32
}

const (
	well int32 = iota
	down
	slow
	lossy
)

func (m moody) Append(ctx context.Context, first uint64, leaves [][]byte) error {
	switch m.mood.Load() {
	case down:
		return errDown
	case slow:
		time.Sleep(20 * time.Millisecond)
	case lossy:
		return errors.Join(m.Log.Append(ctx, first, leaves), errDown)
	}
	return m.Log.Append(ctx, first, leaves)
}

func (m moody) AwaitPublished(ctx context.Context, index uint64) ([]byte, error) {
	if m.mood.Load() == down {
		return nil, errDown
	}
	return m.Log.AwaitPublished(ctx, index)
}

// TestLogAway takes the log away under load and gives it back: applications are
// taken in meanwhile, none is published without a receipt, and the backlog drains
// in order.
func TestLogAway(t *testing.T) {
	for name, mood := range map[string]int32{"down": down, "slow": slow, "takes and fails": lossy} {
		t.Run(name, func(t *testing.T) {
			s := newScene(filepath.Join(t.TempDir(), "data"))
			var now atomic.Int32
			r, err := open(t.Context(), s.dir, func() time.Time { return noon }, func(c *flow.Config) { c.Ledger = moody{c.Ledger, &now} })
			if err != nil {
				t.Fatal(err)
			}
			now.Store(mood)
			var wg sync.WaitGroup
			var mu sync.Mutex
			var received atomic.Int32
			for n := range 2 * writers {
				wg.Go(func() {
					err := r.submit(t.Context(), n, func(line string) {
						mu.Lock()
						defer mu.Unlock()
						s.heard.note(line)
						received.Add(1)
					})
					if err != nil {
						t.Error(err)
					}
				})
			}
			for received.Load() < 2*writers { // every application is in
				time.Sleep(time.Millisecond)
			}
			if n, _ := r.store.Unsigned(); mood == down && n == 0 {
				t.Error("the log is down, and nothing waits for it")
			}
			mu.Lock()
			if mood == down && len(s.heard.published) > 0 {
				t.Errorf("%d receipts while the log is down", len(s.heard.published))
			}
			mu.Unlock()
			now.Store(well)
			wg.Wait()
			if err := r.close(); err != nil {
				t.Error(err)
			}
			s.check(t)
			if len(s.heard.published) != 2*writers {
				t.Errorf("%d receipts, want %d", len(s.heard.published), 2*writers)
			}
		})
	}
}

// TestLogOfAnother gives the service a log that signs with a key that is not the
// log's: no receipt verifies, none is handed out, and the service stops.
func TestLogOfAnother(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := newScene(dir)
	if err := s.take(t, 2).rest(t, s.heard); err != nil {
		t.Fatal(err)
	}
	other := newScene(filepath.Join(t.TempDir(), "other"))
	if err := other.take(t, 1).rest(t, other.heard); err != nil {
		t.Fatal(err)
	}
	put(t, other.dir, dir, "log/key")
	if err := recovered(t.Context(), dir); err == nil {
		t.Error("a log whose key is another was opened")
	}
	put(t, other.dir, dir, "log/vkey")
	if err := recovered(t.Context(), dir); err == nil {
		t.Error("a log whose keys are another's was opened on its old checkpoint")
	}
}

// TestClock lets the wall clock jump: the journal's order does not follow it, what
// is decided computes again, and leaves that tell of the jump are named.
func TestClock(t *testing.T) {
	s := newScene(filepath.Join(t.TempDir(), "data"))
	at := func(text string) time.Time {
		v, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	n := 0
	for _, jump := range []time.Time{
		noon, noon.Add(-time.Hour), noon.AddDate(0, 0, 1), noon.AddDate(10, 0, 0), noon,
		at("2027-03-28T00:59:59Z"), at("2027-03-28T01:00:00Z"), // the hour that is skipped
		at("2027-10-31T00:59:59Z"), at("2027-10-31T01:00:00Z"), // the hour that comes twice
		at("2026-11-30T22:59:59Z"), at("2026-11-30T23:00:00Z"), // the turn of the month in Stockholm
		at("2026-12-31T22:59:59Z"), at("2026-12-31T23:00:00Z"),
		noon,
	} {
		r, err := open(t.Context(), s.dir, func() time.Time { return jump }, nil)
		if err != nil {
			t.Fatalf("%v: %v", jump, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		for range 2 {
			if err := r.submit(ctx, n, func(string) {}); err != nil {
				t.Errorf("%v: %v", jump, err)
			}
			n++
		}
		cancel()
		if err := r.close(); err != nil {
			t.Error(err)
		}
	}
	if lost := s.lost(t); len(lost) > 0 {
		t.Errorf("%s", lost[0])
	}
	report := inspect(t, s.dir)
	backwards := 0
	for _, f := range report.Faults {
		if !strings.Contains(f.Text, "day-backwards") {
			t.Errorf("check: %s", f)
		}
		backwards++
	}
	if backwards < 4 { // two decisions after each of two jumps to a day before the last
		t.Errorf("%d leaves are named whose day lies before the last one's, want at least 4", backwards)
	}
	if cases := report.Cases[store.StatePublished] + report.Cases[store.StateQueued]; cases != n || report.Automatic == 0 {
		t.Errorf("%d cases are settled, %d automatically; want %d", cases, report.Automatic, n)
	}
	t.Log(fmt.Sprint(n, " applications under ", n/2, " clocks, in the journal's order"))
}

// TestAnswersOfTheLogAreLost has the log take every leaf and never say so: who waits for a
// receipt gets it all the same.
func TestAnswersOfTheLogAreLost(t *testing.T) {
	s := newScene(filepath.Join(t.TempDir(), "data"))
	var mood atomic.Int32
	r, err := open(t.Context(), s.dir, func() time.Time { return noon }, func(c *flow.Config) { c.Ledger = moody{c.Ledger, &mood} })
	if err != nil {
		t.Fatal(err)
	}
	mood.Store(lossy)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := r.submit(ctx, 0, s.heard.note); err != nil {
		t.Errorf("%d applications are published: %v", len(s.heard.published), err)
	}
	if err := r.close(); err != nil {
		t.Error(err)
	}
	s.check(t)
}
