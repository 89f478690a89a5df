package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/skalig/skalig/server/inspection"
	"github.com/skalig/skalig/server/store"
)

type check struct {
	Data     string   `required:"" help:"The folder of a server that is stopped, or a copy of one." placeholder:"DIR"`
	Artefact bool     `help:"Compute every decision by the released artefacts, none natively."`
	Database database `embed:""`
}

// Run asserts everything that holds of a sound data folder, and changes nothing.
func (c *check) Run(s streams) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	fmt.Fprintf(s.err, "note: sealed records are opened with the key in %s/keys; nothing of them is printed, and nothing is written\n", c.Data)
	db, err := c.Database.open(ctx)
	if err != nil {
		return err
	}
	shown := newCounter(s)
	r, err := inspection.Check(ctx, c.Data, inspection.Options{Artefact: c.Artefact, Database: db, Progress: shown.row})
	shown.clear()
	if errors.Is(err, inspection.ErrInUse) {
		return hinted{err, "stop the server, or check a copy of the folder"}
	}
	if err != nil {
		return inDatabase(fmt.Errorf("couldn't check the data: %w", err))
	}
	return verdict(s, r)
}

// verdict prints a report; the answer is no where it names faults.
func verdict(s streams, r *inspection.Report) error {
	for _, f := range r.Faults {
		fmt.Fprintln(s.out, "FAULT", f)
	}
	if more := r.Wrong - len(r.Faults); more > 0 {
		fmt.Fprintf(s.out, "FAULT and %d more\n", more)
	}
	origin := r.Origin
	if origin == "" {
		origin = "no log"
	}
	fmt.Fprintf(s.out, "journal   %d rows; cases: %d submitted, %d queued, %d decided, %d published\n", r.Rows,
		r.Cases[store.StateSubmitted], r.Cases[store.StateQueued], r.Cases[store.StateDecided], r.Cases[store.StatePublished])
	fmt.Fprintf(s.out, "outbox    %d leaves: %d releases, %d automatic decisions, %d decisions by a person\n", r.Leaves, r.Releases, r.Automatic, r.Human)
	fmt.Fprintf(s.out, "log       %d leaves published by %s, root %s\n", r.Published, origin, r.Root)
	fmt.Fprintf(s.out, "receipts  %d\n", r.Receipts)
	fmt.Fprintf(s.out, "reads     %d digests over access events\n", r.Digests)
	fmt.Fprintf(s.out, "erased    %d cases; %d of their decisions are not named in the log yet\n", r.Erased, r.Untold)
	fmt.Fprintf(s.out, "payments  %d files, %d transfers\n", r.Files, r.Transfers)
	fmt.Fprintf(s.out, "replayed  %d decisions\n", r.Replayed)
	if r.NativeDiffers {
		fmt.Fprintln(s.err, "error: this program computes otherwise than the artefact of its own release; the artefact was believed throughout")
		return errNo
	}
	if r.Wrong > 0 {
		fmt.Fprintf(s.out, "NOT SOUND: %d faults\n", r.Wrong)
		return errNo
	}
	fmt.Fprintln(s.out, "SOUND")
	return nil
}

// A counter counts rows on a terminal.
type counter struct {
	out   io.Writer
	shown bool // somebody watches
	last  time.Time
}

func newCounter(s streams) *counter { return &counter{s.err, terminal(s.err), time.Now()} }

func (c *counter) row(seq uint64) {
	if c.shown && seq%256 == 0 && time.Since(c.last) > 200*time.Millisecond {
		c.last = time.Now()
		fmt.Fprintf(c.out, "\rrow %d\x1b[K", seq)
	}
}

func (c *counter) clear() {
	if c.shown {
		fmt.Fprint(c.out, "\r\x1b[K")
	}
}
