// Package fragile is a database in memory for simulations: it says when what becomes
// durable, loses what has not, and is reached over lines that may break.
//
// A [Database] stands for one SQLite file or for a PostgreSQL. The statements are run by
// a real SQLite in memory, so that constraints are real ones; what of PostgreSQL the
// service uses beside plain SQL is translated (dialect.go). What is its own is time:
//
//	begin     SQLite: waits for whoever writes. PostgreSQL: does not
//	lock      SELECT … FOR UPDATE, and the first write, wait for whoever has written
//	write     is run, seen by its own transaction, and kept apart
//	commit    goes to the disk's memory
//	sync      is on the disk: durable, and seen by everyone; the caller is told
//
// A power cut ([Database.Cut]) keeps what was synced. A commit that was on its way to the
// disk is kept whole or not at all, as its chance has it: that a torn write is not half a
// transaction is SQLite's promise, and server/faults tries it on real disks.
//
// Every step crosses a [Line], which may take its time, deliver late, lose the answer, or
// die with the process at its end. A session whose line broke is ended by the database,
// as PostgreSQL's is, when it has been silent for a while with a lock in its hand.
//
// # Controls
//
// Database.Lies acknowledges what is not on the disk, Database.Unfenced lets two write at
// once over the same place, Database.Unguarded lets an older checkpoint take a newer one's.
// A simulation that finds nothing wrong then is not worth much.
//
// Package store's own tests run on it too, beside SQLite and PostgreSQL: what the store
// asks of a database it does as they do.
package fragile

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"modernc.org/sqlite"
)

// A Line is what lies between a process and the database.
type Line interface {
	// Call has do happen at the far end, at most once, and returns when its answer is
	// here. Another error than do's leaves open whether it happened, or may yet: what is
	// a commit's last step ("sync"), or begins with a statement (so not InTransaction).
	Call(ctx context.Context, what string, do func() error) error
	// Dead is closed when the process at the near end is.
	Dead() <-chan struct{}
}

// InTransaction begins the name of a step in a transaction that is not its end.
const InTransaction = "in transaction: "

// Kind is which database is stood for.
type Kind int

// The kinds.
const (
	SQLite Kind = iota
	PostgreSQL
)

// How long the database is patient, as package store asks for it.
const (
	lockFor   = 10 * time.Second // a wait for a lock
	silentFor = 5 * time.Second  // a session that holds one
)

// ErrBroken is what a session says whose line broke.
var ErrBroken = errors.New("the line to the database broke")

// A change is a transaction: its statements, whole.
type change []statement

type statement struct {
	query string
	args  []driver.NamedValue
}

// A Database is one file or one server. Its methods may be called from several goroutines.
type Database struct {
	Kind     Kind
	Lies     bool // a commit is acknowledged before it is on the disk
	Unfenced bool // no lock, no comparison of the journal's head, no constraint on its rows
	// Unguarded: whoever publishes a checkpoint puts it in the place of whatever is there.
	Unguarded bool

	mu        sync.Mutex
	life      int // sessions of an earlier one are over
	live      live
	ready     map[string]prepared // statements of live, by their text
	done      []change            // whole, seen by everyone, in order
	synced    int                 // of done
	writing   *session            // holds the lock
	queue     []waiting
	listeners []listener
}

// A listener waits for what is notified on a channel.
type listener struct {
	channel string
	news    chan struct{}
}

// live is the SQLite that runs the statements.
type live interface {
	driver.ExecerContext
	driver.ConnPrepareContext
	driver.Conn
}

// prepared is one of its statements.
type prepared interface {
	driver.StmtExecContext
	driver.StmtQueryContext
	driver.Stmt
}

// New makes an empty database.
func New(kind Kind) (*Database, error) {
	d := &Database{Kind: kind, ready: map[string]prepared{}}
	var err error
	d.live, err = memory()
	return d, err
}

func memory() (live, error) {
	c, err := (&sqlite.Driver{}).Open(":memory:")
	if err != nil {
		return nil, fmt.Errorf("couldn't open a database in memory: %w", err)
	}
	l, ok := c.(live)
	if !ok {
		return nil, errors.New("couldn't open a database in memory: the driver lacks what is needed")
	}
	return l, nil
}

// Close lets go of the memory.
func (d *Database) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.forget()
}

// forget closes live. The caller holds mu.
func (d *Database) forget() error {
	var errs []error
	for query, s := range d.ready {
		errs = append(errs, s.Close())
		delete(d.ready, query)
	}
	return errors.Join(append(errs, d.live.Close())...)
}

// Open gives at most conns sessions over lines; each session has one of its own.
func (d *Database) Open(conns int, line func() Line) *sql.DB {
	db := sql.OpenDB(connector{d, line})
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db
}

// Cut is a power cut: what was not synced is gone, and so is every session's lock.
func (d *Database) Cut() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.life++
	d.release(d.writing)
	if d.synced == len(d.done) {
		return nil
	}
	d.done = d.done[:d.synced]
	fresh, err := memory()
	if err != nil {
		return err
	}
	if err := d.forget(); err != nil {
		return err
	}
	d.live = fresh
	for _, c := range d.done {
		if err := d.run(c); err != nil {
			return fmt.Errorf("couldn't bring the database back to what was synced: %w", err)
		}
	}
	return nil
}

// Restart ends every session and loses nothing, as when a server's process is restarted.
func (d *Database) Restart() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.life++
	d.release(d.writing)
}

// Query runs a statement that changes nothing, with no line in between, as one who looks
// into the database's files.
func (d *Database) Query(query string, scan func(row []driver.Value) error) error {
	d.mu.Lock()
	rows, err := d.rows(statement{query: query})
	d.mu.Unlock()
	if err != nil {
		return err
	}
	for _, row := range rows.values {
		if err := scan(row); err != nil {
			return err
		}
	}
	return nil
}

// Listen returns a channel that gets something whenever a commit has notified.
func (d *Database) Listen(channel string) (news chan struct{}, stop func()) {
	news = make(chan struct{}, 1)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.listeners = append(d.listeners, listener{channel, news})
	return news, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.listeners = slices.DeleteFunc(d.listeners, func(l listener) bool { return l.news == news })
	}
}

// apply makes a transaction part of the database and tells those who listen. The caller
// holds mu.
func (d *Database) apply(c change, notified []string) error {
	if len(c) > 0 {
		if err := d.run(c); err != nil {
			return err
		}
		d.keep(c)
	}
	for _, l := range d.listeners {
		if slices.Contains(notified, l.channel) {
			select {
			case l.news <- struct{}{}:
			default:
			}
		}
	}
	return nil
}

// keep notes what was done, durable unless that is a lie. The caller holds mu.
func (d *Database) keep(c change) {
	d.done = append(d.done, c)
	if !d.Lies || len(d.done) == 1 { // the tables are there: an empty file is another fault
		d.synced = len(d.done)
	}
}
