package faults_test

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger/tessera"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/flow/flowtest"
	"github.com/skalig/skalig/server/secret"
	"github.com/skalig/skalig/server/store"
)

const (
	victimDir    = "SKALIG_FAULTS_DIR" // set in the process that is to be harmed
	victimMost   = "SKALIG_FAULTS_MOST"
	victimOnward = "SKALIG_FAULTS_FIRST"
	victimKeep   = "SKALIG_FAULTS_KEEP" // bytes of the disk that it leaves free
	victimTurns  = "SKALIG_FAULTS_TURN" // it rotates its keys again and again
	writers      = 16
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimDir); dir != "" {
		if err := victim(dir); err != nil {
			fmt.Fprintln(os.Stderr, "victim ends:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

const single = flowtest.Single

var noon = flowtest.Noon

// A running service without its pages.
type running struct {
	store *store.Store
	log   *tessera.Log
	flow  *flow.Service
}

// open starts a service on a folder, made at the first start; change may alter
// what it is made of.
func open(ctx context.Context, dir string, clock func() time.Time, change func(*flow.Config)) (_ *running, err error) {
	r := &running{}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.close())
		}
	}()
	keep, err := strconv.ParseUint(cmp.Or(os.Getenv(victimKeep), "1"), 10, 64)
	if err != nil {
		return nil, err
	}
	if r.store, err = store.Open(ctx, store.Options{Dir: dir, Clock: clock, Keep: keep}); err != nil {
		return nil, err
	}
	logDir := filepath.Join(dir, "log")
	length, err := r.store.Length()
	if err != nil {
		return nil, err
	}
	if length == 0 {
		if _, err := tessera.Init(logDir, "faults.test/log"); err != nil && !errors.Is(err, tessera.ErrExists) {
			return nil, err
		}
	}
	if r.log, err = tessera.Open(ctx, logDir, tessera.Options{}); err != nil {
		return nil, err
	}
	c, err := flowtest.Config()
	if err != nil {
		return nil, err
	}
	if c.Digests, err = secret.LoadOrCreate(filepath.Join(dir, "keys", "digest")); err != nil {
		return nil, err
	}
	c.Store, c.Ledger, c.Keys, c.Clock = r.store, r.log, []string{r.log.Key()}, clock
	if change != nil {
		change(&c)
	}
	s, err := flow.New(ctx, c)
	if err != nil {
		return nil, err
	}
	if err := s.Start(ctx); err != nil {
		return nil, err
	}
	r.flow = s
	return r, nil
}

func (r *running) close() error {
	var errs []error
	if r.flow != nil {
		r.flow.Stop()
	}
	if r.log != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		errs = append(errs, r.log.Close(ctx))
	}
	if r.store != nil {
		errs = append(errs, r.store.Close())
	}
	return errors.Join(errs...)
}

// submit sends the n-th application, again while the disk is full, and says how far
// it came.
func (r *running) submit(ctx context.Context, n int, say func(string)) error {
	who := store.Caller{Ref: fmt.Sprintf("person-%d", n), Role: store.Applicant}
	id, err := r.flow.Submit(ctx, who, flow.Application{Key: "form", Number: "199211222386", Name: "Alva Exempel", Facts: []byte(single)})
	for store.Full(err) {
		say("f full")
		if strings.Contains(err.Error(), "couldn't write the journal") {
			say("d doubt")
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
		id, err = r.flow.Submit(ctx, who, flow.Application{Key: "form", Number: "199211222386", Name: "Alva Exempel", Facts: []byte(single)})
	}
	if err != nil {
		return err
	}
	say("s " + id)
	if err := r.store.Await(ctx, id); err != nil {
		return err
	}
	say("p " + id)
	return nil
}

// doubtful says of each error in the log that a commit met a full disk, if one did:
// those of the service's own events reach no applicant.
type doubtful struct{ slog.Handler }

func (doubtful) Enabled(context.Context, slog.Level) bool { return true }

func (doubtful) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if err, ok := a.Value.Any().(error); ok && store.Full(err) && strings.Contains(err.Error(), "couldn't write the journal") {
			_, _ = os.Stdout.WriteString("d doubt\n")
		}
		return true
	})
	return nil
}

