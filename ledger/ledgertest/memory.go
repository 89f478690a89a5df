package ledgertest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"sync"

	"github.com/skalig/skalig/ledger"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Memory is a log that lives and dies with its process, made of nothing but
// [tlog]: a log for tests of what is built on logs, and the second opinion that
// the suite compares a backend with. Every append is published at once.
type Memory struct {
	signer note.Signer

	mu         sync.Mutex
	leaves     [][]byte
	hashes     stored
	checkpoint []byte
	published  chan struct{} // closed and replaced at every checkpoint
	closed     bool
}

var _ ledger.Log = (*Memory)(nil)

// stored holds the hashes of all complete subtrees in [tlog] order.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	list := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		list[i] = s[x]
	}
	return list, nil
}

// NewMemory returns an empty log with a published checkpoint.
func NewMemory(signer note.Signer) (*Memory, error) {
	m := &Memory{signer: signer, published: make(chan struct{})}
	return m, m.publish()
}

// Append implements [ledger.Appender].
func (m *Memory) Append(ctx context.Context, first uint64, leaves [][]byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return ledger.ErrClosed
	}
	if first > uint64(len(m.leaves)) {
		return ledger.ErrGap
	}
	for i, leaf := range leaves {
		if _, err := ledger.ParseLeaf(leaf); err != nil {
			return ledger.ErrNotLeaf
		}
		if at := first + uint64(i); at < uint64(len(m.leaves)) && !bytes.Equal(m.leaves[at], leaf) {
			return ledger.ErrFork
		}
	}
	for i, leaf := range leaves {
		if at := first + uint64(i); at == uint64(len(m.leaves)) {
			hashes, err := tlog.StoredHashes(int64(at), leaf, m.hashes)
			if err != nil {
				return err
			}
			m.hashes = append(m.hashes, hashes...)
			m.leaves = append(m.leaves, bytes.Clone(leaf))
		}
	}
	return m.publish()
}

func (m *Memory) publish() error {
	root := tlog.Hash(sha256.Sum256(nil))
	if len(m.leaves) > 0 {
		var err error
		if root, err = tlog.TreeHash(int64(len(m.leaves)), m.hashes); err != nil {
			return err
		}
	}
	checkpoint, err := ledger.SignCheckpoint(m.signer, uint64(len(m.leaves)), root)
	if err != nil {
		return err
	}
	m.checkpoint = checkpoint
	close(m.published)
	m.published = make(chan struct{})
	return nil
}

// Size implements [ledger.Appender].
func (m *Memory) Size(ctx context.Context) (uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return uint64(len(m.leaves)), nil
}

// AwaitPublished implements [ledger.Appender].
func (m *Memory) AwaitPublished(ctx context.Context, index uint64) ([]byte, error) {
	for {
		m.mu.Lock()
		size, checkpoint, published, closed := uint64(len(m.leaves)), m.checkpoint, m.published, m.closed
		m.mu.Unlock()
		switch {
		case index < size:
			return bytes.Clone(checkpoint), nil
		case closed:
			return nil, ledger.ErrClosed
		}
		select {
		case <-published:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// ReadCheckpoint implements [ledger.Tiles].
func (m *Memory) ReadCheckpoint(ctx context.Context) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return bytes.Clone(m.checkpoint), nil
}

// ReadTile implements [ledger.Tiles].
func (m *Memory) ReadTile(ctx context.Context, level, index uint64, width int) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if width < 1 || width > ledger.TileWidth(level, index, uint64(len(m.leaves))) {
		return nil, ledger.ErrNotFound
	}
	return tlog.ReadTileData(tlog.Tile{H: 8, L: int(level), N: int64(index), W: width}, m.hashes)
}

// ReadEntries implements [ledger.Tiles].
func (m *Memory) ReadEntries(ctx context.Context, index uint64, width int) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if width < 1 || width > ledger.TileWidth(0, index, uint64(len(m.leaves))) {
		return nil, ledger.ErrNotFound
	}
	var bundle []byte
	for _, leaf := range m.leaves[index*256:][:width] {
		bundle = append(bundle, byte(len(leaf)>>8), byte(len(leaf)))
		bundle = append(bundle, leaf...)
	}
	return bundle, nil
}

// Close implements [ledger.Log].
func (m *Memory) Close(ctx context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.closed {
		m.closed = true
		close(m.published)
		m.published = make(chan struct{})
	}
	return nil
}
