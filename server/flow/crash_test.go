package flow_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
	"github.com/skalig/skalig/ledger/tessera"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/secret"
	"github.com/skalig/skalig/server/store"
)

var errPulled = errors.New("the plug is pulled")

// unplugged is a log that stops answering at a point, once on is set. Everything
// after that point is what a crash there leaves undone.
type unplugged struct {
	flow.Log
	at string
	on atomic.Bool
}

func (u *unplugged) Append(ctx context.Context, first uint64, leaves [][]byte) error {
	if !u.on.Load() {
		return u.Log.Append(ctx, first, leaves)
	}
	if u.at == "before the log" {
		return errPulled
	}
	if err := u.Log.Append(ctx, first, leaves); err != nil || u.at != "after the log" {
		return err
	}
	return errPulled
}

func (u *unplugged) AwaitPublished(ctx context.Context, index uint64) ([]byte, error) {
	if u.on.Load() && u.at == "before the checkpoint" {
		return nil, errPulled
	}
	return u.Log.AwaitPublished(ctx, index)
}

// silentEngine does not answer while on is set, and tells that it was asked; where
// it is silent once, it answers again from the next call.
type silentEngine struct {
	flow.Artefact
	on    *atomic.Bool
	once  bool
	asked func()
}

func (e silentEngine) Call(ctx context.Context, name string, in []byte) ([]byte, error) {
	if e.on.Load() {
		e.on.Store(!e.once)
		e.asked()
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return e.Artefact.Call(ctx, name, in)
}

// TestEveryStepIsTakenUp stops between each pair of steps and starts again: the
// decision is in the log exactly once, with a receipt that verifies.
func TestEveryStepIsTakenUp(t *testing.T) { both(t, testEveryStepIsTakenUp) }

func testEveryStepIsTakenUp(t *testing.T) {
	for _, at := range []string{"before the gate", "before the log", "after the log", "before the checkpoint"} {
		t.Run(at, func(t *testing.T) {
			f := newFixture(t)
			log := &unplugged{Log: f.log, at: at}
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			f.change = func(c *flow.Config) {
				c.Ledger = log
				c.Engine = silentEngine{c.Engine, &log.on, false, leave}
				if at != "before the gate" {
					c.Engine = c.Engine.(silentEngine).Artefact
				}
			}
			s, st, stop := f.start(t)
			log.on.Store(true)
			id, err := s.Submit(ctx, applicant, form("a", single))
			if err != nil {
				t.Fatal(err)
			}
			own, err := st.Own(t.Context(), applicant)
			if err != nil || len(own) != 1 || own[0].ID != id || own[0].State == store.StatePublished {
				t.Fatalf("%v: the cases are %+v", err, own)
			}
			stop()

			f.change = func(*flow.Config) {}
			_, st, _ = f.start(t)
			checkOnce(t, f, st, id)
		})
	}
}

// TestTheBackgroundTakesUp: a request that ended before its case was decided
// leaves it to the background, without a restart.
func TestTheBackgroundTakesUp(t *testing.T) { both(t, testTheBackgroundTakesUp) }

func testTheBackgroundTakesUp(t *testing.T) {
	f := newFixture(t)
	var mute atomic.Bool
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	f.change = func(c *flow.Config) { c.Engine = silentEngine{c.Engine, &mute, true, leave} }
	s, st, _ := f.start(t)
	mute.Store(true)
	id, err := s.Submit(ctx, applicant, form("a", single))
	if err != nil {
		t.Fatal(err)
	}
	checkOnce(t, f, st, id)
}

// checkOnce expects the release and one decision in the log, and a receipt.
func checkOnce(t *testing.T, f *fixture, st *store.Store, id string) {
	t.Helper()
	file := published(t, st, applicant, id)
	if file.State != store.StatePublished || file.Mode != record.Automatic {
		t.Fatalf("the case is %s: %v", file.State, file.Reasons)
	}
	if rep := ledger.Verify(file.Receipt, []string{f.vkey}); !rep.OK || rep.Index != 1 {
		t.Errorf("the receipt: %+v", rep)
	}
	if n, err := f.log.Size(t.Context()); err != nil || n != 2 {
		t.Errorf("%v: the log has %d leaves, want 2", err, n)
	}
}

// TestLogAndJournalDisagree: a log that knows more, or other, than the journal
// is refused; one that knows less is filled from the journal, byte for byte.
func TestLogAndJournalDisagree(t *testing.T) { both(t, testLogAndJournalDisagree) }

func testLogAndJournalDisagree(t *testing.T) {
	decide := func(t *testing.T) (*fixture, string) {
		f := newFixture(t)
		s, st, stop := f.start(t)
		id, err := s.Submit(t.Context(), applicant, form("a", single))
		if err != nil {
			t.Fatal(err)
		}
		published(t, st, applicant, id)
		stop()
		return f, id
	}
	t.Run("log longer", func(t *testing.T) {
		f, _ := decide(t)
		leaf := ledger.Leaf{Kind: ledger.Statistics, Municipality: "9998", Day: "2026-11-22"}
		if err := f.log.Append(t.Context(), 2, [][]byte{leaf.Marshal()}); err != nil {
			t.Fatal(err)
		}
		s, st := f.open(t)
		defer st.Close()
		if err := s.Start(t.Context()); !errors.Is(err, flow.ErrLogAhead) {
			t.Errorf("got %v", err)
		}
	})
	for _, size := range []int{0, 1} {
		t.Run(fmt.Sprintf("log cut to %d", size), func(t *testing.T) {
			f, id := decide(t)
			whole, err := f.log.ReadCheckpoint(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			entries, err := f.log.ReadEntries(t.Context(), 0, 2)
			if err != nil {
				t.Fatal(err)
			}
			leaves, err := ledger.SplitEntries(entries)
			if err != nil {
				t.Fatal(err)
			}
			f.renew(t)
			if err := f.log.Append(t.Context(), 0, leaves[:size]); err != nil {
				t.Fatal(err)
			}
			_, st, _ := f.start(t)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			signed, err := f.log.AwaitPublished(ctx, 1)
			if err != nil {
				t.Fatal(err)
			}
			before, err1 := ledger.ParseCheckpoint(whole)
			after, err2 := ledger.ParseCheckpoint(signed)
			if err1 != nil || err2 != nil || before.Root != after.Root || after.Size != 2 {
				t.Errorf("the log was not rebuilt: %v %v %+v", err1, err2, after)
			}
			published(t, st, applicant, id)
		})
	}
	t.Run("log with another leaf", func(t *testing.T) {
		f, _ := decide(t)
		f.renew(t)
		leaf := ledger.Leaf{Kind: ledger.Release, Municipality: "0000", Day: "2026-11-22"}
		if err := f.log.Append(t.Context(), 0, [][]byte{leaf.Marshal()}); err != nil {
			t.Fatal(err)
		}
		s, st := f.open(t)
		defer st.Close()
		if err := s.Start(t.Context()); !errors.Is(err, flow.ErrLogOther) {
			t.Errorf("got %v", err)
		}
	})
}

// uncertain is a log that must be opened again once it holds its first leaf.
type uncertain struct{ flow.Log }

func (u uncertain) Append(ctx context.Context, first uint64, leaves [][]byte) error {
	if first > 0 {
		return ledger.ErrUncertain
	}
	return u.Log.Append(ctx, first, leaves)
}

// TestUncertainLogEndsTheService: the next start opens the log again; to try on
// would leave whoever waits for a receipt waiting.
func TestUncertainLogEndsTheService(t *testing.T) { both(t, testUncertainLogEndsTheService) }

func testUncertainLogEndsTheService(t *testing.T) {
	f := newFixture(t)
	f.change = func(c *flow.Config) { c.Ledger = uncertain{c.Ledger} }
	s, _, _ := f.start(t)
	if _, err := s.Submit(t.Context(), applicant, form("a", single)); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.Failed():
	case <-time.After(time.Minute):
		t.Fatal("it goes on")
	}
	if !errors.Is(s.Err(), ledger.ErrUncertain) {
		t.Errorf("it ended by %v", s.Err())
	}
}

// renew gives the fixture an empty log with a new key.
func (f *fixture) renew(t *testing.T) {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, "flow.test/log")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	if f.log, err = ledgertest.NewMemory(signer); err != nil {
		t.Fatal(err)
	}
	f.vkey = vkey
}

