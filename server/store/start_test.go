package store_test

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	command "os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/skalig/skalig/server/store"
)

var startEvents = flag.Int("start-events", 24_000, "events of the journal that TestStartAfterKill starts from")

const startDir = "SKALIG_START_DIR" // set in the process that is to be killed

// writeUntilKilled submits one application after the other and says each that is
// durable.
func writeUntilKilled(dir string) error {
	s, err := store.Open(context.Background(), store.Options{Dir: dir})
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		id := fmt.Sprintf("late-%d", i)
		if _, err := s.Update(context.Background(), alva, draft(submitted(alva, id))); err != nil {
			return err
		}
		if _, err := os.Stdout.WriteString(id + "\n"); err != nil {
			return err
		}
	}
}

// TestStartAfterKill kills a process that writes to a large journal, and starts
// again from what it left: every event is there, and the start says how far it is.
func TestStartAfterKill(t *testing.T) {
	dir := t.TempDir()
	events := bulk(t, dir, *startEvents/rowsOfCase)
	acknowledged := killed(t, dir, 50)

	var told []uint64
	began := time.Now()
	s, err := store.Open(t.Context(), store.Options{Dir: dir, Replayed: func(rows, of uint64) {
		if of < uint64(events) || rows > of {
			t.Errorf("%d of %d rows", rows, of)
		}
		told = append(told, rows)
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d events in %v", s.Rows(), time.Since(began).Round(time.Millisecond))
	if s.Rows() < uint64(events+len(acknowledged)) {
		t.Errorf("%d rows of %d and %d more are in the read model", s.Rows(), events, len(acknowledged))
	}
	for _, id := range acknowledged {
		if c, err := s.Look(id); err != nil || c.State != store.StateSubmitted {
			t.Errorf("%s, which was acknowledged, is %q: %v", id, c.State, err)
		}
	}
	if len(told) < events/1000 || told[0] > uint64(events)/10 || told[len(told)-1] != s.Rows() {
		t.Errorf("the start told %d times, from %d to %d", len(told), told[0], told[len(told)-1])
	}
	must(t, s, alva, draft(submitted(alva, "after")))
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// killed lets a process of its own write to a folder, kills it without a warning
// when it has acknowledged some, and gives all that it did.
func killed(t *testing.T, dir string, after int) (acknowledged []string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := command.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), startDir+"="+dir)
	var why strings.Builder
	cmd.Stderr = &why
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); { // half a line has no such number
		if lines.Text() != "late-"+strconv.Itoa(len(acknowledged)) {
			break
		}
		if acknowledged = append(acknowledged, lines.Text()); len(acknowledged) == after {
			if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		}
	}
	err = cmd.Wait()
	exit, _ := errors.AsType[*command.ExitError](err)
	if exit == nil || exit.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL || len(acknowledged) < after {
		t.Fatalf("%d were acknowledged, then it ended with %v: %s", len(acknowledged), err, why.String())
	}
	return acknowledged
}
