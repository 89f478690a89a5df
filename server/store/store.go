// Package store is the service's memory: a journal that only grows, and a read
// model in memory that is rebuilt from it.
//
// # The journal
//
// One row is one event:
//
//	seq       1, 2, 3, … without gaps, given by the writer
//	hash      SHA-256 over the previous row's hash and this row
//	kind      what happened (kinds.go has the list)
//	case_ref  the opaque id of the case
//	at        milliseconds since 1970, from the store's clock
//	idem_key  unique where present: what must not happen twice
//	head      JSON, never personal: what the read model needs
//	body      everything personal, sealed with the case's key; empty where there is nothing
//
// The hash of row n is
//
//	SHA-256("skalig/journal/1\n" ‖ hash(n-1) ‖ seq ‖ at ‖ kind ‖ case_ref ‖ idem_key ‖ head ‖ body)
//
// with seq and at as 8 bytes, big-endian, and every text and blob preceded by
// its length as 8 bytes; hash(0) is 32 zeros. A body is AES-256-GCM with a random
// nonce in front and "seq|case_ref|kind" as additional data, so that a row cannot
// be moved. The case's key is wrapped with the key-encryption key in keys/kek and
// lies in keys/cases.db, apart from the journal.
//
// One goroutine writes. It takes up to 256 waiting updates, lets each see the
// read model as the ones before it leave it, and commits them as one transaction
// that moves journal_head from the (seq, hash) it knows to the new one. If another
// process has moved the head, the update is refused with ErrHead and the store
// stops. It also stops on any other error of the commit, since the outcome is then
// unknown: only opening the journal again tells.
//
// # Several nodes
//
// Where a database is given, the rows, the case keys, forms and documents are in
// PostgreSQL, and other nodes write to the same journal. A commit locks the head's row,
// applies what others wrote, and then runs its updates, so that each is checked against
// the newest state; rows and head become durable together (shared_write.go). A commit
// whose answer is lost is looked up under the same lock, and is never repeated. While the
// database is away updates are refused with ErrUnavailable and the store goes on; what
// ends it is a journal that is not the one that it has read.
//
// What a caller reads of a file is as new as its access event, which is in the journal
// before anything is read: a node that can't reach the journal shows no file. Other reads
// may be behind by PollEvery and the time of one look, less where the database tells of
// news, and by as long as the node is cut off: [Store.Stale] says how long, and
// [Store.Current] ends it. A node has the key-encryption key of the others, or is refused.
//
// A key that is destroyed is deleted; PostgreSQL's files may hold it wrapped until the
// key-encryption key, which is not in them, is another.
//
// # A full disk
//
// Little room does not stop the store. Below Options.Keep it refuses with ErrFull
// what is new ([Room] says what not), and begins no write at all below a quarter of
// it. If the disk is full all the same in the middle of a commit, the outcome is
// unknown: everything is refused until there is room, then the writer opens the
// journal again, reads back what was kept and goes on from there.
//
// # Order
//
// Durable first, then memory, then the answer. Opening the store reads every row,
// checks the chain and the head, and applies each event with the function that is
// used when it is written.
//
// # Forms and documents
//
// An application that is being filled in is a form: a row in forms.db, changed in
// place, sealed with the key of the case that it will become and destroyed with it
// 14 days after the latest change. A document is a file documents/<case>/<number>,
// sealed the same way; an event tells of it.
//
// A form goes in this order: an event under its id, unless it is a case by then; its key;
// its documents; its row. What comes after the event under that id is refused, on every
// node, so that no application is taken whose key is being destroyed.
//
// A wish to talk is an event under an id and a key of its own. No case leads to it.
//
// # Erasure
//
// A case is erased in this order: an event that says which decisions it is about; then
// the case's documents and form; then its key, overwritten in cases.db. The log's leaf
// names the decisions when the cases of [ErasedTogether] households have been erased in
// the municipality, sorted, so that no leaf is of one person. Opening does not undo a half
// erasure but finishes it ([Store.FinishErasures]). No event is written to an erased case,
// since that would give it a key again. The rows stay, sealed for ever, and the chain with
// them.
//
// # Who reads
//
// A member of staff's name is an event under a key of its own, written before the
// first read; a person sees by it who has read the own cases ([Store.Readings]).
//
// # Rights
//
// Every method takes the caller first, checks the right and writes an access
// event before it reads; a refusal is written too. An applicant reaches the own
// cases, a caseworker those of the own municipality. If the access event cannot be
// made durable the read is refused.
package store

