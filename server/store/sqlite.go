package store

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"modernc.org/sqlite" // the driver too
	sqlite3 "modernc.org/sqlite/lib"
)

//go:embed schema.sql
var schema string

//go:embed keys.sql
var keysSchema string

// pageSize suits rows of a few kilobytes. It must be set by a statement before
// the first table exists: in the connection string it is ignored without a word.
const pageSize = 8192

// openDB opens an SQLite file with the pragmas that durability rests on, makes
// it with ddl where there is none (an empty ddl opens what exists), and refuses
// it unless the pragmas read back as they were set.
func openDB(ctx context.Context, path, ddl string, conns int) (*sql.DB, error) {
	if _, err := os.Stat(path); os.IsNotExist(err) && ddl != "" {
		if err := createDB(ctx, path, ddl); err != nil {
			return nil, err
		}
	}
	db, err := sql.Open("sqlite", dsn(path, "_pragma=synchronous(2)&_pragma=busy_timeout(10000)&_txlock=immediate"))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	if err := checkPragmas(ctx, db); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

// createDB makes the file under another name first, so that a crash leaves
// either no journal or a whole one.
func createDB(ctx context.Context, path, ddl string) error {
	draft := path + ".new"
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(draft + suffix); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	db, err := sql.Open("sqlite", dsn(draft, "_pragma=synchronous(2)"))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	for _, stmt := range []string{fmt.Sprintf("PRAGMA page_size = %d", pageSize), "PRAGMA journal_mode = WAL", ddl, "PRAGMA wal_checkpoint(TRUNCATE)"} {
		if _, err := db.ExecContext(ctx, stmt); err != nil {
			_ = db.Close()
			return err
		}
	}
	if err := db.Close(); err != nil {
		return err
	}
	if err := os.Chmod(draft, 0o600); err != nil {
		return err
	}
	if err := os.Rename(draft, path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func checkPragmas(ctx context.Context, db *sql.DB) error {
	for _, p := range []struct{ name, want string }{
		{"journal_mode", "wal"}, {"synchronous", "2"}, {"page_size", fmt.Sprint(pageSize)},
	} {
		var got string
		if err := db.QueryRowContext(ctx, "PRAGMA "+p.name).Scan(&got); err != nil {
			return fmt.Errorf("couldn't read the pragma %s: %w", p.name, err)
		}
		if got != p.want {
			return fmt.Errorf("couldn't make the file durable: the pragma %s is %s, want %s", p.name, got, p.want)
		}
	}
	return nil
}

// damaged says whether an error is that a file is no database, or no whole one.
func damaged(err error) bool {
	db, ok := errors.AsType[*sqlite.Error](err)
	return ok && (db.Code()&0xff == sqlite3.SQLITE_CORRUPT || db.Code()&0xff == sqlite3.SQLITE_NOTADB)
}

func dsn(path, query string) string {
	u := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: query}
	return u.String()
}
