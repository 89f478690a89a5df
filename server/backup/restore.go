package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/inspection"
	"github.com/skalig/skalig/server/publiclog"
	"github.com/skalig/skalig/server/store"
)

// The errors that callers branch on.
var (
	ErrChanged = errors.New("the backup is not as it was taken")
	ErrBehind  = errors.New("the log was longer than the backup reaches: decisions are missing")
	ErrFork    = errors.New("the log said otherwise")
)

// Options say how to restore.
type Options struct {
	Log    publiclog.Config // what is to keep the log
	Newest []byte           // the newest checkpoint that anyone has seen, or nil
	Logger *slog.Logger
}

// Restore makes the data folder of a service, which must not exist, and looks at it.
// The report may name faults; an error says that there is no data folder now.
func Restore(ctx context.Context, from, keys, data string, o Options) (_ *inspection.Report, err error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	m, err := Read(from)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(data), 0o700); err != nil {
		return nil, fmt.Errorf("couldn't restore: %w", err)
	}
	if err := os.Mkdir(data, 0o700); err != nil {
		if errors.Is(err, fs.ErrExist) {
			err = fmt.Errorf("%s: %w", data, ErrExists)
		}
		return nil, fmt.Errorf("couldn't restore: %w", err)
	}
	defer func() {
		if err != nil { // it is ours, and half
			err = errors.Join(err, os.RemoveAll(data))
		}
	}()
	for dir, sums := range map[string]map[string]string{from: m.Data, keys: m.Keys} {
		if err := fetch(dir, data, sums); err != nil {
			return nil, err
		}
	}
	if err := relog(ctx, data, m, o); err != nil {
		return nil, err
	}
	return inspection.Check(ctx, data, inspection.Options{})
}

// Read reads a backup's manifest.
func Read(from string) (Manifest, error) {
	text, err := os.ReadFile(filepath.Join(from, manifestFile))
	if err != nil {
		return Manifest{}, fmt.Errorf("couldn't read the backup: %w", err)
	}
	var m Manifest
	if err := json.Unmarshal(text, &m, json.RejectUnknownMembers(true)); err != nil || m.Schema != Schema {
		return Manifest{}, fmt.Errorf("couldn't read the backup's manifest: %w", errors.Join(err, ErrChanged))
	}
	for _, sums := range []map[string]string{m.Data, m.Keys} {
		for name := range sums {
			if !filepath.IsLocal(name) {
				return Manifest{}, fmt.Errorf("couldn't read the backup's manifest: it names a file outside: %w", ErrChanged)
			}
		}
	}
	return m, nil
}

// fetch copies files that are as the manifest has them.
func fetch(dir, data string, sums map[string]string) error {
	for name, want := range sums {
		path, target := filepath.Join(dir, filepath.FromSlash(name)), filepath.Join(data, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
			return fmt.Errorf("couldn't restore: %w", err)
		}
		if err := copyFile(path, target); err != nil {
			return fmt.Errorf("couldn't restore: %w", err)
		}
		if got, err := sum(target); err != nil || got != want {
			return fmt.Errorf("couldn't restore %s: %w", name, errors.Join(ErrChanged, err))
		}
	}
	return nil
}

// relog makes the log of the outbox, or opens the one in Trillian, and compares it
// with what is known of it.
func relog(ctx context.Context, data string, m Manifest, o Options) (err error) {
	fail := func(err error) error { return fmt.Errorf("couldn't make the log again: %w", err) }
	known, err := checkpoints(m, o, filepath.Join(data, "log", "vkey"))
	if err != nil {
		return fail(err)
	}
	st, err := store.Open(ctx, store.Options{Dir: data})
	if err != nil {
		return fail(err)
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	length, err := st.Length()
	if err != nil {
		return fail(err)
	}
	dir := filepath.Join(data, "log")
	if _, err := publiclog.Backend(dir); errors.Is(err, publiclog.ErrNone) && len(known) > 0 {
		if _, err := publiclog.Create(ctx, dir, known[0].Origin, o.Log); err != nil {
			return fail(err)
		}
	}
	if len(known) == 0 { // nothing was ever decided
		return nil
	}
	log, err := publiclog.Open(ctx, dir, o.Log, o.Logger)
	if err != nil {
		return fail(err)
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		err = errors.Join(err, log.Close(closing))
	}()
	var stored []tlog.Hash
	tree := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		list := make([]tlog.Hash, len(indexes))
		for i, x := range indexes {
			list[i] = stored[x]
		}
		return list, nil
	})
	for first := uint64(0); first < length; {
		leaves, err := st.Leaves(ctx, first, 1024)
		if err != nil {
			return fail(err)
		}
		texts := make([][]byte, len(leaves))
		for i, l := range leaves {
			texts[i] = l.Text
			added, err := tlog.StoredHashes(int64(first)+int64(i), l.Text, tree)
			if err != nil {
				return fail(err)
			}
			stored = append(stored, added...)
		}
		if err := log.Append(ctx, first, texts); err != nil {
			return fail(err)
		}
		first += uint64(len(leaves))
	}
	for _, c := range known {
		if c.Size > length {
			return fmt.Errorf("couldn't restore: the log had %d leaves, the backup has %d: %w", c.Size, length, ErrBehind)
		}
		if root, err := tlog.TreeHash(int64(c.Size), tree); err != nil || root != c.Root {
			return fmt.Errorf("couldn't restore: at %d leaves: %w", c.Size, errors.Join(ErrFork, err))
		}
	}
	if length > 0 {
		if _, err := log.AwaitPublished(ctx, length-1); err != nil {
			return fail(err)
		}
	}
	return nil
}

// checkpoints are those that the log is held to, verified by its key.
func checkpoints(m Manifest, o Options, vkeyFile string) (known []ledger.Checkpoint, err error) {
	for _, signed := range []string{m.Checkpoint, string(o.Newest)} {
		if signed == "" {
			continue
		}
		vkey, err := os.ReadFile(vkeyFile)
		if err != nil {
			return nil, err
		}
		c, err := ledger.OpenCheckpoint([]byte(signed), []string{strings.TrimSpace(string(vkey))})
		if err != nil {
			return nil, fmt.Errorf("a checkpoint is not the log's: %w", err)
		}
		known = append(known, c)
	}
	return known, nil
}
