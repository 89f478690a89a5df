// Package publication is how a log tells the world what it holds, whatever keeps
// its leaves: it signs a checkpoint of a tree, has witnesses cosign it, puts it in
// the file from which it is served, and wakes those who wait for it.
//
// A [Publisher] holds the checkpoint that the world may have seen. It signs only a
// tree that begins with that one: a fork, or a log put back to an earlier day, is
// never signed. A backend says what there is to publish and when; everything that
// two backends would otherwise do twice is here.
//
// # Order
//
// A tree is signed here, then cosigned, then written: whole, synced, renamed. A crash
// before the rename leaves the checkpoint that was there. Only after it does
// [Publisher.AwaitPublished] return, so that what anyone was told is on disk.
//
// # Nodes
//
// Nodes that publish one log share a [Board]. Only the one that leads signs, and it
// puts its checkpoint there, by compare-and-swap, before it shows it to anyone; the
// others show what is there once they have the tree themselves and its root is the
// checkpoint's. So the world sees one row of checkpoints, whichever node it asks, and a
// node that still believes that it leads can neither shrink it nor fork it. One that is
// slow shows an earlier checkpoint of the row.
//
// # Witnesses
//
// A witness that does not answer does not hold a checkpoint up for longer than the
// [Cosigner] waits for it: decisions go on, and what is missing shows in the
// checkpoint. When it answers again the checkpoint in place is cosigned anew. A
// witness that has seen a larger tree is another matter: then this log has lost
// something, and nothing is published.
package publication

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/logdir"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// ErrFork: the tree to publish does not begin with the one that was published.
var ErrFork = errors.New("the tree does not begin with the published one")

// A Cosigner has witnesses cosign a checkpoint: package witness.
type Cosigner interface {
	// Cosign returns the checkpoint with all cosignatures to be had at once, few or
	// none if witnesses are away. hashes are those of the checkpoint's tree. An error
	// means that the checkpoint must not be published.
	Cosign(ctx context.Context, signed []byte, hashes tlog.HashReader) ([]byte, error)
	// Lacks says whether it is time to ask again for cosignatures that the
	// checkpoint lacks.
	Lacks(signed []byte) bool
}

// A Board is where nodes that publish one log keep its checkpoint, the same for all.
type Board interface {
	// Read gives the checkpoint there, nil where there is none yet.
	Read(ctx context.Context) ([]byte, error)
	// Replace puts a checkpoint there in the place of old, nil for none. Where another
	// than old is there it changes nothing and gives ErrMoved.
	Replace(ctx context.Context, old, signed []byte) error
}

// ErrMoved: another node has put a checkpoint on the board.
var ErrMoved = errors.New("another node has published")

// Options say how to publish. File, Signer and Key must be set.
type Options struct {
	File   string        // the checkpoint's
	Signer note.Signer   // the log's
	Key    string        // what verifies what Signer signs
	Every  time.Duration // the least time between two checkpoints; 0: 20 ms
	Look   time.Duration // how often to look for more without being woken; 0: 1 s
	// Cosigner asks the witnesses; nil: the log has none.
	Cosigner Cosigner
	// Board is shared with other nodes; nil: there is none, and this node signs alone.
	Board Board
	// Logger receives what goes wrong in the background. nil: nothing is said.
	Logger *slog.Logger
}

// A Publisher publishes a log. Its methods may be called from several goroutines;
// Publish by one at a time.
type Publisher struct {
	o    Options
	wake chan struct{}      // there is something to publish
	stop context.CancelFunc // ends the loop
	idle chan struct{}      // closed when the loop has ended

	mu        sync.Mutex
	latest    ledger.Checkpoint
	signed    []byte // latest as it was published
	closed    bool
	published chan struct{} // closed and replaced at every checkpoint
}

