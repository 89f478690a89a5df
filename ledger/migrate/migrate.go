// Package migrate moves a log from one backend to another through the interfaces
// that both implement. The same leaves at the same indexes are the same tree, so the
// log goes on under its name and key, and a receipt from before the move still
// verifies.
//
// A move:
//
//  1. The service that appends to the old log stops. Copying may begin before: what
//     is copied once is not copied again.
//  2. The key file is copied into the new log's directory, and the new log is
//     created there under the old one's origin: creating keeps a key that it finds.
//  3. [Copy].
//  4. The service starts on the new log. Its outbox numbers leaves as before; the next
//     index is the size of both.
//
// The old log must never be appended to again: two logs under one key that go on
// apart are a fork.
package migrate

import (
	"context"
	"errors"
	"fmt"

	"github.com/skalig/skalig/ledger"
	"golang.org/x/mod/sumdb/tlog"
)

// What a copy refuses to do.
var (
	// ErrName: the two logs have different names.
	ErrName = errors.New("migrate: the logs have different origins")
	// ErrDamaged: the log to copy from does not hold what its checkpoint says.
	ErrDamaged = errors.New("migrate: the log does not hold what its checkpoint says")
	// ErrDiffers: the copy is not the same tree.
	ErrDiffers = errors.New("migrate: the copy has another root")
)

// A Source is the log to copy from: its reading side is enough, and may be a
// log served elsewhere.
type Source struct {
	ledger.Tiles
	Key string // its verifier key
}

// A Target is the log to copy to.
type Target struct {
	ledger.Log
	Key string // its verifier key
}

// Copy appends to the target every leaf of the source's published checkpoint that it
// lacks, waits until the target has published them, and returns the target's
// checkpoint: of the same size and root as the source's, or of a tree that begins with
// it if the target had gone on.
//
// A leaf is verified against the source's checkpoint before it is appended, since no
// log forgets. A target that holds another leaf somewhere is left as it is, with
// [ledger.ErrFork]. After any failure the copy can be repeated.
func Copy(ctx context.Context, to Target, from Source) (ledger.Checkpoint, error) {
	signed, err := from.ReadCheckpoint(ctx)
	if err != nil {
		return ledger.Checkpoint{}, fmt.Errorf("couldn't read the checkpoint to copy: %w", err)
	}
	source, err := ledger.OpenCheckpoint(signed, []string{from.Key})
	if err != nil {
		return ledger.Checkpoint{}, fmt.Errorf("couldn't verify the checkpoint to copy: %w", err)
	}

	// The target is of the same name, and what it has published is a beginning of the
	// source or the source of it.
	signed, err = to.ReadCheckpoint(ctx)
	if err != nil {
		return ledger.Checkpoint{}, fmt.Errorf("couldn't read the target's checkpoint: %w", err)
	}
	target, err := ledger.OpenCheckpoint(signed, []string{to.Key})
	if err != nil {
		return ledger.Checkpoint{}, fmt.Errorf("couldn't verify the target's checkpoint: %w", err)
	}
	if target.Origin != source.Origin {
		return ledger.Checkpoint{}, ErrName
	}
	if target.Size < source.Size {
		if err := begins(ctx, from, source, target); err != nil {
			return ledger.Checkpoint{}, err
		}
	}

	// Bundle by bundle, from the one in which the target ends.
	size, err := to.Size(ctx)
	if err != nil {
		return ledger.Checkpoint{}, fmt.Errorf("couldn't ask for the size of the target: %w", err)
	}
	hashes := ledger.HashReader(ctx, from, source)
	for index := size / 256; index*256 < source.Size; index++ {
		leaves, err := verified(ctx, from, source, hashes, index)
		if err != nil {
			return ledger.Checkpoint{}, err
		}
		if err := to.Append(ctx, index*256, leaves); err != nil {
			return ledger.Checkpoint{}, fmt.Errorf("couldn't append bundle %d to the target: %w", index, err)
		}
	}

	// The same tree, as the target publishes it.
	if source.Size > 0 {
		signed, err = to.AwaitPublished(ctx, source.Size-1)
		if err != nil {
			return ledger.Checkpoint{}, fmt.Errorf("couldn't wait until the target is published: %w", err)
		}
	}
	if target, err = ledger.OpenCheckpoint(signed, []string{to.Key}); err != nil {
		return ledger.Checkpoint{}, fmt.Errorf("couldn't verify the target's checkpoint: %w", err)
	}
	return target, begins(ctx, to, target, source)
}

// verified reads a bundle of the tree that c describes, all its leaves being those
// of that tree.
func verified(ctx context.Context, t ledger.Tiles, c ledger.Checkpoint, hashes tlog.HashReader, index uint64) ([][]byte, error) {
	width := ledger.TileWidth(0, index, c.Size)
	bundle, err := t.ReadEntries(ctx, index, width)
	if err != nil {
		return nil, fmt.Errorf("couldn't read bundle %d: %w", index, err)
	}
	leaves, err := ledger.SplitEntries(bundle)
	if err != nil || len(leaves) != width {
		return nil, fmt.Errorf("bundle %d: %w", index, ErrDamaged)
	}
	stored := make([]int64, width)
	for i := range stored {
		stored[i] = tlog.StoredHashIndex(0, int64(index*256)+int64(i))
	}
	want, err := hashes.ReadHashes(stored)
	if err != nil {
		return nil, fmt.Errorf("bundle %d: %w: %w", index, ErrDamaged, err)
	}
	for i, leaf := range leaves {
		if tlog.RecordHash(leaf) != want[i] {
			return nil, fmt.Errorf("leaf %d: %w", index*256+uint64(i), ErrDamaged)
		}
	}
	return leaves, nil
}

// begins checks that the tree that c describes, as t holds it, begins with that of
// old, or is that.
func begins(ctx context.Context, t ledger.Tiles, c, old ledger.Checkpoint) error {
	switch {
	case c.Size < old.Size:
		return fmt.Errorf("%w: %d leaves of %d", ErrDiffers, c.Size, old.Size)
	case c.Size == old.Size:
		if c.Root != old.Root {
			return ErrDiffers
		}
		return nil
	case old.Size == 0:
		return nil
	}
	proof, err := tlog.ProveTree(int64(c.Size), int64(old.Size), ledger.HashReader(ctx, t, c))
	if err != nil {
		return fmt.Errorf("couldn't prove that one log begins with the other: %w", err)
	}
	if tlog.CheckTree(proof, int64(c.Size), c.Root, int64(old.Size), old.Root) != nil {
		return ErrDiffers
	}
	return nil
}
