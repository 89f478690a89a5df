package migrate_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/ledgertest"
	"github.com/skalig/skalig/ledger/migrate"
	"github.com/skalig/skalig/ledger/tessera"
	"github.com/skalig/skalig/ledger/trillian"
	"github.com/skalig/skalig/ledger/trillian/trilliantest"
)

const origin = "log.example.se/skalig"

func TestMain(m *testing.M) { os.Exit(trilliantest.Run(m)) }

// A backend opens the log at dir and creates it if there is none.
type backend func(t *testing.T, dir string) migrate.Target

func files(t *testing.T, dir string) migrate.Target {
	t.Helper()
	if _, err := tessera.Init(dir, origin); err != nil && !errors.Is(err, tessera.ErrExists) {
		t.Fatal(err)
	}
	log, err := tessera.Open(context.Background(), dir, tessera.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return target(t, log, log.Key())
}

func database(t *testing.T, dir string) migrate.Target {
	t.Helper()
	conn := trilliantest.Conn(t)
	if _, err := trillian.Init(context.Background(), conn, dir, origin, 0); err == nil {
		text, err := os.ReadFile(filepath.Join(dir, "tree"))
		must(t, err)
		number, err := strconv.ParseInt(string(text), 10, 64)
		must(t, err)
		trilliantest.Retire(t, number)
	} else if !errors.Is(err, trillian.ErrExists) {
		t.Fatal(err)
	}
	log, err := trillian.Open(context.Background(), conn, dir, trillian.Options{})
	must(t, err)
	return target(t, log, log.Key())
}

func target(t *testing.T, log ledger.Log, vkey string) migrate.Target {
	t.Cleanup(func() { must(t, log.Close(context.Background())) })
	return migrate.Target{Log: log, Key: vkey}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func source(from migrate.Target) migrate.Source { return migrate.Source{Tiles: from, Key: from.Key} }

// successor is an empty log in the other backend under the key of the log at dir.
func successor(t *testing.T, open backend, dir string) migrate.Target {
	t.Helper()
	next := t.TempDir()
	skey, err := os.ReadFile(filepath.Join(dir, "key"))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(next, "key"), skey, 0o600))
	return open(t, next)
}

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// A log moves to the other backend in the middle of its life, and receipts from before
// and after the move verify under one key.
func TestMove(t *testing.T) {
	for name, move := range map[string]struct{ from, to backend }{
		"Tessera to Trillian": {files, database},
		"Trillian to Tessera": {database, files},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, dir := within(t), t.TempDir()
			items := ledgertest.Chain("9999", 1500)
			leaves := ledgertest.Leaves(items)
			old := move.from(t, dir)
			must(t, old.Append(ctx, 0, leaves[:600]))
			earlier := receipt(t, ctx, old, items[77], 77)

			// While the old log goes on, and again when it has stopped; and once more, which
			// changes nothing.
			next := successor(t, move.to, dir)
			if next.Key != old.Key {
				t.Fatalf("key %s, was %s", next.Key, old.Key)
			}
			for _, size := range []uint64{600, 1111, 1111} {
				have, err := old.Size(ctx)
				must(t, err)
				must(t, old.Append(ctx, have, leaves[have:size]))
				want, err := old.AwaitPublished(ctx, size-1)
				must(t, err)
				c, err := migrate.Copy(ctx, next, source(old))
				must(t, err)
				got, err := next.ReadCheckpoint(ctx)
				must(t, err)
				if c.Size != size || !bytes.Equal(got, want) {
					t.Fatalf("the copy's checkpoint is\n%s\nwant\n%s", got, want)
				}
			}

			// Without a gap.
			must(t, next.Append(ctx, 1111, leaves[1111:]))
			before, err := ledger.ParseCheckpoint(earlier.Checkpoint)
			must(t, err)
			ledgertest.Check(t, next, next.Key, leaves, before)
			for index, r := range map[uint64]ledger.Receipt{
				77:   earlier,
				78:   receipt(t, ctx, next, items[78], 78),
				1400: receipt(t, ctx, next, items[1400], 1400),
			} {
				if rep := ledger.Verify(r.Marshal(), []string{next.Key}); !rep.OK || rep.Index != index {
					t.Errorf("receipt of %d: %+v", index, rep)
				}
			}
			// The old checkpoint's receipt can still be made, from the new log's tiles.
			again, err := ledger.NewReceipt(ctx, next, earlier.Checkpoint, 77, items[77].Leaf, items[77].Record, items[77].Salt)
			must(t, err)
			if !bytes.Equal(again.Marshal(), earlier.Marshal()) {
				t.Error("the receipt from before the move comes out differently after it")
			}
			// And a copy into a log that has gone on says so with its checkpoint.
			c, err := migrate.Copy(ctx, next, source(old))
			must(t, err)
			if c.Size != 1500 {
				t.Errorf("the copy has size %d", c.Size)
			}
		})
	}
}

