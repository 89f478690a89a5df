// Package backup copies a service's data while it runs, and makes a service's data
// of a copy again.
//
// # What is copied
//
// A backup is two folders, which must not be kept in one place:
//
//	data   every database but the sessions (a consistent snapshot each), documents,
//	       letters, releases, the log's public key, and manifest.json
//	keys   the keys that open them: keys/, and the log's signing key
//
// A key that is destroyed erases a case in every copy of the data; a copy of the
// keys undoes that. So data may be kept as long as the archive rule says, and keys
// only as long as a restore must reach back: a month, say.
//
// A copy is made beside its place, under a name that ends in .part, and put there when it
// is whole: the keys first, so that a folder with data has its keys. [Dated] makes a pair
// of folders that are named by their time, and removes those that are too old. In the
// data last-backup says when the last one was taken, for those who watch.
//
// The log's tiles are not copied: the outbox in the journal holds every leaf, and
// the log is made of it again byte for byte under its own key. A log that Trillian
// keeps stays there.
//
// # Consistency
//
// The journal is copied after the log's checkpoint was read, so that it holds all
// that the checkpoint covers; documents after the journal, since they are durable
// before the journal names them. The cases' keys are copied last, and again with all
// the rest if one was destroyed, or the keys were rotated, meanwhile.
//
// # Restoring
//
// [Restore] refuses files that are not as the manifest has them, makes the log anew
// and compares its root with the manifest's checkpoint, and has package inspection
// look at everything: journal, log and receipts tell one story. It is told the
// newest checkpoint that anyone has seen, where there is one: a backup that does not
// reach it would make the log say otherwise than it did, and is refused.
package backup

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/skalig/skalig/ledger/logdir"
	"github.com/skalig/skalig/server/store"
)

// Schema is that of the manifest.
const Schema = "skalig/backup/1"

const (
	manifestFile = "manifest.json"
	caseKeys     = "keys/cases.db"
)

// A Manifest says what a backup holds.
type Manifest struct {
	Schema     string            `json:"schema"`
	Taken      time.Time         `json:"taken"`
	Rows       uint64            `json:"rows"`       // of the journal
	Head       string            `json:"head"`       // hash of the journal's last row
	Checkpoint string            `json:"checkpoint"` // of the log, which the journal covers; empty if there was none
	Data       map[string]string `json:"data"`       // SHA-256 of each file, by its path
	Keys       map[string]string `json:"keys"`
}

// ErrExists: a folder that is to be made is there.
var ErrExists = errors.New("it exists already")

// ErrInside: of the data and the two copies, one lies in another.
var ErrInside = errors.New("one of the folders lies in another")

// errMoved: while the copy was made a case was erased, or the keys were rotated.
var errMoved = errors.New("a case was erased or the keys were rotated meanwhile, each time")

// Take copies the data of a service, which may be running, to two new folders.
func Take(ctx context.Context, data, to, keys string, now time.Time) (Manifest, error) {
	if store.InDatabase(data) {
		return Manifest{}, fmt.Errorf("couldn't copy the data: %w", store.ErrInDatabase)
	}
	if _, err := os.Stat(filepath.Join(data, "journal.db")); err != nil {
		return Manifest{}, fmt.Errorf("couldn't find the data: %w", err)
	}
	if err := apart(data, to, keys); err != nil {
		return Manifest{}, fmt.Errorf("couldn't copy the data: %w", err)
	}
	for range 5 {
		m, err := whole(ctx, data, to, keys, now)
		if errors.Is(err, errMoved) {
			continue
		}
		if err == nil {
			err = note(data, m.Taken)
		}
		return m, err
	}
	return Manifest{}, fmt.Errorf("couldn't copy the data: %w", errMoved)
}

// part ends the name of a copy that is being made.
const part = ".part"

// whole makes a copy beside its place and puts it there, or leaves nothing.
func whole(ctx context.Context, data, to, keys string, now time.Time) (m Manifest, err error) {
	fail := func(err error) (Manifest, error) { return Manifest{}, fmt.Errorf("couldn't copy the data: %w", err) }
	for _, dir := range []string{to, keys, to + part, keys + part} {
		if _, err := os.Lstat(dir); err == nil { // it is somebody's
			return fail(fmt.Errorf("%s: %w", dir, ErrExists))
		}
	}
	var made []string
	defer func() {
		if err != nil {
			for _, dir := range made {
				err = errors.Join(err, os.RemoveAll(dir))
			}
		}
	}()
	for _, dir := range []string{to + part, keys + part} {
		if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
			return fail(err)
		}
		if err := os.Mkdir(dir, 0o700); err != nil {
			return fail(err)
		}
		made = append(made, dir)
	}
	if m, err = take(ctx, data, to+part, keys+part, now); err != nil {
		return Manifest{}, err
	}
	for _, dir := range []string{keys, to} {
		if err := flushFolders(dir + part); err != nil {
			return fail(err)
		}
		if err := os.Rename(dir+part, dir); err != nil {
			return fail(err)
		}
		made = append(made, dir)
		if err := flush(filepath.Dir(dir)); err != nil {
			return fail(err)
		}
	}
	return m, nil
}

// apart holds that no folder lies in another: a copy in the data would be copied too, and
// keys beside what they open undo that they are kept apart.
func apart(folders ...string) error {
	var all []string
	for _, f := range folders {
		path, err := filepath.Abs(f)
		if err != nil {
			return err
		}
		all = append(all, real(path))
	}
	for i, a := range all {
		for j, b := range all {
			if rel, err := filepath.Rel(a, b); i != j && (err != nil || rel != ".." && !strings.HasPrefix(rel, "../")) {
				return fmt.Errorf("%s and %s: %w", folders[i], folders[j], ErrInside)
			}
		}
	}
	return nil
}

