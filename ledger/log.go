package ledger

import (
	"context"
	"errors"
)

// What a log answers when it cannot do as asked.
var (
	// ErrFork: the log holds other bytes at an index than the caller does. One of
	// the two has been rewritten; nothing may be appended until a person knows which.
	ErrFork = errors.New("ledger: the log holds another leaf at this index")
	// ErrGap: the first index lies beyond the end of the log.
	ErrGap = errors.New("ledger: append would leave a gap")
	// ErrNotLeaf: the bytes are not a leaf. The log is public and forgets nothing,
	// so nothing else gets in.
	ErrNotLeaf = errors.New("ledger: not a leaf")
	// ErrNotFound: the published tree does not reach that far.
	ErrNotFound = errors.New("ledger: not in the published tree")
	// ErrUncertain: an append failed after part of it had been written. What is on the
	// disk is known when the log is opened again, and not before.
	ErrUncertain = errors.New("ledger: the log must be opened again before it takes more")
	// ErrClosed: the log was closed.
	ErrClosed = errors.New("ledger: the log is closed")
)

// An Appender is the writing side of a log. The caller numbers the leaves: the
// index of a leaf is decided before the log sees it, so that an append can be
// repeated after any failure and two logs given the same leaves are the same log.
type Appender interface {
	// Append puts leaves at the indexes first, first+1, …. It returns nil once every
	// one of them is durable at its index, now or since before; then no crash loses
	// them. After an error some may be durable: the caller repeats the call.
	// ErrFork, ErrGap, ErrNotLeaf: nothing was written.
	Append(ctx context.Context, first uint64, leaves [][]byte) error
	// Size is the number of durable leaves, the index of the next one.
	Size(ctx context.Context) (uint64, error)
	// AwaitPublished waits for a published checkpoint whose tree holds index.
	AwaitPublished(ctx context.Context, index uint64) (checkpoint []byte, err error)
}

// Tiles is the reading side: what C2SP tlog-tiles serves, and only as far as the
// published checkpoint reaches.
type Tiles interface {
	// ReadCheckpoint returns the latest published checkpoint.
	ReadCheckpoint(ctx context.Context) ([]byte, error)
	// ReadTile returns the first width hashes (1 to 256) of a tile of the Merkle tree.
	ReadTile(ctx context.Context, level, index uint64, width int) ([]byte, error)
	// ReadEntries returns the first width entries (1 to 256) of an entry bundle.
	ReadEntries(ctx context.Context, index uint64, width int) ([]byte, error)
}

// A Log is both sides.
type Log interface {
	Appender
	Tiles
	// Close publishes what is durable and lets go of the log.
	Close(ctx context.Context) error
}

// TileWidth is the number of hashes that the tile at level and index has in a
// tree of that size: 256, fewer at the right edge, 0 beyond it. Level 0 counts
// entry bundles too.
func TileWidth(level, index, size uint64) int {
	if level > 7 || index > MaxNumber {
		return 0
	}
	whole := size >> (8 * level)
	if whole <= index*256 {
		return 0
	}
	return int(min(whole-index*256, 256))
}

// SplitEntries cuts an entry bundle into its entries.
func SplitEntries(bundle []byte) ([][]byte, error) {
	var entries [][]byte
	for len(bundle) > 0 {
		if len(bundle) < 2 {
			return nil, errBundle
		}
		n := int(bundle[0])<<8 | int(bundle[1])
		if len(bundle) < 2+n {
			return nil, errBundle
		}
		entries = append(entries, bundle[2:2+n])
		bundle = bundle[2+n:]
	}
	return entries, nil
}

var errBundle = errors.New("ledger: entry bundle ends inside an entry")
