package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/skalig/skalig/server/postgres"
)

// SharedTables makes the tables of a shared journal.
//
//go:embed postgres.sql
var SharedTables string

// ErrUnavailable says that the shared journal can't be reached: what was asked for has
// certainly not happened.
var ErrUnavailable = errors.New("the shared journal can't be reached: nothing was written")

// newsChannel is where the database says that the journal has grown.
const newsChannel = "skalig_journal"

// PollEvery is how often a node looks for what others have written, told of it or not.
const PollEvery = time.Second

// A shared journal is in a database that other nodes write to as well.
type shared struct {
	db   Database
	news chan struct{} // others may have written
	stop context.CancelFunc
	done chan struct{}          // closed when nobody listens any more
	told atomic.Pointer[func()] // called after events of others are in the read model
}

// openShared opens the journal in a database, making its tables where there are none.
func (s *Store) openShared(ctx context.Context, dir string, db Database) (err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("couldn't make the data directory: %w", err)
	}
	s.shared = &shared{db: db, news: make(chan struct{}, 1)}
	s.writer = db.Pool(1, map[string]string{"statement_timeout": "15000"})
	s.readers = db.Pool(8, nil)
	s.forms, s.formPen = s.readers, &pen{db: s.readers, each: true}
	s.shelf = &tableShelf{s.readers}
	if err := postgres.Make(ctx, s.writer, "journal", SharedTables); err != nil {
		return fmt.Errorf("couldn't open the journal: %w", err)
	}
	if err := s.bind(ctx, dir); err != nil {
		return err
	}
	if s.keys, err = s.openSharedKeys(ctx, filepath.Join(dir, "keys")); err != nil {
		return err
	}
	if err := s.build(ctx); err != nil {
		return err
	}
	return s.look(ctx, s.readers)
}

// listen has the writer look for news, until the store is closed.
func (h *shared) listen() {
	ctx, stop := context.WithCancel(context.Background())
	h.stop, h.done = stop, make(chan struct{})
	go func() {
		defer close(h.done)
		h.db.Listen(ctx, PollEvery, func() {
			select {
			case h.news <- struct{}{}:
			default:
			}
		}, newsChannel)
	}()
}

func (h *shared) close() {
	if h.stop != nil {
		h.stop()
		<-h.done
	}
}

// boundFile names the database that a node's folder belongs to.
const boundFile = "database"

// bind holds that folder and database belong together: a folder that has met one
// journal is not continued with another.
func (s *Store) bind(ctx context.Context, dir string) error {
	if _, err := os.Stat(filepath.Join(dir, "journal.db")); err == nil {
		return errors.New("couldn't open the journal in the database: the folder has a journal of its own, in journal.db")
	}
	if err := s.Same(ctx, "journal", rand.Text()); err != nil && !errors.Is(err, ErrOther) {
		return err
	}
	bound, err := Bound(ctx, dir, s.readers)
	if err != nil || bound {
		return err
	}
	id, err := Known(ctx, s.readers, "journal")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, boundFile), []byte(id+"\n"), 0o600); err != nil {
		return fmt.Errorf("couldn't write which database the folder belongs to: %w", err)
	}
	return syncDirs(dir)
}

// Bound reports whether a node's folder has met the journal in a database; that it has met
// another is an error.
func Bound(ctx context.Context, dir string, db *sql.DB) (bool, error) {
	text, err := os.ReadFile(filepath.Join(dir, boundFile))
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("couldn't read which database the folder belongs to: %w", err)
	}
	id, err := Known(ctx, db, "journal")
	if err != nil {
		return false, err
	}
	if strings.TrimSpace(string(text)) != id {
		return false, errors.New("couldn't open the journal: the folder belongs to another database than the one configured")
	}
	return true, nil
}

// InDatabase reports whether a folder is that of a node whose journal is in a database.
func InDatabase(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, boundFile))
	return err == nil
}

// ErrOther says that a node has another of something that is the same on all nodes.
var ErrOther = errors.New("it is not the same as on the other nodes")

// Same holds that something is the same on all nodes: the first one says what it is.
// A store that shares nothing takes anything.
func (s *Store) Same(ctx context.Context, name, fingerprint string) error {
	if s.shared == nil {
		return nil
	}
	if _, err := s.readers.ExecContext(ctx, `INSERT INTO same_everywhere (name, fingerprint) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, name, fingerprint); err != nil {
		return fmt.Errorf("couldn't write the fingerprint of %s: %w", name, err)
	}
	known, err := s.Known(ctx, name)
	if err != nil {
		return err
	}
	if known != fingerprint {
		return fmt.Errorf("couldn't use %s: %w", name, ErrOther)
	}
	return nil
}

// Known is the fingerprint of something that is the same on all nodes, empty where no
// node has said it yet, or where nothing is shared.
func (s *Store) Known(ctx context.Context, name string) (fingerprint string, err error) {
	if s.shared == nil {
		return "", nil
	}
	return Known(ctx, s.readers, name)
}

// Known is [Store.Known] in the database of nodes.
func Known(ctx context.Context, db *sql.DB, name string) (fingerprint string, err error) {
	err = db.QueryRowContext(ctx, `SELECT fingerprint FROM same_everywhere WHERE name = $1`, name).Scan(&fingerprint)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("couldn't read the fingerprint of %s: %w", name, err)
	}
	return fingerprint, nil
}
