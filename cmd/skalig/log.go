package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/monitor"
	"github.com/skalig/skalig/server/replay"
)

type logs struct {
	Create  create `cmd:"" help:"Make a new, empty log for a server that has not started yet."`
	Migrate move   `cmd:"" help:"Move a stopped server's log from files to Trillian, or back."`
	Monitor watch  `cmd:"" help:"Follow a log and hold it to everything it has ever signed."`
}

type watch struct {
	URL string `arg:"" help:"Where the log is served, like https://host/log." placeholder:"URL"`
	whom
	State     string        `required:"" help:"File for what is kept from one poll to the next. Made at the first." placeholder:"FILE"`
	Once      bool          `help:"Poll once. The status is 0 if all holds, 1 after a fault, 2 if the log could not be read."`
	Leaves    bool          `help:"Look at leaves only: the log is a copy beside which no records are shown." xor:"records"`
	Approvers string        `help:"A file that lists who may approve rules, with their keys: releases and decisions are held to what enough of them have signed." type:"existingfile" placeholder:"FILE" xor:"records"`
	Every     time.Duration `help:"How long to wait between polls." default:"1m"`
}

// Run polls until there is a fault or somebody stops it. A log that cannot be
// read is tried again, unless it was to be polled once.
func (w *watch) Run(s streams) error {
	policy, key, err := w.one(s)
	if err != nil {
		return err
	}
	if w.Every < time.Second {
		return errors.New("couldn't poll more often than every second")
	}
	kept, err := w.read()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	tiles := monitor.Tiles{Fetcher: monitor.HTTP(w.URL, nil)}
	if !w.Leaves {
		// Where public records are shown: in the log, opened.
		tiles.Records = monitor.HTTP(strings.TrimSuffix(w.URL, "/")+"/opened", nil)
	}
	var read ledger.Tiles = tiles
	if w.Approvers != "" {
		if read, err = w.judged(s, tiles); err != nil {
			return err
		}
	}
	for {
		result, err := monitor.Poll(ctx, read, key, kept, nil)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, monitor.ErrState):
			return hinted{err, "a log is held to approvers from its first leaf on: with --approvers begin a state of its own"}
		case err != nil && w.Once:
			return unreached{fmt.Errorf("couldn't poll the log: %w", err)}
		case err != nil:
			fmt.Fprintln(s.err, "error: couldn't poll the log, trying again:", err)
		case !result.Sound():
			w.accuse(s, kept, result)
			return errNo
		case unwitnessed(policy, result.Signed) != nil:
			fmt.Fprintln(s.out, "FAULT", unwitnessed(policy, result.Signed))
			fmt.Fprintf(s.out, "\nthe log shows now:\n\n%s\n", result.Signed)
			return errNo
		default:
			if err := w.write(result.State); err != nil {
				return err
			}
			w.tell(s, kept, result)
			kept = result.State
		}
		if w.Once {
			return nil
		}
		select {
		case <-time.After(w.Every):
		case <-ctx.Done():
			return nil
		}
	}
}

// judged has releases and decisions held to who approved them.
func (w *watch) judged(s streams, tiles monitor.Tiles) (ledger.Tiles, error) {
	approvers, err := approversIn(s, w.Approvers)
	if err != nil {
		return nil, err
	}
	approved, err := replay.NewApproved(ledger.Policy{}, approvers, nil)
	return monitor.Judged{Tiles: tiles, Release: func(record []byte) (all []monitor.Rules, err error) {
		statement, err := approved.Release(record)
		for _, g := range statement.Guidelines {
			all = append(all, monitor.Rules{Municipality: g.Municipality, Digest: g.Rules})
		}
		return all, err
	}}, err
}

// tell prints a line for a poll that found something new.
func (w *watch) tell(s streams, before *monitor.State, r *monitor.Result) {
	if before != nil && r.New.Size == r.Old.Size && !w.Once {
		return
	}
	fmt.Fprintf(s.out, "ok: %d leaves, %d new: %d decisions, %d releases, %d others; %d municipalities; root %s\n",
		r.New.Size, r.New.Size-r.Old.Size, r.Leaves[ledger.Decision], r.Leaves[ledger.Release],
		r.Leaves[ledger.Statistics]+r.Leaves[ledger.Access]+r.Leaves[ledger.Erasure], r.State.Municipalities(), r.New.Root)
}

// accuse prints every fault, and the signed checkpoints that prove it.
func (w *watch) accuse(s streams, kept *monitor.State, r *monitor.Result) {
	for _, f := range r.Faults {
		fmt.Fprintln(s.out, "FAULT", f)
	}
	if len(r.Faults) >= monitor.MaxFaults {
		fmt.Fprintln(s.out, "FAULT the list ends here; there may be more")
	}
	if kept != nil {
		fmt.Fprintf(s.out, "\nthe log signed before:\n\n%s", kept.Checkpoint)
	}
	fmt.Fprintf(s.out, "\nthe log shows now:\n\n%s\n", r.Signed)
	fmt.Fprintf(s.err, "hint: keep this output and %s: what the log signed is evidence; the state is as it was before this poll\n", w.State)
}

func (w *watch) read() (*monitor.State, error) {
	text, err := os.ReadFile(w.State)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("couldn't read what was kept: %w", err)
	}
	kept, err := monitor.ParseState(text)
	if err != nil {
		return nil, hinted{fmt.Errorf("couldn't go on from %s: %w", w.State, err),
			"a monitor that starts over believes what it sees first; start over only if you know why the file is damaged"}
	}
	return kept, nil
}

// write replaces the state's file, whole and durable or not at all.
func (w *watch) write(state *monitor.State) error {
	fail := func(err error) error { return fmt.Errorf("couldn't keep what was seen: %w", err) }
	f, err := os.CreateTemp(filepath.Dir(w.State), filepath.Base(w.State)+".*")
	if err != nil {
		return fail(err)
	}
	_, err = f.Write(state.Marshal())
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fail(errors.Join(err, os.Remove(f.Name())))
	}
	if err := os.Rename(f.Name(), w.State); err != nil {
		return fail(errors.Join(err, os.Remove(f.Name())))
	}
	dir, err := os.Open(filepath.Dir(w.State))
	if err != nil {
		return fail(err)
	}
	if err := errors.Join(dir.Sync(), dir.Close()); err != nil {
		return fail(err)
	}
	return nil
}
