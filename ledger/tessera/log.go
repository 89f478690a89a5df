// Package tessera keeps a log in files, with Tessera's POSIX storage. It is the
// log of a server on one machine: no database, nothing to run beside it.
//
// A log is a directory:
//
//	key     the note key that signs checkpoints; secret, mode 0600
//	vkey    the key's public half, for those who verify
//	lock    held by the one process that has the log open
//	log/    checkpoint and tile/, as C2SP tlog-tiles lays them out, and Tessera's .state/
//
// Only [Init] creates one: opening a directory that holds no log is an error, since
// a log that starts over without anyone having asked for it looks like a fork.
//
// # What is durable when
//
// Append hands Tessera one batch and waits for it. Tessera writes entry bundles,
// then tiles, then its tree state, each a synced temporary file renamed into a
// synced directory; with the tree state the batch counts. A crash before it leaves
// tiles that nothing refers to and that the repeated append writes again. The
// checkpoint is written after that, by this package, from the tiles on disk and
// only if the new tree extends the one last signed.
//
// # One append, one batch
//
// Tessera queues entries and cuts the queue into batches by age and by size. When
// both happen at once the later batch can overtake the earlier one, and entries
// would come to stand at other indexes than they were asked for. So every append
// here has a queue of its own of exactly its size, which is cut once, by the last
// entry, at once: there is no order to lose and no age to wait for.
package tessera

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/logdir"
	"github.com/skalig/skalig/ledger/publication"
	upstream "github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
)

// Options say how a log is kept. The zero value is what a server wants.
type Options struct {
	// Signer signs checkpoints. nil: the key file in the log's directory.
	Signer note.Signer
	// CheckpointEvery is the least time between two checkpoints; 0: 20 ms. A log at
	// rest publishes an append at once; a busy one publishes several together.
	CheckpointEvery time.Duration
	// CloseTimeout bounds how long Close waits for the last checkpoint; 0: 5 s.
	CloseTimeout time.Duration
	// Cosigner asks the log's witnesses; nil: it has none.
	Cosigner publication.Cosigner
	// Logger receives what goes wrong in the background. nil: nothing is said.
	// Tessera's own lines go to the logger of the log opened last with one.
	Logger *slog.Logger
}

var silent = slog.New(slog.DiscardHandler)

const never = 100 * 365 * 24 * time.Hour // what Tessera must not do by itself

// Log is an open log. Its methods may be called from several goroutines; appends
// take turns.
type Log struct {
	o      Options
	vkey   string
	signer note.Signer
	driver upstream.Driver
	reader upstream.LogReader
	pub    *publication.Publisher
	path   string // of Tessera's directory
	unlock func() error
	stop   context.CancelFunc // ends Tessera's goroutines

	writing sync.Mutex // held while appending, and by Close

	mu     sync.Mutex
	size   uint64 // durable leaves
	broken error  // why nothing may be appended any more
	closed bool
}

var _ ledger.Log = (*Log)(nil)

// Open opens the log at dir and publishes what was durable but not yet published.
// It fails if another process has the log open, and if the published checkpoint
// is not signed by the log's key or does not describe the tiles.
func Open(ctx context.Context, dir string, o Options) (_ *Log, err error) {
	if o.CloseTimeout == 0 {
		o.CloseTimeout = 5 * time.Second
	}
	if o.Logger == nil {
		o.Logger = silent
	}
	quiet(o.Logger)

	path := filepath.Join(dir, logDir)
	if _, err := os.Stat(filepath.Join(path, checkpointFile)); err != nil {
		return nil, fmt.Errorf("couldn't find a log in %s: %w", dir, err)
	}
	unlock, err := logdir.Lock(dir)
	if err != nil {
		return nil, err
	}
	signer, vkey, err := logdir.ReadKey(dir, o.Signer)
	if err != nil {
		return nil, errors.Join(err, unlock())
	}
	l := &Log{o: o, vkey: vkey, signer: signer, path: path, unlock: unlock}
	if err := l.start(ctx); err != nil {
		if l.stop != nil {
			l.stop()
		}
		return nil, errors.Join(fmt.Errorf("couldn't open the log in %s: %w", dir, err), unlock())
	}
	return l, nil
}

// start brings the log from what is on disk to a published checkpoint of all of it.
func (l *Log) start(ctx context.Context) error {
	// Temporary files that a crash left in the tree. We hold the lock: nobody is writing one.
	if err := sweep(l.path); err != nil {
		return err
	}

	// The checkpoint that the world may have seen is ours, whole, and signed by our key.
	var err error
	if l.pub, err = publication.Open(publication.Options{
		File: filepath.Join(l.path, checkpointFile), Signer: l.signer, Key: l.vkey,
		Every: l.o.CheckpointEvery, Cosigner: l.o.Cosigner, Logger: l.o.Logger,
	}); err != nil {
		return err
	}

	// Tessera: reads, and once a minute removes partial tiles that full ones replaced.
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	l.stop = stop
	if l.driver, err = posix.New(background, posix.Config{Path: l.path}); err != nil {
		return err
	}
	options := appendOptions(l.signer).WithGarbageCollectionInterval(time.Minute)
	if _, _, l.reader, err = upstream.NewAppender(background, l.driver, options); err != nil {
		return err
	}
	if l.size, err = l.reader.IntegratedSize(ctx); err != nil {
		return err
	}

	// The tiles are the tree that the checkpoint says, or more than it.
	if err := l.checkLatest(ctx); err != nil {
		return err
	}
	if err := l.publish(ctx); err != nil {
		return err
	}
	l.pub.Run(background, l.publish)
	return nil
}

// appendOptions hold for every use of Tessera here: it never publishes by itself.
func appendOptions(signer note.Signer) *upstream.AppendOptions {
	return upstream.NewAppendOptions().
		WithCheckpointSigner(signer).
		WithCheckpointInterval(never).
		WithCheckpointRepublishInterval(0).
		WithGarbageCollectionInterval(0)
}

// Key returns the log's verifier key, as note keys are written.
func (l *Log) Key() string { return l.vkey }

// Close implements [ledger.Log]. It waits for an append in progress and for the
// last checkpoint; what could not be published is published by the next Open.
func (l *Log) Close(ctx context.Context) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	l.mu.Unlock()

	l.pub.Stop()
	l.stop()
	ctx, cancel := context.WithTimeout(ctx, l.o.CloseTimeout)
	defer cancel()
	err := l.publish(ctx)
	l.pub.Close()
	return errors.Join(err, l.unlock())
}
