package simulation_test

import (
	"bytes"
	"context"
	"database/sql/driver"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/server/store/fragile"
)

// died looks at what a process has left behind.
func (w *world) died(n *node) {
	w.mu.Lock()
	w.deaths++
	w.mu.Unlock()
	if err := w.holds(); err != nil {
		w.broken("after %s has died: %v", n.name, err)
	}
	w.look()
}

// holds says what does not hold of what is durable, at whatever moment.
func (w *world) holds() error {
	p, err := w.durable()
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for who, id := range w.told.cases {
		if p.submitted[id] != 1 {
			return fmt.Errorf("%s was told of case %s, which was submitted %d times", who, id, p.submitted[id])
		}
	}
	for id, n := range p.decided {
		if n != 1 {
			return fmt.Errorf("case %s was decided %d times", id, n)
		}
	}
	for id := range w.told.published {
		if p.decided[id] != 1 || p.published[id] != 1 {
			return fmt.Errorf("somebody holds a receipt of case %s, which is not in the journal", id)
		}
	}
	for id := range w.told.decided {
		if p.decided[id] != 1 {
			return fmt.Errorf("a caseworker was told of a decision of case %s, which is not in the journal", id)
		}
	}
	for id := range w.told.ordered {
		if !p.batches[id] {
			return fmt.Errorf("an approver was told of payment file %s, which is not in the journal", id)
		}
	}
	return w.logHolds(p.leaves)
}

// logHolds says how the log differs from the outbox, as far as it goes.
func (w *world) logHolds(outbox [][]byte) error {
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	for i, leaf := range w.log.leaves {
		if i >= int64(len(outbox)) {
			return fmt.Errorf("the log has leaf %d, the outbox ends at %d", i, len(outbox))
		}
		if !bytes.Equal(leaf, outbox[i]) {
			return fmt.Errorf("leaf %d of the log is not that of the outbox", i)
		}
	}
	return nil
}

// look looks at the checkpoints that are shown to the world.
func (w *world) look() {
	if !w.shared {
		for _, n := range w.nodes {
			if signed, err := os.ReadFile(filepath.Join(n.dir, "log", "log", "checkpoint")); err == nil {
				w.saw(n.name, signed)
			}
		}
		return
	}
	if !w.posted {
		_ = w.server.Query(`SELECT 1 FROM sqlite_master WHERE name = 'log_checkpoint'`, func([]driver.Value) error { w.posted = true; return nil })
	}
	if !w.posted {
		return
	}
	if err := w.server.Query(`SELECT signed FROM log_checkpoint`, func(row []driver.Value) error { w.saw("the board", row[0].([]byte)); return nil }); err != nil {
		w.broken("couldn't read the board: %v", err)
	}
}

// rest waits until nothing has been half done for a while: what was in the midst of
// something when it froze goes on with it first.
func (w *world) rest() {
	until := time.Now().Add(2 * time.Minute)
	for quiet := 0; !w.ended(); {
		why := w.unrest()
		if quiet++; why != "" {
			quiet = 0
		}
		if quiet == 10 {
			w.alike()
			return
		}
		if time.Now().After(until) {
			w.broken("the service did not come to rest: %s", why)
		}
		w.wait(context.Background(), 200*time.Millisecond)
	}
}

// unrest says what is still half done.
func (w *world) unrest() string {
	for _, n := range w.nodes {
		s := n.up.Load()
		if s == nil {
			return n.name + " is down"
		}
		ctx, cancel := context.WithTimeout(s.life.ctx, 10*time.Second)
		err := s.store.Current(ctx)
		cancel()
		if err != nil {
			return fmt.Sprintf("%s can't follow the journal: %v", n.name, err)
		}
		if pending, err := s.store.Pending(); err != nil || len(pending) > 0 {
			return fmt.Sprintf("%d cases are only submitted on %s: %v", len(pending), n.name, err)
		}
		if waiting, _ := s.store.Unsigned(); waiting > 0 {
			return fmt.Sprintf("%d leaves have no receipt on %s", waiting, n.name)
		}
	}
	return ""
}

// alike holds that nodes with the same rows have the same read model.
func (w *world) alike() {
	by := map[uint64][32]byte{}
	for _, n := range w.nodes {
		s := n.up.Load()
		if s == nil {
			continue
		}
		digest, rows, err := s.store.Digest()
		if other, ok := by[rows]; err != nil || ok && other != digest {
			w.broken("%s has another read model of %d rows than another node: %v", n.name, rows, err)
		}
		by[rows] = digest
	}
}

// final holds the end of the world to all that must hold.
func (w *world) final() {
	if err := w.holds(); err != nil {
		w.broken("at the end: %v", err)
		return
	}
	if err := w.same(); err != nil {
		w.broken("at the end: %v", err)
		return
	}
	if err := w.trees(); err != nil {
		w.broken("at the end: %v", err)
	}
}

// same holds that a fresh replay gives what each node had, and that it is whole.
func (w *world) same() error {
	fresh, err := w.replay(w.nodes[0])
	if err != nil {
		return fmt.Errorf("the journal does not replay: %w", err)
	}
	defer fresh.Close() //nolint:errcheck // it only read
	want, rows, err := fresh.Digest()
	if err != nil {
		return err
	}
	for _, n := range w.nodes {
		if n.last.rows == rows && n.last.digest != want {
			return fmt.Errorf("the read model of %s is not what its %d rows give", n.name, rows)
		}
		if n.last.rows > rows {
			return fmt.Errorf("%s had %d rows, the journal has %d", n.name, n.last.rows, rows)
		}
	}
	return w.receipts(fresh)
}

// replay opens what a node left, by a line that brings everything.
func (w *world) replay(n *node) (*store.Store, error) {
	o := store.Options{Dir: n.dir, Clock: n.clock, Keep: 1, Free: func() uint64 { return 1 << 30 }}
	if w.shared {
		o.Database = fragile.Over(w.server, fragile.AllPerfect)
	} else {
		o.Files = n.disk.Files(fragile.AllPerfect)
	}
	return store.Open(context.Background(), o)
}

// receipts holds that every decision has one, and that each verifies.
func (w *world) receipts(s *store.Store) error {
	p, err := w.durable()
	if err != nil {
		return err
	}
	if len(p.submitted) < len(w.told.cases) {
		return fmt.Errorf("%d cases for %d applicants", len(p.submitted), len(w.told.cases))
	}
	for id := range p.submitted {
		f, err := s.Read(context.Background(), store.Program, id)
		if err != nil {
			return err
		}
		if f.State == store.StateQueued {
			continue
		}
		if rep := ledger.Verify(f.Receipt, []string{logKey}); !rep.OK {
			return fmt.Errorf("case %s is %s, and its receipt does not verify: %s", id, f.State, rep.Reason)
		}
	}
	if n := len(p.leaves); n != int(w.log.size) {
		return fmt.Errorf("%d leaves in the outbox and %d in the log", n, w.log.size)
	}
	return nil
}

// trees holds that every checkpoint that anyone was shown is of the tree that there is.
func (w *world) trees() error {
	for size, c := range w.told.trees {
		if int64(size) > w.log.size {
			return fmt.Errorf("a checkpoint of size %d was shown, the log has %d", size, w.log.size)
		}
		root, err := w.log.root(int64(size))
		if err != nil {
			return err
		}
		if tlog.Hash(c.Root) != root {
			return fmt.Errorf("the checkpoint of size %d that was shown is of another tree", size)
		}
	}
	return nil
}
