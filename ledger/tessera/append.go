package tessera

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/skalig/skalig/ledger"
	upstream "github.com/transparency-dev/tessera"
)

// maxBatch bounds how much one batch holds in memory and writes before it counts.
const maxBatch = 4096

// Append implements [ledger.Appender].
func (l *Log) Append(ctx context.Context, first uint64, leaves [][]byte) error {
	for i, leaf := range leaves {
		if _, err := ledger.ParseLeaf(leaf); err != nil {
			return fmt.Errorf("couldn't append at %d: %w", first+uint64(i), ledger.ErrNotLeaf)
		}
	}
	l.writing.Lock()
	defer l.writing.Unlock()
	size, err := l.appendable()
	if err != nil {
		return err
	}
	if first > size {
		return fmt.Errorf("couldn't append at %d, the log ends at %d: %w", first, size, ledger.ErrGap)
	}
	known := int(min(size-first, uint64(len(leaves))))
	if err := l.compare(ctx, first, leaves[:known], size); err != nil {
		return err
	}
	for rest := leaves[known:]; len(rest) > 0; {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		batch := rest[:min(len(rest), maxBatch)]
		if err := l.sequence(ctx, batch); err != nil {
			return err
		}
		rest = rest[len(batch):]
	}
	return nil
}

func (l *Log) appendable() (size uint64, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return 0, ledger.ErrClosed
	}
	return l.size, l.broken
}

// compare checks that the log holds leaves from index first on.
func (l *Log) compare(ctx context.Context, first uint64, leaves [][]byte, size uint64) error {
	for len(leaves) > 0 {
		bundle, err := l.readEntries(ctx, first/256, ledger.TileWidth(0, first/256, size))
		if err != nil {
			return fmt.Errorf("couldn't compare with the log at %d: %w", first, err)
		}
		entries, err := ledger.SplitEntries(bundle)
		if err != nil {
			return fmt.Errorf("couldn't compare with the log at %d: %w", first, err)
		}
		for _, entry := range entries[first%256:] {
			if len(leaves) == 0 {
				break
			}
			if !bytes.Equal(entry, leaves[0]) {
				return fmt.Errorf("couldn't append at %d: %w", first, ledger.ErrFork)
			}
			first, leaves = first+1, leaves[1:]
		}
	}
	return nil
}

// sequence appends one batch at the end of the log. If anything comes out
// otherwise than asked, the log takes no more appends until it is opened again.
func (l *Log) sequence(ctx context.Context, batch [][]byte) error {
	if err := l.unmoved(ctx); err != nil {
		return err
	}
	tessera, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	appender, _, _, err := upstream.NewAppender(tessera, l.driver, appendOptions(l.signer).WithBatching(uint(len(batch)), never))
	if err != nil {
		return fmt.Errorf("couldn't append at %d: %w", l.size, err)
	}
	futures := make([]upstream.IndexFuture, len(batch))
	for i, leaf := range batch {
		futures[i] = appender.Add(tessera, upstream.NewEntry(leaf))
	}
	for i, future := range futures {
		got, err := future()
		if err != nil {
			// Nothing counts unless the tree state was written, and then it should not have failed.
			return errors.Join(fmt.Errorf("couldn't append at %d: %w", l.size, err), l.unmoved(ctx))
		}
		if want := l.size + uint64(i); got.Index != want {
			return l.brokenBy(fmt.Errorf("appended at %d what belongs at %d", got.Index, want))
		}
	}
	l.mu.Lock()
	l.size += uint64(len(batch))
	l.mu.Unlock()
	l.pub.Wake()
	return nil
}

// unmoved checks that the tree on disk ends where this process left it.
func (l *Log) unmoved(ctx context.Context) error {
	size, err := l.reader.IntegratedSize(context.WithoutCancel(ctx))
	if err != nil {
		return fmt.Errorf("couldn't read the size of the log: %w", err)
	}
	if size != l.size {
		return l.brokenBy(fmt.Errorf("the log ends at %d on disk and at %d here", size, l.size))
	}
	return nil
}

func (l *Log) brokenBy(err error) error {
	err = fmt.Errorf("%w: %w", ledger.ErrUncertain, err)
	l.mu.Lock()
	l.broken = err
	l.mu.Unlock()
	return err
}

// Size implements [ledger.Appender].
func (l *Log) Size(ctx context.Context) (uint64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return 0, ledger.ErrClosed
	}
	return l.size, nil
}
