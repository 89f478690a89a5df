package tessera

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/logdir"
	"golang.org/x/mod/sumdb/tlog"
)

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

// publish signs and writes a checkpoint of all that is durable. A crash before the
// checkpoint file is renamed leaves the old one; start publishes again.
func (l *Log) publish(ctx context.Context) error {
	l.mu.Lock()
	size, old := l.size, l.latest
	l.mu.Unlock()
	if size == old.Size {
		return nil
	}

	// The root comes from the tiles on disk, not from what anyone remembers, and the
	// tree must extend the one we signed last: a fork is never signed.
	hashes := l.hashReader(ctx, size)
	root, err := tlog.TreeHash(int64(size), hashes)
	if err != nil {
		return fmt.Errorf("couldn't hash the tree of size %d: %w", size, err)
	}
	if err := extends(old, size, root, hashes); err != nil {
		return fmt.Errorf("won't sign a checkpoint of size %d: %w", size, err)
	}

	signed, err := l.sign(ctx, size, root[:])
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
	return tlog.CheckTree(proof, int64(size), root, int64(old.Size), old.Root)
}

// checkLatest checks that the tiles hold the tree of the published checkpoint.
func (l *Log) checkLatest(ctx context.Context) error {
	c := l.latest
	if c.Size > l.size {
		return fmt.Errorf("the checkpoint says %d leaves and the log holds %d", c.Size, l.size)
	}
	root := tlog.Hash(sha256.Sum256(nil))
	if c.Size > 0 {
		var err error
		if root, err = tlog.TreeHash(int64(c.Size), l.hashReader(ctx, l.size)); err != nil {
			return fmt.Errorf("couldn't hash the tree of size %d: %w", c.Size, err)
		}
	}
	if root != c.Root {
		return errors.New("the tiles are not those the checkpoint was signed for")
	}
	return nil
}