// deadly is a log that kills its own process at a point of the second append,
// the first being the release.
type deadly struct {
	flow.Log
	at string
}

func (d deadly) Append(ctx context.Context, first uint64, leaves [][]byte) error {
	if first > 0 && d.at == "before the log" {
		die()
	}
	err := d.Log.Append(ctx, first, leaves)
	if first > 0 && d.at == "after the log" {
		die()
	}
	return err
}

func (d deadly) AwaitPublished(ctx context.Context, index uint64) ([]byte, error) {
	checkpoint, err := d.Log.AwaitPublished(ctx, index)
	if index > 0 && d.at == "before the receipt" {
		die()
	}
	return checkpoint, err
}

func die() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {} // the signal is on its way
}

// TestKilled kills a process (SIGKILL) between journal and log and at the points
// after, with the real log in files, and takes the work up in this one.
func TestKilled(t *testing.T) {
	if at := os.Getenv("SKALIG_TEST_DIE"); at != "" {
		victim(t, os.Getenv("SKALIG_TEST_DIR"), at)
		return
	}
	for _, at := range []string{"before the log", "after the log", "before the receipt"} {
		t.Run(at, func(t *testing.T) {
			dir := t.TempDir()
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilled$", "-test.count=1")
			child.Env = append(os.Environ(), "SKALIG_TEST_DIE="+at, "SKALIG_TEST_DIR="+dir)
			out, err := child.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
				t.Fatalf("the process ended with %v: %s", err, out)
			}

			f, log := onDisk(t, dir)
			s, st := f.open(t)
			defer st.Close()
			if err := s.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			defer s.Stop()
			own, err := st.Own(t.Context(), applicant)
			if err != nil || len(own) != 1 {
				t.Fatalf("%v: %d cases", err, len(own))
			}
			file := published(t, st, applicant, own[0].ID)
			if rep := ledger.Verify(file.Receipt, []string{log.Key()}); !rep.OK || rep.Index != 1 {
				t.Errorf("the receipt: %+v", rep)
			}
			if n, err := log.Size(t.Context()); err != nil || n != 2 {
				t.Errorf("%v: the log has %d leaves, want 2", err, n)
			}
			// The same form, sent again since no answer came, is the same case.
			if id, err := s.Submit(t.Context(), applicant, form("a", single)); err != nil || id != own[0].ID {
				t.Errorf("%v: sent again it is case %s", err, id)
			}
		})
	}
}

