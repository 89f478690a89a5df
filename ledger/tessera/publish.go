package tessera

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// AwaitPublished implements [ledger.Appender].
func (l *Log) AwaitPublished(ctx context.Context, index uint64) ([]byte, error) {
	return l.pub.AwaitPublished(ctx, index)
}

// publish publishes all that is durable. The root comes from the tiles on disk, not
// from what anyone remembers.
func (l *Log) publish(ctx context.Context) error {
	l.mu.Lock()
	size := l.size
	l.mu.Unlock()
	latest := l.pub.Latest()
	hashes := l.hashReader(ctx, size)
	if size == latest.Size {
		return l.pub.Publish(ctx, size, latest.Root, hashes)
	}
	root, err := tlog.TreeHash(int64(size), hashes)
	if err != nil {
		return fmt.Errorf("couldn't hash the tree of size %d: %w", size, err)
	}
	return l.pub.Publish(ctx, size, root, hashes)
}

// checkLatest checks that the tiles hold the tree of the published checkpoint.
func (l *Log) checkLatest(ctx context.Context) error {
	c := l.pub.Latest()
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