import (
	"cmp"
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-memdb"

	"github.com/skalig/skalig/server/secret"
)

// The errors that callers branch on.
var (
	ErrHead      = errors.New("the journal's head has moved: another process writes to it")
	ErrStopped   = errors.New("the store has stopped")
	ErrForbidden = errors.New("the caller has no right to this case")
	ErrNotFound  = errors.New("no such case")
	ErrChain     = errors.New("the journal's chain is broken")
	ErrForms     = errors.New("the file of what is being filled in is damaged")
)

// Options configure a store.
type Options struct {
	Dir string // holds journal.db and keys/
	// Database, where set, holds all but the key-encryption key, shared with other nodes.
	Database Database
	// Files opens a file of the store for at most conns at once, made with ddl where there
	// is none; an empty ddl opens what is there. nil: SQLite's, on the disk.
	Files Files
	Clock func() time.Time // time.Now where nil
	// Committed, where set, is told the number of rows and the time of each commit.
	Committed func(rows int, took time.Duration)
	// Keep is how many bytes of the disk are left free: below it nothing new is taken
	// in; 0: [Keep]. Free tells what is free; nil: what the file system says.
	Keep uint64
	Free func() uint64
	// Replayed, where set, is told while the store opens how many of the journal's
	// rows are in the read model.
	Replayed func(rows, of uint64)
}

// A Database is what nodes share: package postgres has the real one.
type Database interface {
	// Pool gives at most conns sessions to share. Settings are a session's.
	Pool(conns int, settings map[string]string) *sql.DB
	// Listen calls news whenever somebody notifies one of the channels, and at least
	// every interval, until ctx ends.
	Listen(ctx context.Context, every time.Duration, news func(), channels ...string)
}

// Files opens a database file at a path.
type Files func(ctx context.Context, path, ddl string, conns int) (*sql.DB, error)

// A Store is an open journal with its read model.
type Store struct {
	clock     func() time.Time
	committed func(int, time.Duration)
	replayed  func(rows, of uint64)
	keep      uint64
	free      func() uint64
	path      string // of the journal, where it is a file
	files     Files
	doubt     atomic.Bool // whether the last commit is kept is not known: the disk was full
	writer    *sql.DB     // one connection
	readers   *sql.DB
	keys      *keyring
	forms     *sql.DB      // applications that are being filled in
	formPen   *pen         // over one connection: writers that meet in SQLite sleep and try again
	shelf     shelf        // what was handed in
	shared    *shared      // nil: nobody else writes
	opened    time.Time    // with the clock that nobody sets
	seen      atomic.Int64 // how long after that the read model was last known to be whole, of a shared journal
	handing   latch        // by id: its documents and its end come one at a time
	model     *memdb.MemDB

	ops     chan *op
	quit    chan struct{} // closed by Close
	stopped chan struct{} // closed when the writer has returned
	once    sync.Once
	err     error // why the writer stopped; read after stopped is closed

	readings readingIndex
	names    sync.Map // of staff whose name stands in the journal, by reference
	erasing  sync.Mutex
	erasers  []Eraser
	rotating sync.Mutex

	rows atomic.Uint64 // of the journal, in the read model
	seq  uint64        // owned by the writer
	hash [32]byte
}

// Open opens the journal in o.Dir, making it and its keys where there is none,
// and rebuilds the read model.
func Open(ctx context.Context, o Options) (*Store, error) {
	s := &Store{opened: time.Now(), clock: o.Clock, committed: o.Committed, replayed: o.Replayed, files: o.Files, ops: make(chan *op, maxBatch),
		quit: make(chan struct{}), stopped: make(chan struct{})}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.files == nil {
		s.files = openDB
	}
	if s.committed == nil {
		s.committed = func(int, time.Duration) {}
	}
	if s.keep, s.free = cmp.Or(o.Keep, Keep), o.Free; s.free == nil {
		s.free = freeBytes(o.Dir)
	}
	if s.replayed == nil {
		s.replayed = func(uint64, uint64) {}
	}
	err := s.open(ctx, o)
	if err != nil {
		return nil, errors.Join(err, s.closeFiles())
	}
	if s.shared != nil {
		s.shared.listen()
	}
	go s.run()
	return s, nil
}

