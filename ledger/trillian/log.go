// Package trillian keeps a log in Trillian: a log server and a log signer on a
// database, spoken to over gRPC. It is the log of a service on several machines;
// on one machine ledger/tessera does the same with files alone.
//
// Trillian holds the leaves and computes the tree. What the world reads, signed
// checkpoints and tiles, it does not make: this package follows Trillian's tree and
// keeps them in a directory:
//
//	key     the note key that signs checkpoints; secret, mode 0600
//	vkey    the key's public half, for those who verify
//	lock    held by the one process that has the log open
//	tree    the number of the log's tree in Trillian
//	log/    checkpoint and tile/, as C2SP tlog-tiles lays them out
//
// Which database Trillian keeps it in is Trillian's business. The tests run its servers
// on PostgreSQL and on MariaDB, which Trillian's storage for MySQL serves: the suite of
// every log, the same tiles, two nodes, changed rows and kills of the database on both.
// MySQL itself was not run.
//
// The tree is a PREORDERED_LOG: the caller numbers the leaves. The same leaves give
// the same root and the same tiles as in ledger/tessera.
//
// # What is durable when
//
// Append hands Trillian the leaves, which its database commits at their indexes, and
// waits until Trillian's tree holds them. Only then does it return: an acknowledged
// leaf does not depend on a signer that may have stopped. A leaf's identity in
// Trillian is its index, so that a second leaf for an index is refused and never
// stands elsewhere, and equal leaves at two indexes are two leaves. A refusal may
// mean that the leaf is there already: the bytes decide.
//
// # What is signed
//
// Before a checkpoint is signed the leaves are read back from Trillian, hashed here,
// and the root compared with Trillian's; and the new tree must extend the one last
// signed, whose tiles are verified as they are read. Where anything differs nothing
// is signed, and nothing more is appended until it agrees. The leaves of a tree are
// written before its tiles, its tiles before its checkpoint; a crash in between
// leaves files that nothing refers to.
//
// # Several nodes
//
// Each node has a directory of its own with the same key and the same tree. Nodes that
// append the same leaf at an index agree; of two that disagree one gets ErrFork. The lock
// keeps processes of one machine apart, no more.
//
// Nodes that share a [publication.Board] publish one row of checkpoints: the node that
// leads signs, and each of the others reads the leaves of the tree that was signed from
// Trillian, hashes them, and shows the checkpoint once their root is its root. Without a
// board each node publishes the tree as it sees it: at the same size the same
// checkpoint, to the byte.
//
// # What Trillian must be
//
// A log server and one acting log signer of v1.8.0 with a short --sequencer_interval,
// since an append waits for the signer, and a database that commits synchronously
// (PostgreSQL's synchronous_commit must not be off, MariaDB's
// innodb_flush_log_at_trx_commit must be 1). The quota system should be noop: the default
// one counts rows of leaves that wait for an index, which these never do, and with
// PostgreSQL it holds others up meanwhile. After a large bulk of leaves PostgreSQL wants
// an ANALYZE of the tables, or reading them back takes seconds; autovacuum does so in time
// for everyday growth.
//
// Tiles are derived: if the directory's log/tile is lost, Open builds it again from
// Trillian, and the checkpoint must still hold.
package trillian

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	api "github.com/google/trillian"
	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/logdir"
	"github.com/skalig/skalig/ledger/publication"
	"golang.org/x/mod/sumdb/note"
	"google.golang.org/grpc"
)

// Options say how a log is kept. The zero value is what a server wants.
type Options struct {
	// Signer signs checkpoints. nil: the key file in the log's directory.
	Signer note.Signer
	// CheckpointEvery is the least time between two checkpoints; 0: 20 ms.
	CheckpointEvery time.Duration
	// FollowEvery is how often to look for what other nodes have appended; 0: 1 s.
	FollowEvery time.Duration
	// OutgrownFor is how long a partial tile stays on disk once there is a wider one, for
	// those who copy the directory meanwhile; 0: 1 min.
	OutgrownFor time.Duration
	// CloseTimeout bounds how long Close waits for an append in progress and for the
	// last checkpoint; 0: 5 s.
	CloseTimeout time.Duration
	// Cosigner asks the log's witnesses; nil: it has none.
	Cosigner publication.Cosigner
	// Board is where several nodes keep the log's checkpoint; nil: each node publishes
	// the tree as it sees it. With one, a node signs only while it leads.
	Board publication.Board
	// Logger receives what goes wrong in the background. nil: nothing is said.
	Logger *slog.Logger
}

