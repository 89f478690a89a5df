package faults_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/skalig/skalig/server/inspection"
	"github.com/skalig/skalig/server/store"
)

// whole is a folder with decisions in it, and how it was some decisions before.
func whole(t *testing.T) (now, before string) {
	t.Helper()
	s := newScene(filepath.Join(t.TempDir(), "data"))
	if err := s.take(t, 20).rest(t, s.heard); err != nil {
		t.Fatal(err)
	}
	before = copied(t, s.dir)
	if err := s.take(t, 15).rest(t, s.heard); err != nil {
		t.Fatal(err)
	}
	s.check(t)
	return s.dir, before
}

func copied(t testing.TB, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(to, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return os.Chmod(path, 0o600) // keys that others may read are refused
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// A harm is done to a copy of the folder.
type harm struct {
	name  string
	do    func(t *testing.T, dir string)
	start bool // a start must refuse it too, not only a check
}

// TestCorrupt harms the journal, its keys and the log in every way below: no harm
// passes a check unless what can be read is the same as before.
func TestCorrupt(t *testing.T) {
	now, before := whole(t)
	story := told(t, now)
	harms := []harm{
		{"journal from before", func(t *testing.T, dir string) { put(t, before, dir, "journal.db", "journal.db-wal") }, true},
		{"checkpoint from before", func(t *testing.T, dir string) { put(t, before, dir, "log/log/checkpoint") }, false},
		{"log from before", func(t *testing.T, dir string) {
			if err := os.RemoveAll(filepath.Join(dir, "log")); err != nil {
				t.Fatal(err)
			}
			if err := os.CopyFS(filepath.Join(dir, "log"), os.DirFS(filepath.Join(before, "log"))); err != nil {
				t.Fatal(err)
			}
		}, false},
		{"a key gone", func(t *testing.T, dir string) {
			change(t, filepath.Join(dir, "keys", "cases.db"), `DELETE FROM case_keys WHERE rowid = (SELECT rowid FROM case_keys ORDER BY random() LIMIT 1)`)
		}, false},
		{"a key changed", func(t *testing.T, dir string) {
			change(t, filepath.Join(dir, "keys", "cases.db"), `UPDATE case_keys SET wrapped = randomblob(length(wrapped)) WHERE rowid = (SELECT rowid FROM case_keys ORDER BY random() LIMIT 1)`)
		}, false},
	}
	row := `(SELECT seq FROM journal ORDER BY random() LIMIT 1)`
	for name, stmt := range map[string]string{
		"time":             `UPDATE journal SET at = at + 1 WHERE seq = ` + row,
		"kind":             `UPDATE journal SET kind = CASE kind WHEN 'queued' THEN 'published' ELSE 'queued' END WHERE seq = ` + row,
		"case":             `UPDATE journal SET case_ref = case_ref || 'x' WHERE seq = ` + row,
		"key":              `UPDATE journal SET idem_key = 'other' WHERE seq = ` + row,
		"head":             `UPDATE journal SET head = replace(head, '9', '8') || ' ' WHERE seq = ` + row,
		"body":             `UPDATE journal SET body = randomblob(length(body) + 1) WHERE seq = ` + row,
		"hash":             `UPDATE journal SET hash = randomblob(32) WHERE seq = ` + row,
		"row gone":         `DELETE FROM journal WHERE seq = ` + row,
		"last row gone":    `DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)`,
		"rows swapped":     `UPDATE journal SET seq = CASE seq WHEN 5 THEN -6 WHEN 6 THEN -5 END WHERE seq IN (5, 6); UPDATE journal SET seq = -seq WHERE seq < 0`,
		"head put back":    `UPDATE journal_head SET seq = seq - 1, hash = (SELECT hash FROM journal j WHERE j.seq = journal_head.seq - 1)`,
		"history cut":      `DELETE FROM journal WHERE seq >= (SELECT max(seq) FROM journal WHERE kind = 'decided'); UPDATE journal_head SET (seq, hash) = (SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1)`,
		"everything gone":  `DELETE FROM journal; UPDATE journal_head SET seq = 0, hash = zeroblob(32)`,
		"head of another":  `UPDATE journal_head SET hash = randomblob(32)`,
		"a row too many":   `INSERT INTO journal SELECT seq + 1, randomblob(32), kind, case_ref, at, NULL, head, body FROM journal ORDER BY seq DESC LIMIT 1`,
		"two rows for one": `UPDATE journal SET head = (SELECT head FROM journal WHERE kind = 'decided' ORDER BY seq LIMIT 1) WHERE seq = (SELECT max(seq) FROM journal WHERE kind = 'decided')`,
	} {
		harms = append(harms, harm{"journal: " + name, func(t *testing.T, dir string) { change(t, filepath.Join(dir, "journal.db"), stmt) }, true})
	}
	for range 120 {
		harms = append(harms, byteHarm(t, now))
	}
	if found := checked(t.Context(), copied(t, now)); found != "" { // else every harm would be found
		t.Fatalf("an unharmed copy: %s", found)
	}
	harmless := 0
	for _, h := range harms {
		dir := copied(t, now)
		h.do(t, dir)
		found := checked(t.Context(), dir)
		if found == "" {
			if got := told(t, dir); got != story {
				t.Errorf("%s: the check found nothing, and the story is another", h.name)
			}
			harmless++
			continue
		}
		if h.start {
			if err := recovered(t.Context(), dir); err == nil {
				t.Errorf("%s: the check says %s, and it was opened", h.name, found)
			}
		}
	}
	if harmless > len(harms)/4 {
		t.Errorf("%d of %d harms did no harm", harmless, len(harms))
	}
	t.Logf("%d harms: %d found, %d changed nothing that is read", len(harms), len(harms)-harmless, harmless)
}

// byteHarm flips, cuts or removes somewhere in one of the files that tell the
// story.
func byteHarm(t *testing.T, dir string) harm {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, path)
		tells := strings.HasPrefix(rel, "log/log/") && !strings.Contains(rel, ".state") || strings.HasPrefix(rel, "journal.db") && !strings.HasSuffix(rel, "-shm") ||
			rel == "keys/cases.db" || rel == "keys/kek"
		if err == nil && !d.IsDir() && tells {
			if wide := filepath.Dir(rel); strings.HasSuffix(wide, ".p") && len(files) > 0 && filepath.Dir(files[len(files)-1]) == wide {
				if width(files[len(files)-1]) > width(rel) {
					return nil // a part of a tile that a wider part has outgrown
				}
				files = files[:len(files)-1]
			}
			files = append(files, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	name := files[rand.IntN(len(files))]
	old, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	text, what := bytes.Clone(old), ""
	switch at := rand.IntN(max(1, len(old))); {
	case len(old) == 0 || rand.IntN(5) == 0:
		return harm{name + " removed", func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}, false}
	case rand.IntN(4) == 0:
		text, what = text[:at], fmt.Sprintf("cut at %d of %d", at, len(old))
	default:
		text[at] ^= 1 << rand.IntN(8)
		what = fmt.Sprintf("byte %d of %d flipped", at, len(old))
	}
	return harm{name + " " + what, func(t *testing.T, dir string) {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}, false}
}

// width is that of a part of a tile, the last element of its path.
func width(path string) int {
	n, _ := strconv.Atoi(filepath.Base(path))
	return n
}

// checked is the first fault that a check finds, or why it can't look.
func checked(ctx context.Context, dir string) string {
	report, err := inspection.Check(ctx, dir, inspection.Options{})
	if err != nil {
		return err.Error()
	}
	if report.Wrong > 0 {
		return report.Faults[0].String()
	}
	return ""
}

// told is all that a folder tells, row for row, and the checkpoint.
func told(t *testing.T, dir string) string {
	t.Helper()
	i, err := store.Inspect(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer i.Close() //nolint:errcheck // it only read
	var b strings.Builder
	for row, err := range i.Rows(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%d %s %s %d %+v %x %v\n", row.Seq, row.Kind, row.Case, row.At, row.Head, row.Body, row.BodyErr)
	}
	checkpoint, err := os.ReadFile(filepath.Join(dir, "log", "log", "checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	return b.String() + string(checkpoint)
}

func change(t *testing.T, path, statements string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for stmt := range strings.SplitSeq(statements, "; ") {
		done, err := db.Exec(stmt)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			t.Fatalf("%s changed nothing: %v", stmt, err)
		}
	}
}

// put replaces files of dir by those of another folder.
func put(t *testing.T, from, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(from, name))
		if os.IsNotExist(err) {
			if err := os.Remove(filepath.Join(dir, name)); err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
