package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/hashicorp/go-memdb"
)

// An Inspection is a store that nobody writes to, laid open to the operator who
// holds its folder with the keys in it. It is for checking and nothing else: no
// right is asked for and no access event written, since nothing may be written.
// It shows no one more than the key file beside it already does.
type Inspection struct {
	s      *Store
	copies []string // folders to remove
}

// A Row is an event of the journal with its body. BodyErr says why the body could
// not be opened.
type Row struct {
	Event
	Body    []byte
	BodyErr error
}

// Inspect reads a store's folder: it checks the chain and the head and replays
// the journal as Open does, and makes, changes and locks nothing. What a stop left
// in a write-ahead log is read from a copy, in a temporary folder that Close
// removes; bodies are sealed there too. The caller sees to it that no store is open.
func Inspect(ctx context.Context, dir string) (_ *Inspection, err error) {
	if InDatabase(dir) {
		return nil, ErrInDatabase
	}
	stopped := make(chan struct{})
	close(stopped)
	s := &Store{clock: time.Now, committed: func(int, time.Duration) {}, replayed: func(uint64, uint64) {}, quit: make(chan struct{}), stopped: stopped}
	i := &Inspection{s: s}
	defer func() {
		if err != nil {
			err = errors.Join(err, i.Close())
		}
	}()
	if s.keys, err = newKeyring(filepath.Join(dir, "keys")); err != nil {
		return nil, err
	}
	if s.keys.db, err = i.readDB(ctx, filepath.Join(dir, "keys", "cases.db")); err != nil {
		return nil, fmt.Errorf("couldn't open the case keys: %w", err)
	}
	if s.readers, err = i.readDB(ctx, filepath.Join(dir, "journal.db")); err != nil {
		return nil, fmt.Errorf("couldn't open the journal: %w", err)
	}
	if s.model, err = memdb.NewMemDB(modelSchema); err != nil {
		return nil, fmt.Errorf("couldn't build the read model: %w", err)
	}
	if err := s.replay(ctx); err != nil {
		return nil, err
	}
	return i, nil
}

// Close lets go of the files.
func (i *Inspection) Close() error {
	err := i.s.closeFiles()
	for _, dir := range i.copies {
		err = errors.Join(err, os.RemoveAll(dir))
	}
	return err
}

// Rows gives every row of the journal, in order.
func (i *Inspection) Rows(ctx context.Context) func(yield func(Row, error) bool) {
	return func(yield func(Row, error) bool) {
		rows, err := i.s.readers.QueryContext(ctx, rowsAfter, 0)
		if err != nil {
			yield(Row{}, fmt.Errorf("couldn't read the journal: %w", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			e, err := scan(rows)
			if err != nil {
				yield(Row{}, err)
				return
			}
			row := Row{Event: *e}
			if len(e.sealed) > 0 {
				c, err := i.s.keys.open(ctx, e.Case)
				if err == nil {
					row.Body, err = unseal(c, e.Seq, e.Case, e.Kind, e.sealed)
				}
				row.BodyErr = err
			}
			if !yield(row, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Row{}, fmt.Errorf("couldn't read the journal: %w", err))
		}
	}
}

// Erased reports whether there is a reason why a body's key is gone: an event says
// that it was erased, or it is a document's of an application that was never sent.
func (i *Inspection) Erased(e *Event) bool {
	v := i.s.view()
	if v.erased(e.Case) {
		return true
	}
	_, err := v.Case(e.Case)
	return e.Kind == KindDocument && errors.Is(err, ErrNotFound)
}

// KeysLeft gives the cases that are erased while a key of theirs is still there.
func (i *Inspection) KeysLeft(ctx context.Context) ([]string, error) {
	all, err := i.s.view().erasedRefs()
	if err != nil {
		return nil, err
	}
	var left []string
	for _, e := range all {
		has, err := i.s.keys.has(ctx, e.Ref)
		if err != nil {
			return nil, err
		}
		if has && !slices.Contains(left, e.Case) {
			left = append(left, e.Case)
		}
	}
	return left, nil
}

// Cases counts the cases by state.
func (i *Inspection) Cases() (map[State]int, error) {
	counts := map[State]int{}
	it, err := i.s.view().txn.Get("cases", "id")
	if err != nil {
		return nil, err
	}
	for found := it.Next(); found != nil; found = it.Next() {
		counts[found.(*Case).State]++
	}
	return counts, nil
}

// readDB opens an SQLite file that no one has open, without writing beside it.
func (i *Inspection) readDB(ctx context.Context, path string) (*sql.DB, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	query := "mode=ro&immutable=1&_pragma=query_only(1)"
	if info, err := os.Stat(path + "-wal"); err == nil && info.Size() > 0 {
		// Rows that are only in the write-ahead log can't be read without writing
		// beside it.
		if path, err = i.copy(path); err != nil {
			return nil, fmt.Errorf("couldn't copy what a stop left behind: %w", err)
		}
		query = "_pragma=query_only(1)"
	}
	db, err := sql.Open("sqlite", dsn(path, query))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(2) // one for the rows, one for what a row leads to
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// copy copies an SQLite file and its write-ahead log.
func (i *Inspection) copy(path string) (string, error) {
	dir, err := os.MkdirTemp("", "skalig-check-")
	if err != nil {
		return "", err
	}
	i.copies = append(i.copies, dir)
	to := filepath.Join(dir, filepath.Base(path))
	for _, suffix := range []string{"", "-wal"} {
		if err := copyFile(to+suffix, path+suffix); err != nil {
			return "", err
		}
	}
	return to, nil
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
