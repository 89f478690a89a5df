package fragile

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// A Disk is the SQLite files of one machine, by path. Beside each lies an empty file of
// its name, for those who look whether there is one.
type Disk struct {
	Lies bool // of every file made from now on: see Database

	mu    sync.Mutex
	files map[string]*Database
}

// Files opens files over lines, as package store asks for them, those of each opening by
// its number.
func (d *Disk) Files(line func(pool int) Line) func(ctx context.Context, path, ddl string, conns int) (*sql.DB, error) {
	var pools atomic.Int64
	return func(_ context.Context, path, ddl string, conns int) (*sql.DB, error) {
		file, err := d.file(path, ddl)
		if err != nil {
			return nil, err
		}
		pool := int(pools.Add(1))
		return file.Open(conns, func() Line { return line(pool) }), nil
	}
}

// File is the one at a path, nil where there is none.
func (d *Disk) File(path string) *Database {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.files[path]
}

func (d *Disk) file(path, ddl string) (*Database, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if file := d.files[path]; file != nil {
		return file, nil
	}
	if ddl == "" {
		return nil, fmt.Errorf("couldn't open %s: %w", path, os.ErrNotExist)
	}
	file, err := New(SQLite)
	if err != nil {
		return nil, err
	}
	file.Lies = d.Lies
	if err := file.apply(change{{query: ddl}}, nil); err != nil {
		return nil, err
	}
	if d.files == nil {
		d.files = map[string]*Database{}
	}
	d.files[path] = file
	return file, os.WriteFile(path, nil, 0o600)
}

// Cut is a power cut of the whole machine.
func (d *Disk) Cut() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, file := range d.files {
		if err := file.Cut(); err != nil {
			return err
		}
	}
	return nil
}

// Close lets go of the memory.
func (d *Disk) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, file := range d.files {
		if err := file.Close(); err != nil {
			return err
		}
	}
	return nil
}

// Shared is a database as one node of several reaches it: a store.Database.
type Shared struct {
	database *Database
	line     func(pool int) Line
	pools    atomic.Int64
}

// Over reaches a database over lines of a node's own, those of each pool by its number;
// 0 is of what is notified.
func Over(d *Database, line func(pool int) Line) *Shared { return &Shared{database: d, line: line} }

// Pool gives at most conns sessions to share.
func (s *Shared) Pool(conns int, _ map[string]string) *sql.DB {
	pool := int(s.pools.Add(1))
	return s.database.Open(conns, func() Line { return s.line(pool) })
}

// Listen calls news at least every interval, and whenever somebody has notified the
// channel and the line brings it.
func (s *Shared) Listen(ctx context.Context, every time.Duration, news func(), channels ...string) {
	told, stop := s.database.Listen(channels[0])
	defer stop()
	tick := time.NewTicker(every)
	defer tick.Stop()
	line := s.line(0)
	for news(); ctx.Err() == nil; news() {
		select {
		case <-told:
			if line.Call(ctx, "notified", func() error { return nil }) != nil {
				<-after(ctx, every)
			}
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// after is closed when some time has passed, or ctx has ended.
func after(ctx context.Context, d time.Duration) <-chan struct{} {
	waiting, cancel := context.WithTimeout(ctx, d)
	context.AfterFunc(waiting, cancel)
	return waiting.Done()
}

// Perfect is a line that brings everything at once.
type Perfect struct{}

// Call implements Line.
func (Perfect) Call(ctx context.Context, _ string, do func() error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return do()
}

// Dead implements Line: it never is.
func (Perfect) Dead() <-chan struct{} { return nil }

// AllPerfect makes every line one.
func AllPerfect(int) Line { return Perfect{} }
