package store

import (
	"context"
	"errors"
	"path/filepath"
	"time"
)

// ErrInDatabase says that a command looks for files where a node's folder has none.
var ErrInDatabase = errors.New("the journal of this folder is in a database")

// InspectShared is Inspect of the journal in a database, with the keys in a node's
// folder. Nothing is written there; nodes that write meanwhile are not waited for.
func InspectShared(ctx context.Context, dir string, db Database) (_ *Inspection, err error) {
	stopped := make(chan struct{})
	close(stopped)
	s := &Store{opened: time.Now(), clock: time.Now, committed: func(int, time.Duration) {}, replayed: func(uint64, uint64) {}, quit: make(chan struct{}), stopped: stopped,
		shared: &shared{db: db}}
	s.readers = db.Pool(4, map[string]string{"default_transaction_read_only": "on"})
	s.shelf = &tableShelf{s.readers}
	i := &Inspection{s: s}
	defer func() {
		if err != nil {
			err = errors.Join(err, i.Close())
		}
	}()
	if err := OpenSharedKeys(ctx, dir, s.readers); err != nil {
		return nil, err
	}
	if s.keys, err = sharedKeyring(filepath.Join(dir, "keys"), s.readers); err != nil {
		return nil, err
	}
	if err := s.build(ctx); err != nil {
		return nil, err
	}
	if err := s.look(ctx, s.readers); err != nil {
		return nil, err
	}
	return i, nil
}
