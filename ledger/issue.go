package ledger

import (
	"context"
	"errors"

	"golang.org/x/mod/sumdb/tlog"
)

// NewReceipt makes the receipt of the leaf at index as of a checkpoint, from the
// log's tiles. Before it returns it takes the holder's place and verifies all but
// the signature, for which it has no key.
func NewReceipt(ctx context.Context, t Tiles, checkpoint []byte, index uint64, leaf, record []byte, salt [32]byte) (Receipt, error) {
	c, err := ParseCheckpoint(checkpoint)
	if err != nil {
		return Receipt{}, err
	}
	if index >= c.Size {
		return Receipt{}, IndexBeyondSize
	}
	path, err := tlog.ProveRecord(int64(c.Size), int64(index), HashReader(ctx, t, c))
	if err != nil {
		return Receipt{}, errors.Join(errProve, err)
	}
	r := Receipt{Leaf: leaf, Record: record, Salt: salt, Index: index, Proof: path, Checkpoint: checkpoint}
	o, reason := open(r.Marshal())
	if reason != "" {
		return Receipt{}, reason
	}
	for _, reason := range []Reason{o.commitment(), o.header.differs(o.leaf), o.inclusion()} {
		if reason != "" {
			return Receipt{}, reason
		}
	}
	return r, nil
}

var errProve = errors.New("ledger: couldn't prove the leaf from the log's tiles")

// HashReader reads the hashes of the tree that c describes from the log's tiles,
// each verified against c's root.
func HashReader(ctx context.Context, t Tiles, c Checkpoint) tlog.HashReader {
	return tlog.TileHashReader(tlog.Tree{N: int64(c.Size), Hash: c.Root}, tileReader{ctx, t})
}

// tileReader lets tlog read a log's tiles. Nothing is kept: a receipt reads few.
type tileReader struct {
	ctx context.Context
	t   Tiles
}

func (tileReader) Height() int { return 8 }

func (r tileReader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		b, err := r.t.ReadTile(r.ctx, uint64(tile.L), uint64(tile.N), tile.W)
		if err != nil {
			return nil, err
		}
		data[i] = b
	}
	return data, nil
}

func (tileReader) SaveTiles([]tlog.Tile, [][]byte) {}