func receipt(t *testing.T, ctx context.Context, log ledger.Log, item ledgertest.Item, index uint64) ledger.Receipt {
	t.Helper()
	checkpoint, err := log.AwaitPublished(ctx, index)
	must(t, err)
	r, err := ledger.NewReceipt(ctx, log, checkpoint, index, item.Leaf, item.Record, item.Salt)
	must(t, err)
	return r
}

// memory is a log in memory of that name, with leaves.
func memory(t *testing.T, name string, leaves [][]byte) migrate.Target {
	t.Helper()
	signer, vkey := ledgertest.Key(name)
	log, err := ledgertest.NewMemory(signer)
	must(t, err)
	must(t, log.Append(t.Context(), 0, leaves))
	return target(t, log, vkey)
}

// What is not the same log is not copied, and nothing of it.
func TestRefusals(t *testing.T) {
	leaves, others := ledgertest.Leaves(ledgertest.Chain("9999", 700)), ledgertest.Leaves(ledgertest.Chain("1234", 700))
	good := source(memory(t, origin, leaves))
	_, otherKey := ledgertest.Key("other.example/log")
	for _, c := range []struct {
		name string
		to   migrate.Target
		from migrate.Source
		want error
	}{
		{"another name", memory(t, "other.example/log", nil), good, migrate.ErrName},
		{"another key", memory(t, origin, nil), migrate.Source{Tiles: good.Tiles, Key: otherKey}, ledger.OriginUnknown},
		{"a leaf changed", memory(t, origin, nil), migrate.Source{Tiles: spoiled{good.Tiles, 1, 40, 0}, Key: good.Key}, migrate.ErrDamaged},
		{"a hash changed", memory(t, origin, nil), migrate.Source{Tiles: spoiled{good.Tiles, 1, 0, 40}, Key: good.Key}, migrate.ErrDamaged},
		{"other leaves there", memory(t, origin, others[:300]), good, migrate.ErrDiffers},
		{"one other leaf there", memory(t, origin, append(leaves[:299:299], others[0])), good, migrate.ErrDiffers},
		{"as many others there", memory(t, origin, others), good, ledger.ErrFork},
		{"as many others there, whole bundles", memory(t, origin, others[:512]), source(memory(t, origin, leaves[:512])), migrate.ErrDiffers},
		{"more others there", memory(t, origin, append(leaves[:699:699], others[:5]...)), good, ledger.ErrFork},
	} {
		before, err := c.to.Size(t.Context())
		must(t, err)
		if _, err := migrate.Copy(t.Context(), c.to, c.from); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		after, err := c.to.Size(t.Context())
		must(t, err)
		if after > before+256 || c.want != migrate.ErrDamaged && after > before {
			t.Errorf("%s: %d leaves were appended", c.name, after-before)
		}
	}
	empty := memory(t, origin, nil)
	if c, err := migrate.Copy(t.Context(), empty, source(memory(t, origin, nil))); err != nil || c.Size != 0 {
		t.Errorf("an empty log: size %d, %v", c.Size, err)
	}
}

// spoiled is a log in which one byte of a bundle, or of a tile, is another.
type spoiled struct {
	ledger.Tiles
	index       uint64
	entry, hash int
}

func (s spoiled) ReadEntries(ctx context.Context, index uint64, width int) ([]byte, error) {
	return spoil(index == s.index, s.entry)(s.Tiles.ReadEntries(ctx, index, width))
}

func (s spoiled) ReadTile(ctx context.Context, level, index uint64, width int) ([]byte, error) {
	return spoil(level == 0 && index == s.index, s.hash)(s.Tiles.ReadTile(ctx, level, index, width))
}

func spoil(here bool, at int) func([]byte, error) ([]byte, error) {
	return func(data []byte, err error) ([]byte, error) {
		if here && at > 0 && err == nil {
			data = bytes.Clone(data)
			data[at] ^= 1
		}
		return data, err
	}
}