// victim is the child process.
func victim(t *testing.T, dir, at string) {
	f, log := onDisk(t, dir)
	f.change = func(c *flow.Config) {
		c.Ledger, c.Keys, c.Digests = deadly{log, at}, []string{log.Key()}, digestOf(t, dir)
	}
	s, st := f.open(t)
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	id, err := s.Submit(t.Context(), applicant, form("a", single))
	if err != nil {
		t.Fatal(err)
	}
	published(t, st, applicant, id)
	t.Fatal("the process outlived its death")
}

// onDisk is a fixture whose log is in files under dir.
func onDisk(t testing.TB, dir string) (*fixture, *tessera.Log) {
	t.Helper()
	logDir := filepath.Join(dir, "log")
	if _, err := tessera.Init(logDir, "flow.test/log"); err != nil && !errors.Is(err, tessera.ErrExists) {
		t.Fatal(err)
	}
	log, err := tessera.Open(t.Context(), logDir, tessera.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := log.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	f := &fixture{dir: dir}
	f.change = func(c *flow.Config) { c.Ledger, c.Keys, c.Digests = log, []string{log.Key()}, digestOf(t, dir) }
	return f, log
}

func digestOf(t testing.TB, dir string) secret.Key {
	t.Helper()
	key, err := secret.LoadOrCreate(filepath.Join(dir, "keys", "digest"))
	if err != nil {
		t.Fatal(err)
	}
	return key
}
