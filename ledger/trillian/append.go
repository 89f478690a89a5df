package trillian

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/skalig/skalig/ledger"
)

// Append implements [ledger.Appender].
func (l *Log) Append(ctx context.Context, first uint64, leaves [][]byte) error {
	for i, leaf := range leaves {
		if _, err := ledger.ParseLeaf(leaf); err != nil {
			return fmt.Errorf("couldn't append at %d: %w", first+uint64(i), ledger.ErrNotLeaf)
		}
	}
	l.writing.Lock()
	defer l.writing.Unlock()
	size, err := l.appendable(ctx)
	if err != nil {
		return err
	}
	if first > size {
		return fmt.Errorf("couldn't append at %d, the log ends at %d: %w", first, size, ledger.ErrGap)
	}
	next, rest := first, leaves
	for {
		// What the tree holds already must be the same.
		known := min(size-next, uint64(len(rest)))
		if err := l.compare(ctx, next, rest[:known]); err != nil {
			return err
		}
		next, rest = next+known, rest[known:]
		if len(rest) == 0 {
			break
		}

		// An earlier append may have left leaves in the database that the tree does not
		// hold yet. They begin where the tree ends, so one leaf tells whether there are any.
		batch := rest[:min(len(rest), maxBatch)]
		if !l.settled {
			batch = rest[:1]
		}
		l.settled = false
		free, err := l.tree.add(ctx, next, batch)
		if err != nil {
			return err
		}
		if !free {
			if size, err = l.integrated(ctx, next+uint64(len(batch))); err != nil {
				return err
			}
			continue
		}
		l.settled = true
		next, rest = next+uint64(len(batch)), rest[len(batch):]
		size = next
	}
	if _, err := l.integrated(ctx, next); err != nil {
		l.settled = false
		return err
	}
	l.pub.Wake()
	return nil
}

// appendable returns the size of the tree, unless nothing may be appended.
func (l *Log) appendable(ctx context.Context) (size uint64, err error) {
	l.mu.Lock()
	closed, broken, least := l.closed, l.broken, l.pub.Latest().Size
	l.mu.Unlock()
	switch {
	case closed:
		return 0, ledger.ErrClosed
	case broken != nil:
		return 0, broken
	}
	h, err := l.tree.head(ctx)
	if err == nil && h.size < least {
		err = fmt.Errorf("%d leaves were published and Trillian's tree holds %d", least, h.size)
	}
	return h.size, err
}

// compare checks that the tree holds leaves from index first on.
func (l *Log) compare(ctx context.Context, first uint64, leaves [][]byte) error {
	for len(leaves) > 0 {
		there, err := l.tree.leaves(ctx, first, uint64(len(leaves)))
		if err != nil {
			return err
		}
		for i, leaf := range there {
			if !bytes.Equal(leaf, leaves[i]) {
				return fmt.Errorf("couldn't append at %d: %w", first+uint64(i), ledger.ErrFork)
			}
		}
		first, leaves = first+uint64(len(there)), leaves[len(there):]
	}
	return nil
}

// integrated waits until the tree has that size, or more, and returns its size.
func (l *Log) integrated(ctx context.Context, size uint64) (uint64, error) {
	const longest = 16 * time.Millisecond
	for pause := time.Millisecond; ; pause = min(2*pause, longest) {
		h, err := l.tree.head(ctx)
		if err != nil || h.size >= size {
			return h.size, err
		}
		select {
		case <-time.After(pause):
		case <-l.alive.Done():
			return 0, ledger.ErrClosed
		case <-ctx.Done():
			return 0, fmt.Errorf("couldn't wait for Trillian's signer to reach %d, it is at %d: %w", size, h.size, context.Cause(ctx))
		}
	}
}

// Size implements [ledger.Appender].
func (l *Log) Size(ctx context.Context) (uint64, error) {
	l.mu.Lock()
	closed := l.closed
	l.mu.Unlock()
	if closed {
		return 0, ledger.ErrClosed
	}
	h, err := l.tree.head(ctx)
	return h.size, err
}
