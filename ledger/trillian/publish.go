package trillian

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/publication"
)

// ErrDiffers: what Trillian holds is not what was signed, or not what it says itself.
var ErrDiffers = errors.New("Trillian's tree differs from the log's")

// AwaitPublished implements [ledger.Appender].
func (l *Log) AwaitPublished(ctx context.Context, index uint64) ([]byte, error) {
	return l.pub.AwaitPublished(ctx, index)
}

// publish brings the tiles and the checkpoint to where Trillian's tree is. A tree
// that differs is never signed, and stops appends until it agrees again.
func (l *Log) publish(ctx context.Context) error {
	var err error
	if l.o.Board == nil {
		err = l.lead(ctx)
	} else {
		if err = l.adopt(ctx); err == nil && l.leads.Load() {
			err = l.lead(ctx)
		}
		if errors.Is(err, publication.ErrMoved) { // another node was first
			err = l.adopt(ctx)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case errors.Is(err, ErrDiffers), errors.Is(err, publication.ErrFork):
		l.broken = err
	case err == nil:
		l.broken = nil
	}
	return err
}

// lead signs the tree that Trillian has now.
func (l *Log) lead(ctx context.Context) error {
	h, err := l.tree.head(ctx)
	if err != nil {
		return err
	}
	return l.follow(ctx, h, func(g *growth) error { return l.pub.Publish(ctx, h.size, h.root, g) })
}

// adopt follows the checkpoint that the nodes share, if it is another than ours.
func (l *Log) adopt(ctx context.Context) error {
	signed, err := l.o.Board.Read(ctx)
	if err != nil || signed == nil {
		return err
	}
	mine, err := l.pub.ReadCheckpoint(ctx)
	if err != nil || bytes.Equal(mine, signed) && l.held.Size == l.pub.Latest().Size {
		return err
	}
	next, err := ledger.OpenCheckpoint(signed, []string{l.vkey})
	if err != nil {
		return fmt.Errorf("won't follow the nodes' checkpoint: %w", err)
	}
	return l.follow(ctx, head{next.Size, next.Root}, func(g *growth) error { return l.pub.Adopt(signed, next.Size, next.Root, g) })
}

// follow brings the tiles to the tree that h describes, and shows it by publish.
func (l *Log) follow(ctx context.Context, h head, publish func(*growth) error) error {
	old := l.pub.Latest()
	if h.size < old.Size {
		return fmt.Errorf("%d leaves were published, it holds %d: %w", old.Size, h.size, ErrDiffers)
	}
	if h.size == l.held.Size && h.size == old.Size {
		if h.root != old.Root {
			return fmt.Errorf("at the published size %d: %w", h.size, ErrDiffers)
		}
		return publish(l.grow())
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
	if err := publication.Extends(old, h.size, root, g); err != nil {
		return fmt.Errorf("won't sign a checkpoint of size %d: %w", h.size, err)
	}

	// The tiles, then the checkpoint: whoever reads it finds them.
	if err := g.writeTiles(); err != nil {
		return fmt.Errorf("couldn't write the tiles of size %d: %w", h.size, err)
	}
	if err := publish(g); err != nil {
		return err
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