// real is a path without links, as far as it is there yet.
func real(path string) string {
	if r, err := filepath.EvalSymlinks(path); err == nil {
		return r
	}
	above := filepath.Dir(path)
	if above == path {
		return path
	}
	return filepath.Join(real(above), filepath.Base(path))
}

// take fills the two folders.
func take(ctx context.Context, data, to, keys string, now time.Time) (Manifest, error) {
	fail := func(err error) (Manifest, error) { return Manifest{}, fmt.Errorf("couldn't copy the data: %w", err) }
	m := Manifest{Schema: Schema, Taken: now.UTC().Truncate(time.Second), Data: map[string]string{}, Keys: map[string]string{}}
	checkpoint, err := os.ReadFile(filepath.Join(data, "log", "log", "checkpoint"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fail(err)
	}
	m.Checkpoint = string(checkpoint)
	turn, err := store.Turn(data)
	if err != nil {
		return fail(err)
	}
	before, err := count(ctx, filepath.Join(data, caseKeys), `SELECT count(*) FROM case_keys`)
	if err != nil {
		return fail(err)
	}
	first := []string{"journal.db"} // then everything else
	for _, name := range append(first, others(data)...) {
		if err := copyPart(ctx, data, to, name, m.Data); err != nil {
			return fail(err)
		}
	}
	for _, name := range []string{"keys", "log/key"} {
		if err := copyPart(ctx, data, keys, name, m.Keys); err != nil {
			return fail(err)
		}
	}
	after, err := count(ctx, filepath.Join(keys, caseKeys), `SELECT count(*) FROM case_keys`)
	if err != nil {
		return fail(err)
	}
	turned, err := store.Turn(data)
	if err != nil {
		return fail(err)
	}
	if after < before || turned != turn {
		return Manifest{}, errMoved
	}
	journal := filepath.Join(to, "journal.db")
	if m.Rows, err = count(ctx, journal, `SELECT seq FROM journal_head`); err != nil {
		return fail(err)
	}
	if err := one(ctx, journal, `SELECT lower(hex(hash)) FROM journal_head`, &m.Head); err != nil {
		return fail(err)
	}
	text, err := json.Marshal(m, json.Deterministic(true), jsontext.Multiline(true))
	if err == nil {
		err = logdir.WriteFile(filepath.Join(to, manifestFile), append(text, '\n'), 0o600)
	}
	if err != nil {
		return fail(err)
	}
	return m, nil
}

// others are the parts of the data beside the journal and the keys. A part that a
// later version adds is copied without being named here.
func others(data string) []string {
	entries, err := os.ReadDir(data)
	if err != nil {
		return nil // the journal beside it will say
	}
	names := []string{"log/vkey", "log/tree"}
	for _, e := range entries {
		switch name := e.Name(); {
		case name == "journal.db", name == "keys", name == "log", name == "lock", name == lastFile, strings.HasPrefix(name, "sessions.db"),
			strings.HasSuffix(name, "-wal"), strings.HasSuffix(name, "-shm"), strings.Contains(name, ".new"), strings.HasSuffix(name, ".tmp"), strings.HasPrefix(name, "log."):
		default:
			names = append(names, name)
		}
	}
	return names
}

// copyPart copies a file, a database or a folder, and notes what it copied. What is
// not there, or goes while it is copied, is not part of it.
func copyPart(ctx context.Context, from, to, name string, sums map[string]string) error {
	return filepath.WalkDir(filepath.Join(from, name), func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		switch {
		case d.IsDir():
			return os.MkdirAll(target, 0o700)
		case strings.HasSuffix(rel, "-wal"), strings.HasSuffix(rel, "-shm"), strings.Contains(filepath.Base(rel), ".new"):
			return nil
		}
		if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
			return err
		}
		if strings.HasSuffix(rel, ".db") {
			err = snapshot(ctx, path, target)
		} else {
			err = copyFile(path, target)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			sums[filepath.ToSlash(rel)], err = sum(target)
		}
		return err
	})
}

// snapshot copies an SQLite database as it is at one moment, without holding up
// whoever writes to it.
func snapshot(ctx context.Context, from, to string) error {
	db, err := open(from)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, `VACUUM INTO $1`, to); err != nil {
		return fmt.Errorf("couldn't copy %s: %w", filepath.Base(from), err)
	}
	if err := os.Chmod(to, 0o600); err != nil {
		return err
	}
	var mode string // the copy forgets it
	if err := one(ctx, to, `PRAGMA journal_mode = WAL`, &mode); err != nil {
		return fmt.Errorf("couldn't copy %s: %w", filepath.Base(from), err)
	}
	return flush(to)
}

func open(path string) (*sql.DB, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	u := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: "_pragma=busy_timeout(10000)"}
	return sql.Open("sqlite", u.String())
}

func one(ctx context.Context, path, query string, to any) error {
	db, err := open(path)
	if err != nil {
		return err
	}
	defer db.Close()
	return db.QueryRowContext(ctx, query).Scan(to)
}

func count(ctx context.Context, path, query string) (n uint64, err error) {
	err = one(ctx, path, query, &n)
	return n, err
}

func copyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.WriteFile(to, text, 0o600); err != nil {
		return err
	}
	return flush(to)
}

func flush(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// flushFolders makes the names in a folder durable, of which the files are.
func flushFolders(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return flush(path)
	})
}

func sum(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	s := sha256.Sum256(text)
	return hex.EncodeToString(s[:]), nil
}