// Log is an open log. Its methods may be called from several goroutines; appends
// take turns.
type Log struct {
	o      Options
	vkey   string
	signer note.Signer
	tree   tree
	path   string // of log/
	pub    *publication.Publisher
	unlock func() error
	alive  context.Context // ends when Close waits no longer
	die    context.CancelFunc

	writing sync.Mutex // held while appending, and by Close
	settled bool       // the database holds no leaf beyond the tree

	held     ledger.Checkpoint // the tree whose tiles are on disk; the publisher's
	outgrown []outgrown        // what may be removed from the disk, and when; the publisher's

	leads atomic.Bool // of nodes that share a board this is the one that signs

	mu     sync.Mutex
	broken error // how Trillian differs from what was signed
	closed bool
}

var _ ledger.Log = (*Log)(nil)

// Open opens the log at dir, whose tree the log server behind conn keeps, and
// publishes what was durable but not yet published. The connection remains the
// caller's. Open fails if another process has the log open, and if Trillian's tree
// does not extend the published checkpoint.
func Open(ctx context.Context, conn grpc.ClientConnInterface, dir string, o Options) (_ *Log, err error) {
	if o.OutgrownFor == 0 {
		o.OutgrownFor = time.Minute
	}
	if o.CloseTimeout == 0 {
		o.CloseTimeout = 5 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	path := filepath.Join(dir, logDir)
	if _, err := os.Stat(filepath.Join(path, checkpointFile)); err != nil {
		return nil, fmt.Errorf("couldn't find a log in %s: %w", dir, err)
	}
	unlock, err := logdir.Lock(dir)
	if err != nil {
		return nil, err
	}
	l := &Log{o: o, path: path, unlock: unlock}
	l.alive, l.die = context.WithCancel(context.WithoutCancel(ctx))
	if err := l.start(ctx, conn, dir); err != nil {
		l.die()
		return nil, errors.Join(fmt.Errorf("couldn't open the log in %s: %w", dir, err), unlock())
	}
	return l, nil
}

// start brings the log from what is on disk to a published checkpoint of all that
// Trillian's tree holds.
func (l *Log) start(ctx context.Context, conn grpc.ClientConnInterface, dir string) (err error) {
	if l.signer, l.vkey, err = logdir.ReadKey(dir, l.o.Signer); err != nil {
		return err
	}
	number, err := Tree(dir)
	if err != nil {
		return err
	}
	l.tree = tree{api.NewTrillianLogClient(conn), number}

	// The checkpoint that the world may have seen is ours, whole, and signed by our key.
	if l.pub, err = publication.Open(publication.Options{
		File: filepath.Join(l.path, checkpointFile), Signer: l.signer, Key: l.vkey,
		Every: l.o.CheckpointEvery, Look: l.o.FollowEvery, Cosigner: l.o.Cosigner, Board: l.o.Board, Logger: l.o.Logger,
	}); err != nil {
		return err
	}

	// What a crash left between two checkpoints. We hold the lock: nobody is writing.
	if err := l.sweep(); err != nil {
		return err
	}

	// The tiles are the tree that the checkpoint says, or they are made anew.
	switch _, err := os.Stat(filepath.Join(l.path, tileDir)); {
	case errors.Is(err, os.ErrNotExist):
		l.held = ledger.Checkpoint{Root: emptyRoot}
	case err != nil:
		return err
	default:
		if err := l.checkTiles(); err != nil {
			return err
		}
		l.held = l.pub.Latest()
	}
	if err := l.publish(ctx); err != nil {
		return err
	}
	l.pub.Run(l.alive, l.publish)
	return nil
}

// Lead says whether this node is the one that signs, of those that share a board.
func (l *Log) Lead(on bool) {
	l.leads.Store(on)
	l.pub.Wake()
}

// Look has the log look for what other nodes have published.
func (l *Log) Look() { l.pub.Wake() }

// Key returns the log's verifier key, as note keys are written.
func (l *Log) Key() string { return l.vkey }

// Close implements [ledger.Log]. It waits for an append in progress and for the
// last checkpoint; what could not be published is published by the next Open.
func (l *Log) Close(ctx context.Context) error {
	patience := time.AfterFunc(l.o.CloseTimeout, l.die)
	defer patience.Stop()
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
	ctx, cancel := context.WithTimeout(ctx, l.o.CloseTimeout)
	defer cancel()
	err := l.publish(ctx)
	l.die()
	l.pub.Close()
	return errors.Join(err, l.unlock())
}
