package trillian

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/logdir"
	"golang.org/x/mod/sumdb/tlog"
)

var errShort = errors.New("the file is shorter than its place in the tree")

// ReadCheckpoint implements [ledger.Tiles].
func (l *Log) ReadCheckpoint(ctx context.Context) ([]byte, error) {
	return l.pub.ReadCheckpoint(ctx)
}

// ReadTile implements [ledger.Tiles].
func (l *Log) ReadTile(ctx context.Context, level, index uint64, width int) ([]byte, error) {
	data, err := l.atWidth(level, index, width, func(at int) ([]byte, error) {
		return l.readTile(tlog.Tile{H: 8, L: int(level), N: int64(index), W: at})
	})
	if err != nil {
		return nil, err
	}
	return data[:width*tlog.HashSize], nil
}

// ReadEntries implements [ledger.Tiles].
func (l *Log) ReadEntries(ctx context.Context, index uint64, width int) ([]byte, error) {
	bundle, err := l.atWidth(0, index, width, func(at int) ([]byte, error) { return l.readBundle(index, at) })
	if err != nil {
		return nil, err
	}
	entries, err := ledger.SplitEntries(bundle)
	if err != nil || len(entries) < width {
		return nil, fmt.Errorf("couldn't read entry bundle %d: %w", index, errShort)
	}
	length := 0
	for _, entry := range entries[:width] {
		length += 2 + len(entry)
	}
	return bundle[:length], nil
}

// atWidth reads a tile that has at least width, at the width it has in the published
// tree. While it is read the tree may be published anew and the file be outgrown.
func (l *Log) atWidth(level, index uint64, width int, read func(at int) ([]byte, error)) ([]byte, error) {
	for {
		size := l.publishedSize()
		at := ledger.TileWidth(level, index, size)
		if width < 1 || width > at {
			return nil, ledger.ErrNotFound
		}
		data, err := read(at)
		if errors.Is(err, fs.ErrNotExist) && l.publishedSize() != size {
			continue
		}
		return data, err
	}
}

func (l *Log) publishedSize() uint64 { return l.pub.Latest().Size }

func (l *Log) readTile(tile tlog.Tile) ([]byte, error) {
	data, err := os.ReadFile(l.tilePath(tile))
	if err == nil && len(data) != tile.W*tlog.HashSize {
		err = errShort
	}
	if err != nil {
		return nil, fmt.Errorf("couldn't read tile %d of level %d: %w", tile.N, tile.L, err)
	}
	return data, nil
}

func (l *Log) readBundle(index uint64, width int) ([]byte, error) {
	data, err := os.ReadFile(l.tilePath(tlog.Tile{H: 8, L: -1, N: int64(index), W: width}))
	if err != nil {
		return nil, fmt.Errorf("couldn't read entry bundle %d: %w", index, err)
	}
	return data, nil
}

func (l *Log) writeTile(tile tlog.Tile, data []byte) error {
	path := l.tilePath(tile)
	if err := logdir.MakeDir(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return logdir.WriteFile(path, data, 0o644)
}

// tilePath is where a tile is kept; level -1 are the entry bundles.
func (l *Log) tilePath(tile tlog.Tile) string {
	path := strings.TrimPrefix(tile.Path(), "tile/8/")
	if rest, ok := strings.CutPrefix(path, "data/"); ok {
		path = "entries/" + rest
	}
	return filepath.Join(l.path, tileDir, filepath.FromSlash(path))
}

// diskTiles lets tlog read the tiles of the held tree.
type diskTiles struct{ l *Log }

func (diskTiles) Height() int { return 8 }

func (d diskTiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		tile.W = ledger.TileWidth(uint64(tile.L), uint64(tile.N), d.l.held.Size)
		b, err := d.l.readTile(tile)
		if err != nil {
			return nil, err
		}
		data[i] = b[:tiles[i].W*tlog.HashSize]
	}
	return data, nil
}

func (diskTiles) SaveTiles([]tlog.Tile, [][]byte) {}

// checkTiles checks that the tiles at the right edge hash to the checkpoint's root,
// and that the last entry bundle is there.
func (l *Log) checkTiles() error {
	latest := l.pub.Latest()
	if latest.Size == 0 {
		if latest.Root != emptyRoot {
			return errors.New("the checkpoint of an empty log has a root")
		}
		return nil
	}
	l.held = latest
	g := l.grow()
	root, err := tlog.TreeHash(g.from, g)
	if err != nil {
		return fmt.Errorf("the tiles are not those the checkpoint was signed for: %w", err)
	}
	if root != latest.Root {
		return errors.New("the tiles are not those the checkpoint was signed for")
	}
	return g.begin()
}

// outgrown are the partial tiles that a tree had before it grew.
type outgrown struct {
	due      time.Time
	from, to uint64
}

// removeOutgrown removes the partial tiles of a tree of size from that one of size to
// has wider.
func (l *Log) removeOutgrown(from, to uint64) error {
	for level := 0; from>>(8*level) > 0; level++ {
		whole := from >> (8 * level)
		tile := tlog.Tile{H: 8, L: level, N: int64(whole / 256), W: int(whole % 256)}
		if tile.W == 0 || ledger.TileWidth(uint64(level), whole/256, to) == tile.W {
			continue
		}
		if err := l.removePartial(tile); err != nil {
			return err
		}
		if level > 0 {
			continue
		}
		tile.L = -1
		if err := l.removePartial(tile); err != nil {
			return err
		}
	}
	return nil
}

func (l *Log) removePartial(tile tlog.Tile) error {
	path := l.tilePath(tile)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	os.Remove(filepath.Dir(path)) // fails while a wider one is in it, as it must
	return nil
}

// partial matches the path of a partial tile below the log's directory, and what a
// write that was cut short leaves.
var partial = regexp.MustCompile(`^(tile/.*\.p/\d+|.*\.tmp)$`)

// sweep removes the partial tiles and temporary files that the published tree does
// not have.
func (l *Log) sweep() error {
	has, size := make(map[string]bool), l.publishedSize()
	for level := 0; level < 8; level++ {
		whole := size >> (8 * level)
		tile := tlog.Tile{H: 8, L: level, N: int64(whole / 256), W: int(whole % 256)}
		has[l.tilePath(tile)] = true
		if level == 0 {
			tile.L = -1
			has[l.tilePath(tile)] = true
		}
	}
	root, err := os.OpenRoot(l.path)
	if err != nil {
		return err
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || !partial.MatchString(name) || has[filepath.Join(l.path, filepath.FromSlash(name))] {
			return err
		}
		return root.Remove(name)
	})
}
