package trillian

import (
	"context"
	"fmt"

	"github.com/skalig/skalig/ledger"
	"golang.org/x/mod/sumdb/tlog"
)

// A growth is a tree on its way from the size whose tiles are on disk to a larger
// one. Hashes of the old tree come from its tiles, verified against its root; those
// of the new leaves are in memory. Of the leaves no more than a bundle is kept.
type growth struct {
	l      *Log
	from   int64
	to     int64
	tiles  tlog.HashReader     // of the old tree
	known  map[int64]tlog.Hash // what was read from them
	fresh  []tlog.Hash         // stored hashes from those of leaf from on
	bundle []byte              // the entry bundle that is being filled
}

func (l *Log) grow() *growth {
	size := int64(l.held.Size)
	return &growth{
		l: l, from: size, to: size, known: make(map[int64]tlog.Hash),
		tiles: tlog.TileHashReader(tlog.Tree{N: size, Hash: l.held.Root}, diskTiles{l}),
	}
}

// ReadHashes implements [tlog.HashReader].
func (g *growth) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	base := tlog.StoredHashCount(g.from)
	var missing []int64
	for _, index := range indexes {
		if _, ok := g.known[index]; index < base && !ok {
			missing = append(missing, index)
		}
	}
	if len(missing) > 0 {
		hashes, err := g.tiles.ReadHashes(missing)
		if err != nil {
			return nil, err
		}
		for i, index := range missing {
			g.known[index] = hashes[i]
		}
	}
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		switch at := index - base; {
		case at < 0:
			hashes[i] = g.known[index]
		case at < int64(len(g.fresh)):
			hashes[i] = g.fresh[at]
		default:
			return nil, fmt.Errorf("hash %d lies beyond the tree", index)
		}
	}
	return hashes, nil
}

// read takes in the leaves up to size and writes the bundles that they fill or end.
func (g *growth) read(ctx context.Context, from tree, size uint64) error {
	if err := g.begin(); err != nil {
		return err
	}
	for next := uint64(g.to); next < size; next = uint64(g.to) {
		leaves, err := from.leaves(ctx, next, size-next)
		if err != nil {
			return err
		}
		for _, leaf := range leaves {
			if err := g.add(leaf); err != nil {
				return err
			}
		}
	}
	if g.to%256 == 0 {
		return nil
	}
	return g.l.writeTile(tlog.Tile{H: 8, L: -1, N: g.to / 256, W: int(g.to % 256)}, g.bundle)
}

// begin takes up the partial bundle at the end of the old tree. Its leaves must be
// those that the tiles hold.
func (g *growth) begin() error {
	width := int(g.from % 256)
	if width == 0 {
		return nil
	}
	first := g.from - int64(width)
	bundle, err := g.l.readBundle(uint64(first/256), width)
	if err != nil {
		return err
	}
	entries, err := ledger.SplitEntries(bundle)
	if err != nil || len(entries) != width {
		return fmt.Errorf("couldn't read entry bundle %d: %w", first/256, errShort)
	}
	indexes := make([]int64, width)
	for i := range indexes {
		indexes[i] = tlog.StoredHashIndex(0, first+int64(i))
	}
	hashes, err := g.ReadHashes(indexes)
	if err != nil {
		return err
	}
	for i, entry := range entries {
		if tlog.RecordHash(entry) != hashes[i] {
			return fmt.Errorf("the entry bundle on disk has another leaf %d than was signed", first+int64(i))
		}
	}
	g.bundle = bundle
	return nil
}

func (g *growth) add(leaf []byte) error {
	if len(leaf) > 0xffff {
		return fmt.Errorf("leaf %d has %d bytes: %w", g.to, len(leaf), ErrDiffers)
	}
	hashes, err := tlog.StoredHashes(g.to, leaf, g)
	if err != nil {
		return fmt.Errorf("couldn't hash leaf %d: %w", g.to, err)
	}
	g.fresh = append(g.fresh, hashes...)
	g.bundle = append(g.bundle, byte(len(leaf)>>8), byte(len(leaf)))
	g.bundle = append(g.bundle, leaf...)
	g.to++
	if g.to%256 > 0 {
		return nil
	}
	err = g.l.writeTile(tlog.Tile{H: 8, L: -1, N: g.to/256 - 1, W: 256}, g.bundle)
	g.bundle = nil
	return err
}

func (g *growth) root() (tlog.Hash, error) {
	if g.to == 0 {
		return emptyRoot, nil
	}
	return tlog.TreeHash(g.to, g)
}

// writeTiles writes the tiles that are new or wider than before.
func (g *growth) writeTiles() error {
	for _, tile := range tlog.NewTiles(8, g.from, g.to) {
		data, err := tlog.ReadTileData(tile, g)
		if err != nil {
			return err
		}
		if err := g.l.writeTile(tile, data); err != nil {
			return err
		}
	}
	return nil
}
