package inspection

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/monitor"
	"github.com/skalig/skalig/server/publiclog"
	"github.com/skalig/skalig/server/secret"
	"golang.org/x/mod/sumdb/tlog"
)

// readKey reads the log's verifier key, with which everything is verified.
func (i *inspection) readKey() error {
	text, err := os.ReadFile(filepath.Join(i.dir, "log", "vkey"))
	if err != nil {
		return fmt.Errorf("couldn't read the log's key: %w", err)
	}
	i.vkey = strings.TrimSpace(string(text))
	return nil
}

// person holds that people are who they were. Without the key all can be looked at still.
// Of nodes their database has the fingerprint, and each start compares it.
func (i *inspection) person() error {
	k, err := secret.Load(filepath.Join(i.dir, "keys", "person"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		i.fault(Key, 0, "%v", err)
		return nil
	}
	if err := k.Noted(i.dir, "person"); errors.Is(err, secret.ErrOther) {
		i.fault(Key, 0, "keys/person: %v", err)
	} else if err != nil {
		return err
	}
	return nil
}

// log looks at what the log shows, in its files and, of nodes, in their database.
func (i *inspection) log() error {
	if i.o.Database == nil {
		return i.walk()
	}
	// A folder that was copied has no tiles: its node makes them when it starts.
	if _, err := os.Stat(filepath.Join(i.dir, "log", "log", "tile")); err == nil {
		if err := i.walk(); err != nil {
			return err
		}
	}
	return i.posted()
}

// posted takes the checkpoint that nodes share for the log's. The one in a node's folder
// may be behind it.
func (i *inspection) posted() error {
	signed, err := publiclog.Posted(i.ctx, i.o.Database)
	if err != nil {
		return err
	}
	if signed == nil {
		i.fault(Log, 0, "the nodes have no checkpoint")
		return nil
	}
	c, err := ledger.OpenCheckpoint(signed, []string{i.vkey})
	if err != nil {
		i.fault(Log, 0, "the nodes' checkpoint was refused: %s", code(err))
		return nil
	}
	if c.Size < i.r.Published {
		i.fault(Log, 0, "the folder's log has %d leaves, the nodes' checkpoint is of %d: the database is older than the log", i.r.Published, c.Size)
		return nil
	}
	i.publish(c)
	return nil
}

// publish notes a checkpoint that the world has seen, as large as the last one or larger.
func (i *inspection) publish(c ledger.Checkpoint) {
	i.shown = append(i.shown, c)
	i.r.Origin, i.r.Published, i.r.Root = c.Origin, c.Size, c.Root
}

// walk walks the log in its files, as a monitor that sees it for the first time.
func (i *inspection) walk() error {
	root, err := os.OpenRoot(filepath.Join(i.dir, "log", "log"))
	if errors.Is(err, fs.ErrNotExist) {
		i.fault(Log, 0, "there is no log")
		return nil
	}
	if err != nil {
		return fmt.Errorf("couldn't open the log: %w", err)
	}
	defer root.Close()
	tiles := monitor.Tiles{Fetcher: monitor.Dir(root.FS())}
	if _, err := tiles.ReadCheckpoint(i.ctx); errors.Is(err, ledger.ErrNotFound) {
		i.fault(Log, 0, "there is no checkpoint")
		return nil
	}
	result, err := monitor.Poll(i.ctx, tiles, i.vkey, nil, func(index uint64, leaf []byte) {
		for uint64(len(i.inLog)) < index {
			i.inLog = append(i.inLog, unknown)
		}
		i.inLog = append(i.inLog, ledger.LeafHash(leaf))
	})
	if err != nil {
		return err
	}
	for _, f := range result.Faults {
		i.fault(Log, 0, "%s", f)
	}
	i.publish(result.New)
	return nil
}

// unknown stands for a leaf that the log does not show; its absence is a fault
// already.
var unknown [32]byte

// compare holds the log against the outbox, once that is known in full.
func (i *inspection) compare() {
	length := uint64(len(i.outbox))
	if i.r.Published > length {
		i.fault(Log, 0, "the log has %d leaves, the outbox %d: the journal is older than the log, or its end was taken away", i.r.Published, length)
	}
	same := true
	for index, hash := range i.inLog {
		if uint64(index) >= length {
			break
		}
		if hash != unknown && hash != i.outbox[index].leaf {
			same = false
			i.fault(Log, i.outbox[index].row, "leaf %d of the log is not the leaf of this row", index)
		}
	}
	for _, c := range i.shown {
		if !same || c.Size > length || c.Size == 0 {
			continue
		}
		if root, err := i.root(c.Size); err != nil || root != c.Root {
			i.fault(Log, 0, "the root over the first %d leaves of the outbox is %s, the log's is %s", c.Size, root, c.Root)
		}
	}
	if i.ahead.count > 0 && i.r.Origin != "" {
		i.fault(Log, 0, "%d receipts are under checkpoints of up to %d leaves, the log's is of %d: an older log or checkpoint was put back", i.ahead.count, i.ahead.size, i.r.Published)
	}
}

// root is the root over the outbox's first n leaves.
func (i *inspection) root(n uint64) (tlog.Hash, error) {
	if root, ok := i.roots[n]; ok {
		return root, nil
	}
	if n > uint64(len(i.outbox)) {
		return tlog.Hash{}, errors.New("the outbox is shorter")
	}
	root, err := tlog.TreeHash(int64(n), i.stored)
	if err == nil {
		i.roots[n] = root
	}
	return root, err
}
