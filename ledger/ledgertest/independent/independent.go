// Package independent reads a log over HTTP with programs that nobody here wrote, as
// a stranger would: torchwood's client, Tessera's fsck, and the sumdb packages of the
// Go project. A backend's tests hand it a log.
package independent

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"filippo.io/torchwood"
	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/monitor"
	"github.com/skalig/skalig/ledger/serve"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// patience is for fsck, which v1.0.4 does not end on some damaged logs (issue 1098 there).
const patience = 10 * time.Second

// A reader reads the whole log at an address and holds it to its key. Its error says what
// it found wrong.
type reader func(ctx context.Context, address, vkey string, leaves [][]byte) error

var readers = map[string]reader{"torchwood": walk, "fsck": check, "sumdb": prove}

// Check serves a log that has published exactly these leaves, and has every reader
// accept it; and refuse it once one byte of one leaf is another.
func Check(t *testing.T, log ledger.Tiles, vkey string, leaves [][]byte) {
	t.Helper()
	for name, read := range readers {
		if err := try(t, read, log, vkey, leaves); err != nil {
			t.Errorf("%s refuses the log: %v", name, err)
		}
		if err := try(t, read, spoilt{log}, vkey, leaves); err == nil {
			t.Errorf("%s accepts a log with another leaf", name)
		}
	}
}

func try(t *testing.T, read reader, log ledger.Tiles, vkey string, leaves [][]byte) error {
	server := httptest.NewServer(http.StripPrefix("/log", serve.Handler(log, vkey)))
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- read(ctx, server.URL+"/log/", vkey, leaves) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// spoilt is a log that shows another first leaf than was signed.
type spoilt struct{ ledger.Tiles }

func (s spoilt) ReadEntries(ctx context.Context, index uint64, width int) ([]byte, error) {
	data, err := s.Tiles.ReadEntries(ctx, index, width)
	if err == nil && index == 0 {
		data = bytes.Clone(data)
		data[10] ^= 1
	}
	return data, err
}

// walk is torchwood's: every entry under the signed checkpoint.
func walk(ctx context.Context, address, vkey string, leaves [][]byte) error {
	policy, err := torchwood.ParsePolicy([]byte("log " + vkey + "\nquorum none\n"))
	if err != nil {
		return err
	}
	signed, err := monitor.HTTP(address, nil).Fetch(ctx, "checkpoint", 1<<16)
	if err != nil {
		return err
	}
	checkpoint, _, err := torchwood.VerifyCheckpoint(signed, policy)
	if err != nil {
		return err
	}
	fetcher, err := torchwood.NewTileFetcher(address)
	if err != nil {
		return err
	}
	c, err := torchwood.NewClient(fetcher)
	if err != nil {
		return err
	}
	n := 0
	for i, entry := range c.AllEntries(ctx, checkpoint.Tree, 0) {
		if !bytes.Equal(entry, leaves[i]) {
			return fmt.Errorf("entry %d is not the leaf", i)
		}
		n++
	}
	if err := c.Err(); err != nil {
		return err
	}
	if n != len(leaves) {
		return fmt.Errorf("%d entries of %d", n, len(leaves))
	}
	return nil
}

// check is Tessera's fsck: every entry, every tile, the root.
func check(ctx context.Context, address, vkey string, _ [][]byte) error {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	root, err := url.Parse(address)
	if err != nil {
		return err
	}
	fetcher, err := client.NewHTTPFetcher(root, nil)
	if err != nil {
		return err
	}
	hashes := func(bundle []byte) ([][]byte, error) {
		var b api.EntryBundle
		if err := b.UnmarshalText(bundle); err != nil {
			return nil, err
		}
		var all [][]byte
		for _, entry := range b.Entries {
			hash := tlog.RecordHash(entry)
			all = append(all, hash[:])
		}
		return all, nil
	}
	return fsck.New(verifier.Name(), verifier, fetcher, hashes, fsck.Opts{N: 2}).Check(ctx)
}

// prove is sumdb's: the inclusion of some leaves, and that an earlier tree is the
// beginning.
func prove(ctx context.Context, address, vkey string, leaves [][]byte) error {
	tiles := monitor.Tiles{Fetcher: monitor.HTTP(address, nil)}
	signed, err := tiles.ReadCheckpoint(ctx)
	if err != nil {
		return err
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	n, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return err
	}
	tree, err := tlog.ParseTree([]byte("go.sum database tree\n" + n.Text[len(verifier.Name())+1:]))
	if err != nil {
		return err
	}
	hashes := tlog.TileHashReader(tree, tileReader{ctx, tiles})
	for _, i := range []int64{0, tree.N / 2, tree.N - 1} {
		proof, err := tlog.ProveRecord(tree.N, i, hashes)
		if err != nil {
			return err
		}
		bundle, err := tiles.ReadEntries(ctx, uint64(i/256), ledger.TileWidth(0, uint64(i/256), uint64(tree.N)))
		if err != nil {
			return err
		}
		entries, err := ledger.SplitEntries(bundle)
		if err != nil || !bytes.Equal(entries[i%256], leaves[i]) && i > 0 {
			return errors.Join(err, fmt.Errorf("entry %d is not the leaf", i))
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, i, tlog.RecordHash(entries[i%256])); err != nil {
			return err
		}
	}
	half := tree.N / 2
	if half == 0 {
		return nil
	}
	old, err := tlog.TreeHash(half, hashes)
	if err != nil {
		return err
	}
	proof, err := tlog.ProveTree(tree.N, half, hashes)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, tree.N, tree.Hash, half, old)
}

// tileReader is how tlog reads the tiles of a log at an address.
type tileReader struct {
	ctx   context.Context
	tiles monitor.Tiles
}

func (tileReader) Height() int { return 8 }

func (r tileReader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	all := make([][]byte, len(tiles))
	for i, t := range tiles {
		var err error
		if all[i], err = r.tiles.ReadTile(r.ctx, uint64(t.L), uint64(t.N), t.W); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (tileReader) SaveTiles([]tlog.Tile, [][]byte) {}
