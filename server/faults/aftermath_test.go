package faults_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/skalig/skalig/server/inspection"
	"github.com/skalig/skalig/server/store"
)

// A scene is a data folder through many rounds of harm.
type scene struct {
	dir   string
	heard heard
	next  int    // number of the next application
	size  uint64 // of the last checkpoint seen
}

func newScene(dir string) *scene { return &scene{dir: dir, heard: hearing()} }

// take starts a victim with applications of its own.
func (s *scene) take(t testing.TB, most int, wrapper ...string) *child {
	t.Helper()
	first := s.next
	s.next += most
	return spawn(t, s.dir, first, most, wrapper...)
}

// recover opens the folder as it was left and waits until nothing is half-done.
func (s *scene) recover(t testing.TB) {
	t.Helper()
	if err := recovered(t.Context(), s.dir); err != nil {
		t.Fatalf("the folder could not be taken up again: %v", err)
	}
}

func recovered(ctx context.Context, dir string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	r, err := open(ctx, dir, func() time.Time { return noon }, nil)
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		pending, err := r.store.Pending()
		if err != nil {
			return errors.Join(err, r.close())
		}
		if n, _ := r.store.Unsigned(); n == 0 && len(pending) == 0 {
			break
		}
		select {
		case <-r.flow.Failed():
			return errors.Join(r.flow.Err(), r.close())
		case <-r.store.Stopped():
			return errors.Join(r.store.Err(), r.close())
		case <-ctx.Done():
		case <-time.After(2 * time.Millisecond):
		}
	}
	return errors.Join(ctx.Err(), r.close())
}

// check asserts what holds after every fault.
func (s *scene) check(t testing.TB) {
	t.Helper()
	if lost := s.lost(t); len(lost) > 0 {
		t.Fatalf("%d were lost or are there twice: %s", len(lost), lost[0])
	}
	report := inspect(t, s.dir)
	for _, f := range report.Faults {
		t.Errorf("check: %s", f)
	}
	if report.Wrong > 0 {
		t.FailNow()
	}
	if report.Published < s.size {
		t.Fatalf("the checkpoint went from %d leaves to %d", s.size, report.Published)
	}
	s.size = report.Published
	if want := report.Automatic + report.Releases; report.Leaves != want || report.Published != want {
		t.Fatalf("%d decisions and releases, %d leaves in the outbox and %d in the log", want, report.Leaves, report.Published)
	}
}

func inspect(t testing.TB, dir string) *inspection.Report {
	t.Helper()
	report, err := inspection.Check(t.Context(), dir, inspection.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// lost compares what was acknowledged with what the journal holds.
func (s *scene) lost(t testing.TB) (lost []string) {
	t.Helper()
	i, err := store.Inspect(t.Context(), s.dir)
	if err != nil {
		return []string{err.Error()}
	}
	defer i.Close() //nolint:errcheck // it only read
	submitted, decided, published := map[string]int{}, map[string]int{}, map[string]int{}
	for row, err := range i.Rows(t.Context()) {
		if err != nil {
			return []string{err.Error()}
		}
		switch row.Kind {
		case store.KindSubmitted:
			submitted[row.Case]++
		case store.KindDecided:
			decided[row.Case]++
		case store.KindPublished:
			published[row.Case]++
		}
	}
	for id := range s.heard.submitted {
		if submitted[id] != 1 {
			lost = append(lost, fmt.Sprintf("%s was submitted %d times", id, submitted[id]))
		}
	}
	for id := range s.heard.published {
		if decided[id] != 1 || published[id] != 1 {
			lost = append(lost, fmt.Sprintf("%s was decided %d times and published %d times", id, decided[id], published[id]))
		}
	}
	for id, n := range decided {
		if n != 1 {
			lost = append(lost, fmt.Sprintf("%s was decided %d times", id, n))
		}
	}
	return lost
}