// victim submits from several writers until it is killed, something fails, or the
// most that it is to submit are published.
func victim(dir string) error {
	first, err1 := strconv.Atoi(os.Getenv(victimOnward))
	most, err2 := strconv.Atoi(os.Getenv(victimMost))
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	r, err := open(ctx, dir, func() time.Time { return noon }, func(c *flow.Config) { c.Log = slog.New(doubtful{slog.DiscardHandler}) })
	if err != nil {
		return err
	}
	go func() { // what ends the server ends the victim
		select {
		case <-r.flow.Failed():
			cancel(r.flow.Err())
		case <-r.store.Stopped():
			cancel(r.store.Err())
		case <-ctx.Done():
		}
	}()
	var mu sync.Mutex
	next := first
	var wg sync.WaitGroup
	if os.Getenv(victimTurns) != "" {
		wg.Go(func() {
			for ctx.Err() == nil {
				if _, err := r.store.Rotate(ctx, func(step string) { _, _ = os.Stdout.WriteString("r " + step + "\n") }); err != nil {
					cancel(err)
				}
			}
		})
	}
	for range min(writers, most) {
		wg.Go(func() {
			for ctx.Err() == nil {
				mu.Lock()
				n := next
				next++
				mu.Unlock()
				if n >= first+most {
					return
				}
				if err := r.submit(ctx, n, func(line string) { _, _ = os.Stdout.WriteString(line + "\n") }); err != nil {
					cancel(err)
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(context.Cause(ctx), r.close())
}

// A child is a victim that runs.
type child struct {
	cmd   *exec.Cmd
	lines chan string
	err   chan error
	why   *strings.Builder
}

// spawn starts a victim on dir under a wrapper: nothing, or a tracer with its
// arguments.
func spawn(t testing.TB, dir string, first, most int, wrapper ...string) *child {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	argv := append(append([]string(nil), wrapper...), self)
	c := &child{cmd: exec.CommandContext(t.Context(), argv[0], argv[1:]...), lines: make(chan string, 1<<16), err: make(chan error, 1), why: &strings.Builder{}}
	c.cmd.Env = append(os.Environ(), victimDir+"="+dir, victimOnward+"="+strconv.Itoa(first), victimMost+"="+strconv.Itoa(most))
	c.cmd.Stderr = c.why
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	pipe, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(c.lines)
		for r := bufio.NewReader(pipe); ; {
			line, err := r.ReadString('\n')
			if err != nil { // half a line was not said
				if !errors.Is(err, io.EOF) {
					c.err <- err
				}
				return
			}
			c.lines <- strings.TrimSuffix(line, "\n")
		}
	}()
	return c
}

// heard is what a victim has acknowledged.
type heard struct {
	submitted, published map[string]bool
	doubts               *int // commits whose outcome was not known
}

func hearing() heard { return heard{map[string]bool{}, map[string]bool{}, new(int)} }

func (h heard) note(line string) {
	kind, id, _ := strings.Cut(line, " ")
	switch kind {
	case "s":
		h.submitted[id] = true
	case "p":
		h.published[id] = true
	case "d":
		*h.doubts++
	}
}

// until notes what the child says until it has said "p" once and the time is up,
// or it ends. A child that does neither within half a minute hangs.
func (c *child) until(t testing.TB, h heard, after time.Duration) {
	t.Helper()
	up, first := time.After(30*time.Second), true
	for {
		select {
		case line, more := <-c.lines:
			if !more {
				return
			}
			h.note(line)
			if first && strings.HasPrefix(line, "p ") {
				up, first = time.After(after), false
			}
		case <-up:
			if first {
				t.Fatalf("the victim neither works nor ends: %s", c.dump())
			}
			return
		}
	}
}

// stuck notes what the child says until it has been refused often, or is silent:
// every writer then waits for what can't be written.
func (c *child) stuck(t testing.TB, h heard) {
	t.Helper()
	for refused := 0; refused < 50; {
		select {
		case line, more := <-c.lines:
			if !more {
				t.Fatalf("the victim ended: %v: %s", c.cmd.Wait(), c.why)
			}
			h.note(line)
			if strings.HasPrefix(line, "f ") {
				refused++
			}
		case <-time.After(3 * time.Second):
			if len(h.published) > 0 {
				return
			}
		}
	}
}

// after notes what the child says until it has said so many lines of a kind.
func (c *child) after(t testing.TB, h heard, kind string, n int) {
	t.Helper()
	for up := time.After(90 * time.Second); n > 0; {
		select {
		case line, more := <-c.lines:
			if !more {
				t.Fatalf("the victim ended: %v: %s", c.cmd.Wait(), c.why)
			}
			h.note(line)
			if strings.HasPrefix(line, kind+" ") {
				n--
			}
		case <-up:
			c.kill()
			t.Fatalf("the victim has not said %q %d times more: %s", kind, n, c.why)
		}
	}
}

// dump ends a child that hangs, and returns where each of its goroutines was.
func (c *child) dump() string {
	_ = syscall.Kill(-c.cmd.Process.Pid, syscall.SIGQUIT)
	time.AfterFunc(5*time.Second, c.kill)
	for range c.lines { // until it has ended
	}
	_ = c.cmd.Wait()
	return c.why.String()
}

// kill ends the child and what wraps it, without a chance to do anything more.
func (c *child) kill() { _ = syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL) }

// rest notes what the child still says and returns how it ended.
func (c *child) rest(t testing.TB, h heard) error {
	t.Helper()
	for line := range c.lines {
		h.note(line)
	}
	select {
	case err := <-c.err:
		t.Fatal(err)
	default:
	}
	return c.cmd.Wait()
}
