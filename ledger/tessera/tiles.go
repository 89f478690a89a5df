package tessera

import (
	"context"
	"errors"
	"fmt"

	"github.com/skalig/skalig/ledger"
	"golang.org/x/mod/sumdb/tlog"
)

var errShort = errors.New("the file is shorter than its place in the tree")

// ReadCheckpoint implements [ledger.Tiles].
func (l *Log) ReadCheckpoint(ctx context.Context) ([]byte, error) {
	return l.pub.ReadCheckpoint(ctx)
}

// ReadTile implements [ledger.Tiles].
func (l *Log) ReadTile(ctx context.Context, level, index uint64, width int) ([]byte, error) {
	at := ledger.TileWidth(level, index, l.publishedSize())
	if width < 1 || width > at {
		return nil, ledger.ErrNotFound
	}
	tile, err := l.readTile(ctx, level, index, at)
	if err != nil {
		return nil, fmt.Errorf("couldn't read tile %d of level %d: %w", index, level, err)
	}
	return tile[:width*tlog.HashSize], nil
}

// ReadEntries implements [ledger.Tiles].
func (l *Log) ReadEntries(ctx context.Context, index uint64, width int) ([]byte, error) {
	at := ledger.TileWidth(0, index, l.publishedSize())
	if width < 1 || width > at {
		return nil, ledger.ErrNotFound
	}
	bundle, err := l.readEntries(ctx, index, at)
	if err != nil {
		return nil, fmt.Errorf("couldn't read entry bundle %d: %w", index, err)
	}
	entries, err := ledger.SplitEntries(bundle)
	if err != nil {
		return nil, fmt.Errorf("couldn't read entry bundle %d: %w", index, err)
	}
	length := 0
	for _, entry := range entries[:width] {
		length += 2 + len(entry)
	}
	return bundle[:length], nil
}

func (l *Log) publishedSize() uint64 { return l.pub.Latest().Size }

// readTile reads the tile as it is in a tree that has width hashes there. Such a
// tree ended a batch, so the file of that width was written; once the tile is full
// the narrower files go, and Tessera reads the full one in their place.
func (l *Log) readTile(ctx context.Context, level, index uint64, width int) ([]byte, error) {
	tile, err := l.reader.ReadTile(ctx, level, index, uint8(width))
	if err == nil && len(tile) < width*tlog.HashSize {
		err = errShort
	}
	return tile, err
}

// readEntries is readTile for entry bundles.
func (l *Log) readEntries(ctx context.Context, index uint64, width int) ([]byte, error) {
	bundle, err := l.reader.ReadEntryBundle(ctx, index, uint8(width))
	if err != nil {
		return nil, err
	}
	if entries, err := ledger.SplitEntries(bundle); err != nil || len(entries) < width {
		return nil, errors.Join(errShort, err)
	}
	return bundle, nil
}

// hashReader reads hashes from the tiles of a tree of that size as they stand on
// disk, each tile once.
func (l *Log) hashReader(ctx context.Context, size uint64) tlog.HashReader {
	read := make(map[tlog.Tile][]byte)
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			tile := tlog.TileForIndex(8, index)
			tile.W = ledger.TileWidth(uint64(tile.L), uint64(tile.N), size)
			data, ok := read[tile]
			if !ok {
				var err error
				if data, err = l.readTile(ctx, uint64(tile.L), uint64(tile.N), tile.W); err != nil {
					return nil, err
				}
				read[tile] = data
			}
			var err error
			if hashes[i], err = tlog.HashFromTile(tile, data, index); err != nil {
				return nil, err
			}
		}
		return hashes, nil
	})
}
