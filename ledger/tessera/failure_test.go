package tessera_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
)

// A second writer, which the lock should have kept out, is noticed before anything
// is written beside it.
func TestSecondWriterIsNoticed(t *testing.T) {
	dir, _, leaves := kept(t, 2)
	log, _ := reopen(t, dir)
	state := filepath.Join(dir, "log/.state/treeState")
	data, err := os.ReadFile(state)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(state, bytes.Replace(data, []byte(`"size":2`), []byte(`"size":3`), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	for range 2 { // and it stays so
		if err := log.Append(t.Context(), 2, leaves[:1]); !errors.Is(err, ledger.ErrUncertain) {
			t.Fatalf("beside a second writer: %v", err)
		}
	}
	if err := os.WriteFile(state, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := log.Append(t.Context(), 2, leaves[:1]); err == nil {
		t.Error("appended without being opened again")
	}
	if err := log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	log, _ = reopen(t, dir)
	if err := log.Append(context.Background(), 0, leaves); err != nil {
		t.Error(err)
	}
	if err := log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// When the disk fails, an append fails and the next one, once it works again, does not.
func TestAppendResumesAfterFailure(t *testing.T) {
	dir, vkey, _ := kept(t, 3)
	leaves := ledgertest.Leaves(ledgertest.Chain("9999", 6))
	log, _ := reopen(t, dir)
	// A directory stands where the next tile belongs: renaming a file to it fails.
	obstacle := filepath.Join(dir, "log/tile/0/000.p/6")
	if err := os.Mkdir(obstacle, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := log.Append(t.Context(), 3, leaves[3:]); err == nil {
		t.Fatal("appended though the tile could not be written")
	}
	if size, err := log.Size(t.Context()); err != nil || size != 3 {
		t.Fatalf("size %d, %v", size, err)
	}
	if err := os.Remove(obstacle); err != nil {
		t.Fatal(err)
	}
	if err := log.Append(t.Context(), 3, leaves[3:]); err != nil {
		t.Fatal(err)
	}
	ledgertest.Check(t, log, vkey, leaves, ledger.Checkpoint{})
	if err := log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// When the checkpoint cannot be written, leaves are durable and those who wait for
// publication wait until it can.
func TestPublishingResumesAfterFailure(t *testing.T) {
	dir, vkey, _ := kept(t, 3)
	leaves := ledgertest.Leaves(ledgertest.Chain("9999", 4))
	log, _ := reopen(t, dir)
	obstacle := filepath.Join(dir, "log/checkpoint.tmp")
	if err := os.Mkdir(obstacle, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := log.Append(t.Context(), 3, leaves[3:]); err != nil {
		t.Fatal(err)
	}
	if c, err := log.ReadCheckpoint(t.Context()); err != nil || !bytes.Contains(c, []byte("\n3\n")) {
		t.Fatalf("checkpoint %q, %v", c, err)
	}
	if err := os.Remove(obstacle); err != nil {
		t.Fatal(err)
	}
	ledgertest.Check(t, log, vkey, leaves, ledger.Checkpoint{})
	if err := log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Once a tile is full, Tessera removes the partial ones it grew from. Receipts as of
// a checkpoint from before are made from the full one.
func TestOutgrownTilesAreNotNeeded(t *testing.T) {
	dir, vkey, _ := kept(t, 77)
	log, _ := reopen(t, dir)
	old, err := log.ReadCheckpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	items := ledgertest.Chain("9999", 300)
	leaves := ledgertest.Leaves(items)
	if err := log.Append(t.Context(), 77, leaves[77:]); err != nil {
		t.Fatal(err)
	}
	ledgertest.Check(t, log, vkey, leaves, ledger.Checkpoint{})
	for _, name := range []string{"log/tile/0/000.p", "log/tile/entries/000.p"} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for i, item := range items[:77] {
		r, err := ledger.NewReceipt(t.Context(), log, old, uint64(i), item.Leaf, item.Record, item.Salt)
		if err != nil {
			t.Fatal(err)
		}
		if rep := ledger.Verify(r.Marshal(), []string{vkey}); !rep.OK || rep.Size != 77 {
			t.Fatalf("receipt of %d: %+v", i, rep)
		}
	}
	if err := log.Append(t.Context(), 0, leaves[:77]); err != nil {
		t.Error(err)
	}
	if err := log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}