func (s *Store) open(ctx context.Context, o Options) error {
	if o.Database != nil {
		return s.openShared(ctx, o.Dir, o.Database)
	}
	return s.openFiles(ctx, o.Dir)
}

func (s *Store) openFiles(ctx context.Context, dir string) error {
	if InDatabase(dir) {
		return errors.New("couldn't open the journal: the folder is of a node whose journal is in a database, and none is configured")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("couldn't make the data directory: %w", err)
	}
	path := filepath.Join(dir, "journal.db")
	s.path = path
	var err error
	if s.keys, err = s.openKeys(ctx, filepath.Join(dir, "keys"), path); err != nil {
		return err
	}
	if s.writer, err = s.files(ctx, path, schema, 1); err != nil {
		return fmt.Errorf("couldn't open the journal: %w", err)
	}
	if s.readers, err = s.files(ctx, path, "", 4); err != nil {
		return fmt.Errorf("couldn't open the journal for reading: %w", err)
	}
	s.shelf = folderShelf(filepath.Join(dir, "documents"))
	forms := filepath.Join(dir, "forms.db")
	write, err := s.files(ctx, forms, formsSchema, 1)
	if damaged(err) {
		err = fmt.Errorf("%w: %w", ErrForms, err)
	}
	if err != nil {
		return fmt.Errorf("couldn't open the forms: %w", err)
	}
	s.formPen = &pen{db: write}
	if s.forms, err = s.files(ctx, forms, "", 4); err != nil {
		return fmt.Errorf("couldn't open the forms for reading: %w", err)
	}
	return s.build(ctx)
}

// build makes the read model of the journal's rows.
func (s *Store) build(ctx context.Context) (err error) {
	if s.model, err = memdb.NewMemDB(modelSchema); err != nil {
		return fmt.Errorf("couldn't build the read model: %w", err)
	}
	s.keys.over = func(ref string) bool {
		v := s.view()
		return v.erased(ref) || v.gone(ref)
	}
	return s.replay(ctx)
}

// reopen gives the writer another connection.
func (s *Store) reopen(ctx context.Context) (err error) {
	if err := s.writer.Close(); err != nil {
		return fmt.Errorf("couldn't close the journal: %w", err)
	}
	if s.writer, err = s.files(ctx, s.path, "", 1); err != nil {
		return fmt.Errorf("couldn't open the journal again: %w", err)
	}
	return nil
}

// openKeys opens the key-encryption key and the cases' keys. They are made only
// together with a journal: a journal without its keys is refused rather than
// continued with others.
func (s *Store) openKeys(ctx context.Context, dir, journal string) (*keyring, error) {
	keys, load := filepath.Join(dir, "cases.db"), secret.LoadOrCreate
	if _, err := os.Stat(journal); err == nil {
		load = secret.Load
		if _, err := os.Stat(keys); err != nil {
			return nil, fmt.Errorf("couldn't open the case keys of the journal: %w", err)
		}
	}
	if _, err := load(filepath.Join(dir, "kek")); err != nil {
		return nil, err
	}
	return openKeyring(ctx, keys, s.files)
}

// Rows is the number of the journal's rows that the read model holds.
func (s *Store) Rows() uint64 { return s.rows.Load() }

// Stopped is closed when the store can write no more; Err then says why.
func (s *Store) Stopped() <-chan struct{} { return s.stopped }

// Err is the reason why the store stopped, nil after Close.
func (s *Store) Err() error {
	<-s.stopped
	return s.err
}

// Close stops the writer after the updates it has begun and closes the files.
func (s *Store) Close() error {
	s.once.Do(func() { close(s.quit) })
	<-s.stopped
	if s.shared != nil {
		s.shared.close()
	}
	return s.closeFiles()
}

func (s *Store) closeFiles() error {
	var errs []error
	open := []*sql.DB{s.writer, s.readers, s.forms}
	if s.formPen != nil {
		open = append(open, s.formPen.db)
	}
	if s.keys != nil {
		open = append(open, s.keys.db)
	}
	for _, db := range open { // in a shared database some are one; closing twice does nothing
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}
