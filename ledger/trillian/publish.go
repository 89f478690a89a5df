package trillian

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/logdir"
	"golang.org/x/mod/sumdb/tlog"
)

// ErrDiffers: what Trillian holds is not what was signed, or not what it says itself.
var ErrDiffers = errors.New("Trillian's tree differs from the log's")

// AwaitPublished implements [ledger.Appender].
func (l *Log) AwaitPublished(ctx context.Context, index uint64) ([]byte, error) {
	for {
		l.mu.Lock()
		size, signed, published, closed := l.latest.Size, l.signed, l.published, l.closed
		l.mu.Unlock()
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

// publisher publishes what has been appended, until ctx ends. After a failure it
// tries again: the leaves are durable, only their receipts wait.
func (l *Log) publisher(ctx context.Context) {
	defer close(l.idle)
	const patience = time.Second
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
		select {
		case <-ctx.Done():
			return
		case <-l.wake:
		case <-time.After(l.o.FollowEvery):
		}
		started := time.Now()
		err := l.publish(ctx)
		wait := l.o.CheckpointEvery - time.Since(started)
		if err != nil && ctx.Err() == nil {
			l.o.Logger.Error("couldn't publish a checkpoint", "err", err)
			wait = patience
			select {
			case l.wake <- struct{}{}:
			default:
			}
		}
		pause.Reset(max(wait, 0))
	}
}

// publish brings the tiles and the checkpoint to where Trillian's tree is. A tree
// that differs is never signed, and stops appends until it agrees again.
func (l *Log) publish(ctx context.Context) error {
	h, err := l.tree.head(ctx)
	if err != nil {
		return err
	}
	err = l.follow(ctx, h)
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case errors.Is(err, ErrDiffers):
		l.broken = err
	case err == nil:
		l.broken = nil
	}
	return err
}

// follow publishes the tree that h describes.
func (l *Log) follow(ctx context.Context, h head) error {
	l.mu.Lock()
	old := l.latest
	l.mu.Unlock()
	if h.size < old.Size {
		return fmt.Errorf("%d leaves were published, it holds %d: %w", old.Size, h.size, ErrDiffers)
	}
	if h.size == l.held.Size && h.size == old.Size {
		if h.root != old.Root {
			return fmt.Errorf("at the published size %d: %w", h.size, ErrDiffers)
		}
		return nil
	}

	// The leaves, as Trillian gives them back, hashed here.
	g := l.grow()
	if err := g.read(ctx, l.tree, h.size); err != nil {
		return err
	}

	// The root of what we read is what Trillian says it is, and the tree extends the
	// one we signed last: a fork is never signed.
	root, err := g.root()
	if err != nil {
		return fmt.Errorf("couldn't hash the tree of size %d: %w", h.size, err)
	}
	if root != h.root {
		return fmt.Errorf("the leaves do not give its root at size %d: %w", h.size, ErrDiffers)
	}
	if err := extends(old, h.size, root, g); err != nil {
		return fmt.Errorf("won't sign a checkpoint of size %d: %w", h.size, err)
	}

	// The tiles, then the checkpoint: whoever reads it finds them.
	if err := g.writeTiles(); err != nil {
		return fmt.Errorf("couldn't write the tiles of size %d: %w", h.size, err)
	}
	if h.size > old.Size {
		if err := l.sign(h.size, root); err != nil {
			return err
		}
	}
	before := l.held
	l.held = ledger.Checkpoint{Size: h.size, Root: root}

	// What is outgrown goes, later: someone may be copying the directory, checkpoint
	// first. What is left when the process ends, the next Open removes.
	l.outgrown = append(l.outgrown, outgrown{time.Now().Add(l.o.OutgrownFor), before.Size, h.size})
	for len(l.outgrown) > 0 && time.Now().After(l.outgrown[0].due) {
		if err := l.removeOutgrown(l.outgrown[0].from, l.outgrown[0].to); err != nil {
			return err
		}
		l.outgrown = l.outgrown[1:]
	}
	return nil
}

func (l *Log) sign(size uint64, root tlog.Hash) error {
	signed, err := ledger.SignCheckpoint(l.signer, size, root)
	if err != nil {
		return fmt.Errorf("couldn't sign a checkpoint of size %d: %w", size, err)
	}
	latest, err := ledger.OpenCheckpoint(signed, []string{l.vkey})
	if err != nil {
		return fmt.Errorf("won't publish the checkpoint of size %d: %w", size, err)
	}
	if err := logdir.WriteFile(filepath.Join(l.path, checkpointFile), signed, 0o644); err != nil {
		return fmt.Errorf("couldn't write the checkpoint of size %d: %w", size, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.latest, l.signed = latest, signed
	close(l.published)
	l.published = make(chan struct{})
	return nil
}

// extends checks that the tree of that size and root begins with the old one.
func extends(old ledger.Checkpoint, size uint64, root tlog.Hash, hashes tlog.HashReader) error {
	if old.Size == 0 {
		return nil
	}
	proof, err := tlog.ProveTree(int64(size), int64(old.Size), hashes)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, int64(size), root, int64(old.Size), old.Root); err != nil {
		return errors.Join(ErrDiffers, err)
	}
	return nil
}
