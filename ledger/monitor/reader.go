package monitor

import (
	"context"
	"strings"

	"github.com/skalig/skalig/ledger"
	"golang.org/x/mod/sumdb/tlog"
)

// maxTiles bounds the tiles that a reader keeps: 8 MiB.
const maxTiles = 1024

// A reader reads the hashes of one tree, each led to its root, and remembers what
// it could not read.
type reader struct {
	tlog.HashReader
	ctx    context.Context
	tiles  ledger.Tiles
	kept   map[tlog.Tile][]byte // led to the root
	last   []tlog.Tile          // of the latest read
	failed error                // why the log could not be read, if that was it
	at     string               // and what could not be read
}

func newReader(ctx context.Context, t ledger.Tiles, c ledger.Checkpoint) *reader {
	r := &reader{ctx: ctx, tiles: t, kept: map[tlog.Tile][]byte{}}
	r.HashReader = tlog.TileHashReader(tlog.Tree{N: int64(c.Size), Hash: c.Root}, tileReader{r})
	return r
}

// Edge holds that the tiles at the tree's end lead to a checkpoint's root: what whoever
// goes on with the log reads first.
func (t Tiles) Edge(ctx context.Context, c ledger.Checkpoint) error {
	if c.Size == 0 {
		return nil
	}
	_, err := newReader(ctx, t, c).ReadHashes([]int64{tlog.StoredHashIndex(0, int64(c.Size)-1)})
	return err
}

// names lists what the latest read was made of.
func (r *reader) names() string {
	var names []string
	for _, t := range r.last {
		names = append(names, tilePath(uint64(t.L), uint64(t.N), t.W))
	}
	return strings.Join(names, ", ")
}

// tileReader is how tlog reads tiles.
type tileReader struct{ *reader }

func (tileReader) Height() int { return 8 }

func (r tileReader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	r.last, r.failed = tiles, nil
	data := make([][]byte, len(tiles))
	for i, t := range tiles {
		if data[i] = r.kept[t]; data[i] != nil {
			continue
		}
		b, err := r.tiles.ReadTile(r.ctx, uint64(t.L), uint64(t.N), t.W)
		if err != nil {
			r.failed, r.at = err, tilePath(uint64(t.L), uint64(t.N), t.W)
			return nil, err
		}
		data[i] = b
	}
	return data, nil
}

// SaveTiles is told of tiles once they have been led to the root.
func (r tileReader) SaveTiles(tiles []tlog.Tile, data [][]byte) {
	if len(r.kept) > maxTiles {
		clear(r.kept)
	}
	for i, t := range tiles {
		r.kept[t] = data[i]
	}
}