// Open reads the checkpoint that is published, which must be signed by the log's key.
func Open(o Options) (*Publisher, error) {
	if o.Every == 0 {
		o.Every = 20 * time.Millisecond
	}
	if o.Look == 0 {
		o.Look = time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	p := &Publisher{o: o, wake: make(chan struct{}, 1), published: make(chan struct{})}
	var err error
	if p.signed, err = os.ReadFile(o.File); err != nil {
		return nil, err
	}
	if p.latest, err = ledger.OpenCheckpoint(p.signed, []string{o.Key}); err != nil {
		return nil, fmt.Errorf("couldn't verify the published checkpoint: %w", err)
	}
	return p, nil
}

// Latest is the published checkpoint.
func (p *Publisher) Latest() ledger.Checkpoint {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.latest
}

// ReadCheckpoint is that of [ledger.Tiles].
func (p *Publisher) ReadCheckpoint(context.Context) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return bytes.Clone(p.signed), nil
}

// AwaitPublished is that of [ledger.Appender].
func (p *Publisher) AwaitPublished(ctx context.Context, index uint64) ([]byte, error) {
	for {
		p.mu.Lock()
		size, signed, published, closed := p.latest.Size, p.signed, p.published, p.closed
		p.mu.Unlock()
		if index < size {
			return bytes.Clone(signed), nil
		}
		if closed {
			return nil, ledger.ErrClosed
		}
		select {
		case <-published:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// Wake says that there is something to publish.
func (p *Publisher) Wake() {
	select {
	case p.wake <- struct{}{}:
	default: // it is awake
	}
}

// Run calls publish in the background whenever it is woken, and now and then, until
// Stop. After a failure it tries again: the leaves are durable, only their receipts
// wait.
func (p *Publisher) Run(ctx context.Context, publish func(context.Context) error) {
	ctx, p.stop = context.WithCancel(ctx)
	p.idle = make(chan struct{})
	go p.loop(ctx, publish)
}

func (p *Publisher) loop(ctx context.Context, publish func(context.Context) error) {
	defer close(p.idle)
	const patience = time.Second
	pause, look := time.NewTimer(0), time.NewTicker(p.o.Look)
	defer pause.Stop()
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
		select {
		case <-ctx.Done():
			return
		case <-p.wake:
		case <-look.C:
		}
		started := time.Now()
		err := publish(ctx)
		wait := p.o.Every - time.Since(started)
		if err != nil && ctx.Err() == nil {
			p.o.Logger.Error("couldn't publish a checkpoint", "err", err)
			wait = patience
			p.Wake()
		}
		pause.Reset(max(wait, 0))
	}
}

// Stop ends what Run began and returns when it has ended.
func (p *Publisher) Stop() {
	if p.stop != nil {
		p.stop()
		<-p.idle
	}
}

// Close tells those who wait that no more will be published.
func (p *Publisher) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.tell()
}

// tell wakes those who wait. The caller holds mu.
func (p *Publisher) tell() {
	close(p.published)
	p.published = make(chan struct{})
}

// Publish signs and writes a checkpoint of the tree of that size and root, whose
// hashes the backend has verified or computed. A tree as large as the published one
// must be that; its checkpoint is written again if witnesses have more to add.
func (p *Publisher) Publish(ctx context.Context, size uint64, root tlog.Hash, hashes tlog.HashReader) error {
	old := p.Latest()
	if err := Extends(old, size, root, hashes); err != nil {
		return fmt.Errorf("won't sign a checkpoint of size %d: %w", size, err)
	}
	if size == old.Size {
		return p.renew(ctx, hashes)
	}
	signed, err := ledger.SignCheckpoint(p.o.Signer, size, root)
	if err != nil {
		return fmt.Errorf("couldn't sign a checkpoint of size %d: %w", size, err)
	}
	return p.put(ctx, signed, hashes)
}

// renew has the published checkpoint cosigned again, if it lacks cosignatures that
// may be had now.
func (p *Publisher) renew(ctx context.Context, hashes tlog.HashReader) error {
	signed, err := p.ReadCheckpoint(ctx)
	if err != nil || p.o.Cosigner == nil || !p.o.Cosigner.Lacks(signed) {
		return err
	}
	return p.put(ctx, signed, hashes)
}

// put has a signed checkpoint cosigned and makes it the published one.
func (p *Publisher) put(ctx context.Context, signed []byte, hashes tlog.HashReader) (err error) {
	if p.o.Cosigner != nil {
		if signed, err = p.o.Cosigner.Cosign(ctx, signed, hashes); err != nil {
			return fmt.Errorf("won't publish a checkpoint: %w", err)
		}
	}
	latest, err := ledger.OpenCheckpoint(signed, []string{p.o.Key})
	if err != nil {
		return fmt.Errorf("won't publish a checkpoint: %w", err)
	}
	p.mu.Lock()
	same := bytes.Equal(signed, p.signed)
	p.mu.Unlock()
	if same {
		return nil
	}
	if p.o.Board != nil {
		if err := p.post(ctx, signed); err != nil {
			return err
		}
	}
	return p.keep(latest, signed)
}

// post puts a checkpoint on the board in the place of the one that is published here.
// Of nodes that do it at once one succeeds; the others follow it.
func (p *Publisher) post(ctx context.Context, signed []byte) error {
	there, err := p.o.Board.Read(ctx)
	if err != nil {
		return fmt.Errorf("couldn't read the nodes' checkpoint: %w", err)
	}
	p.mu.Lock()
	mine := p.signed
	p.mu.Unlock()
	if there != nil && !bytes.Equal(there, mine) {
		return fmt.Errorf("won't publish a checkpoint: %w", ErrMoved)
	}
	if err := p.o.Board.Replace(ctx, there, signed); err != nil {
		return fmt.Errorf("couldn't share a checkpoint with the other nodes: %w", err)
	}
	return nil
}

// Adopt makes a checkpoint that another node has signed the published one. The backend
// has its tree, and has compared the roots.
func (p *Publisher) Adopt(signed []byte, size uint64, root tlog.Hash, hashes tlog.HashReader) error {
	next, err := ledger.OpenCheckpoint(signed, []string{p.o.Key})
	if err != nil {
		return fmt.Errorf("won't follow a checkpoint: %w", err)
	}
	if next.Size != size || next.Root != root {
		return fmt.Errorf("won't follow a checkpoint of size %d: %w: another root than its leaves have", next.Size, ErrFork)
	}
	if err := Extends(p.Latest(), size, root, hashes); err != nil {
		return fmt.Errorf("won't follow a checkpoint of size %d: %w", size, err)
	}
	return p.keep(next, signed)
}

// keep writes the checkpoint and tells those who wait.
func (p *Publisher) keep(latest ledger.Checkpoint, signed []byte) error {
	if err := logdir.WriteFile(p.o.File, signed, 0o644); err != nil {
		return fmt.Errorf("couldn't write the checkpoint of size %d: %w", latest.Size, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.latest, p.signed = latest, signed
	p.tell()
	return nil
}

// Extends checks that the tree of that size and root begins with the old one, or is
// it. The error is ErrFork unless hashes cannot be read.
func Extends(old ledger.Checkpoint, size uint64, root tlog.Hash, hashes tlog.HashReader) error {
	switch {
	case size < old.Size:
		return fmt.Errorf("%w: %d leaves were published, there are %d", ErrFork, old.Size, size)
	case size == old.Size:
		if root != old.Root {
			return fmt.Errorf("%w: another root at size %d", ErrFork, size)
		}
		return nil
	case old.Size == 0:
		return nil
	}
	proof, err := tlog.ProveTree(int64(size), int64(old.Size), hashes)
	if err != nil {
		return fmt.Errorf("couldn't prove that the tree of size %d begins with that of size %d: %w", size, old.Size, err)
	}
	if tlog.CheckTree(proof, int64(size), root, int64(old.Size), old.Root) != nil {
		return fmt.Errorf("%w at size %d", ErrFork, old.Size)
	}
	return nil
}
