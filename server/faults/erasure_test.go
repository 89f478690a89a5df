package faults_test

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/retention"
	"github.com/skalig/skalig/server/store"
)

const (
	oldFiles, youngFiles = 60, 20
	loaders              = 8
)

// An archive is a service whose clock is at a day after noon, and what citizens have
// in their hands.
type archive struct {
	*running
	day              atomic.Int64
	old, young       []store.File // by their owner's number, the old ones first
	next             atomic.Int64 // owner of the next case
	came             atomic.Int64
	reads, forbidden atomic.Int64 // of an old file: opened, erased
}

// newArchive opens a service on a new folder.
func newArchive(t *testing.T) (a *archive, dir string) {
	t.Helper()
	a, dir = &archive{}, filepath.Join(t.TempDir(), "data")
	var err error
	if a.running, err = open(t.Context(), dir, a.clock, nil); err != nil {
		t.Fatal(err)
	}
	return a, dir
}

func (a *archive) clock() time.Time { return noon.AddDate(0, 0, int(a.day.Load())) }

func ownerOf(f store.File) store.Caller {
	return store.Caller{Ref: f.Person, Role: store.Applicant}
}

// apply sends in the next application, and reads what has become of it.
func (a *archive) apply(t *testing.T) (store.File, error) {
	who := store.Caller{Ref: fmt.Sprintf("person-%d", a.next.Add(1)), Role: store.Applicant}
	id, err := a.flow.Submit(t.Context(), who, flow.Application{Key: "form", Number: "199211222386", Name: "Alva Exempel", Facts: []byte(single)})
	if err == nil {
		err = a.store.Await(t.Context(), id)
	}
	if err != nil {
		return store.File{}, err
	}
	return a.store.Read(t.Context(), who, id)
}

// decide has n cases decided and gives them.
func (a *archive) decide(t *testing.T, n int) (files []store.File) {
	t.Helper()
	files = make([]store.File, n)
	var all sync.WaitGroup
	for i := range files {
		all.Go(func() {
			var err error
			if files[i], err = a.apply(t); err != nil || files[i].State != store.StatePublished {
				t.Errorf("a case that is decided: %s %v", files[i].State, err)
			}
		})
	}
	if all.Wait(); t.Failed() {
		t.FailNow()
	}
	return files
}

// look reads a file that a citizen holds: as it was, or where it may be erased
// nothing at all.
func (a *archive) look(t *testing.T, was store.File, old bool) {
	now, err := a.store.Read(t.Context(), ownerOf(was), was.ID)
	switch {
	case old && errors.Is(err, store.ErrErased):
		a.forbidden.Add(1)
	case err != nil:
		t.Errorf("reading (old: %v): %v", old, err)
	case !bytes.Equal(now.Submitted, was.Submitted) || !bytes.Equal(now.Decided, was.Decided) || !bytes.Equal(now.Receipt, was.Receipt):
		t.Errorf("reading (old: %v): it is another file", old)
	case old:
		a.reads.Add(1)
	}
}

// load sends in and reads until it is told to stop; it says when it has begun.
func (a *archive) load(t *testing.T, from int, begun func(), stop <-chan bool) {
	for i := from; ; i++ {
		select {
		case <-stop:
			return
		default:
		}
		if _, err := a.apply(t); err != nil {
			t.Errorf("a new case: %v", err)
		}
		a.came.Add(1)
		for k := range 10 {
			a.look(t, a.old[(i*10+k*7)%oldFiles], true)
		}
		a.look(t, a.young[i%youngFiles], false)
		if i == from {
			begun()
		}
	}
}

// under does something while the loaders send in and read, and gives how many new cases
// came meanwhile.
func (a *archive) under(t *testing.T, do func()) (came int64) {
	t.Helper()
	stop := make(chan bool)
	var all, begun sync.WaitGroup
	begun.Add(loaders)
	for w := range loaders {
		all.Go(func() { a.load(t, w, begun.Done, stop) })
	}
	begun.Wait()
	before := a.came.Load()
	do()
	came = a.came.Load() - before
	close(stop)
	all.Wait()
	return came
}

// erased holds that nobody opens an old file, everybody theirs of the young ones, and
// that the receipts in all hands verify.
func (a *archive) erased(t *testing.T) {
	t.Helper()
	for _, f := range a.old {
		for _, who := range []store.Caller{ownerOf(f), {Ref: "doris", Role: store.Caseworker, Municipality: "9999"}, store.Program} {
			if _, err := a.store.Read(t.Context(), who, f.ID); !errors.Is(err, store.ErrErased) {
				t.Errorf("%v reads an erased case: %v", who.Role, err)
			}
		}
	}
	for _, f := range a.young {
		a.look(t, f, false)
	}
	for _, f := range append(a.old[:oldFiles:oldFiles], a.young...) {
		if rep := ledger.Verify(f.Receipt, []string{a.log.Key()}); !rep.OK {
			t.Errorf("a receipt: %v", rep.Reason)
		}
	}
}

// TestErasureUnderLoad has the daily work erase what is old enough while eight writers
// send in new cases, and read old ones and some that are a few days too young.
func TestErasureUnderLoad(t *testing.T) {
	a, dir := newArchive(t)
	a.old = a.decide(t, oldFiles)
	a.day.Store(3)
	a.young = a.decide(t, youngFiles)
	a.day.Store(int64(noon.AddDate(retention.Years, 0, 1).Sub(noon) / (24 * time.Hour)))

	var done flow.Retained
	var err error
	during := a.under(t, func() { done, err = a.flow.Retain(t.Context(), false) })
	if err != nil || done.Erased != oldFiles {
		t.Errorf("%d of %d were erased: %v", done.Erased, oldFiles, err)
	}
	a.erased(t)
	told, err := a.store.Notices(store.KindErasures)
	if err != nil || len(told) != 1 {
		t.Errorf("%d leaves tell of the run: %v", len(told), err)
	}
	if err := a.close(); err != nil {
		t.Fatal(err)
	}
	report := inspect(t, dir)
	for _, f := range report.Faults {
		t.Errorf("check: %s", f)
	}
	if report.Wrong > 0 || report.Erased != oldFiles || report.Untold != 0 || report.Automatic != oldFiles+youngFiles {
		t.Errorf("%+v", report)
	}
	if during == 0 || a.reads.Load() == 0 || a.forbidden.Load() == 0 {
		t.Errorf("no load: %d new cases meanwhile, %d reads of old ones before and %d after", during, a.reads.Load(), a.forbidden.Load())
	}
	t.Logf("%d cases erased while %d came in; the old ones were read %d times before, and %d reads were refused after; %d receipts verify",
		done.Erased, during, a.reads.Load(), a.forbidden.Load(), oldFiles+youngFiles)
}
