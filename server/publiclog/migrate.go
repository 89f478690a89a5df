package publiclog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/logdir"
	"github.com/skalig/skalig/ledger/migrate"
)

// Names beside the log's directory while it moves.
const (
	coming = ".new"
	gone   = ".before"
)

// ErrThere: the log is kept as asked already.
var ErrThere = errors.New("the log is there already")

// Migrate moves the log at dir to the backend that is configured, under its name and
// key. address is Trillian's on whichever side it is. The service must be stopped.
//
// The new log is made beside the old one, at dir.new; every leaf is copied and
// verified; and only when both have the same root do the two change places, the old
// one staying at dir.before. An interrupted move is repeated with the same arguments.
// Nothing of the old log is changed: it is opened by its own backend, so that
// what it has durable and not yet published is moved too.
func Migrate(ctx context.Context, dir string, from, to Config, logger *slog.Logger) (ledger.Checkpoint, error) {
	if err := finish(dir); err != nil {
		return ledger.Checkpoint{}, err
	}
	have, err := Backend(dir)
	if err != nil {
		return ledger.Checkpoint{}, err
	}
	if kind, err := to.backend(); err != nil {
		return ledger.Checkpoint{}, err
	} else if kind == have {
		return ledger.Checkpoint{}, fmt.Errorf("couldn't move the log in %s to %s: %w", dir, kind, ErrThere)
	}
	if _, err := os.Stat(dir + gone); !errors.Is(err, fs.ErrNotExist) {
		return ledger.Checkpoint{}, errors.Join(fmt.Errorf("couldn't move the log: an earlier one is still in %s", dir+gone), err)
	}
	old, err := Open(ctx, dir, from, logger)
	if err != nil {
		return ledger.Checkpoint{}, err
	}
	checkpoint, err := successor(ctx, dir, old, to, logger)
	if err = errors.Join(err, old.Close(ctx)); err != nil {
		return ledger.Checkpoint{}, err
	}
	if err := exchange(dir); err != nil {
		return ledger.Checkpoint{}, err
	}
	return checkpoint, nil
}

// successor makes the new log beside the old one and fills it.
func successor(ctx context.Context, dir string, old *Log, to Config, logger *slog.Logger) (ledger.Checkpoint, error) {
	signed, err := old.ReadCheckpoint(ctx)
	if err != nil {
		return ledger.Checkpoint{}, fmt.Errorf("couldn't read the log's checkpoint: %w", err)
	}
	was, err := ledger.OpenCheckpoint(signed, []string{old.Key()})
	if err != nil {
		return ledger.Checkpoint{}, fmt.Errorf("couldn't verify the log's checkpoint: %w", err)
	}
	next := dir + coming
	if _, err := Backend(next); errors.Is(err, ErrNone) {
		if err := logdir.MakeDir(next, 0o700); err != nil {
			return ledger.Checkpoint{}, fmt.Errorf("couldn't make the new log's directory: %w", err)
		}
		secret, err := os.ReadFile(filepath.Join(dir, "key"))
		if err == nil {
			err = logdir.WriteFile(filepath.Join(next, "key"), secret, 0o600)
		}
		if err != nil {
			return ledger.Checkpoint{}, fmt.Errorf("couldn't hand the log's key on: %w", err)
		}
		if _, err := Create(ctx, next, was.Origin, to); err != nil {
			return ledger.Checkpoint{}, err
		}
	}
	log, err := Open(ctx, next, to, logger)
	if err != nil {
		return ledger.Checkpoint{}, err
	}
	is, err := fill(ctx, log, old, was)
	return is, errors.Join(err, log.Close(ctx), logdir.InheritAll(next))
}

// fill copies and compares: equal size, equal root.
func fill(ctx context.Context, log, old *Log, was ledger.Checkpoint) (ledger.Checkpoint, error) {
	if log.Key() != old.Key() {
		return ledger.Checkpoint{}, errors.New("couldn't move the log: the new one has another key")
	}
	is, err := migrate.Copy(ctx, migrate.Target{Log: log, Key: log.Key()}, migrate.Source{Tiles: old, Key: old.Key()})
	if err != nil {
		return ledger.Checkpoint{}, err
	}
	if is.Size != was.Size || is.Root != was.Root {
		return ledger.Checkpoint{}, fmt.Errorf("couldn't move the log: %d leaves with root %s became %d with root %s", was.Size, was.Root, is.Size, is.Root)
	}
	return is, nil
}

// exchange puts the new log in the place of the old one.
func exchange(dir string) error {
	if err := os.Rename(dir, dir+gone); err != nil {
		return fmt.Errorf("couldn't put the old log aside: %w", err)
	}
	if err := os.Rename(dir+coming, dir); err != nil {
		return fmt.Errorf("couldn't put the new log in place: %w", err)
	}
	return syncParent(dir)
}

// finish ends an exchange that a crash cut in two: the old log is aside, the new one
// is not in place.
func finish(dir string) error {
	_, err := os.Stat(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := Backend(dir + gone); err != nil {
		return fmt.Errorf("couldn't find a log in %s: %w", dir, ErrNone)
	}
	if _, err := Backend(dir + coming); err != nil {
		return fmt.Errorf("couldn't find a log in %s: %w", dir, ErrNone)
	}
	if err := os.Rename(dir+coming, dir); err != nil {
		return fmt.Errorf("couldn't put the new log in place: %w", err)
	}
	return syncParent(dir)
}

func syncParent(dir string) error {
	parent, err := os.Open(filepath.Dir(strings.TrimSuffix(dir, "/")))
	if err != nil {
		return err
	}
	return errors.Join(parent.Sync(), parent.Close())
}
