package store_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/skalig/skalig/ledger/ledgertest/postgrestest"
	"github.com/skalig/skalig/server/postgres"
	"github.com/skalig/skalig/server/store"
)

// The places where a journal can be.
const (
	inFiles    = "files"
	inDatabase = "postgres"
)

// both runs a test on a journal in files and on one in PostgreSQL.
func both(t *testing.T, test func(t *testing.T)) {
	for _, place := range []string{inFiles, inDatabase} {
		t.Run(place, test)
	}
}

// databases are those of folders whose journals are in one, by folder.
var databases sync.Map

// folder is a store's, of the place that the test is run on.
func folder(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if strings.Contains(t.Name(), "/"+inDatabase) {
		databases.Store(dir, postgrestest.Database(t))
	}
	return dir
}

// beside is the folder of another node on the database of a folder, with its keys.
func beside(t testing.TB, dir string) string {
	t.Helper()
	other := t.TempDir()
	url, _ := databases.Load(dir)
	databases.Store(other, url)
	if err := os.CopyFS(filepath.Join(other, "keys"), os.DirFS(filepath.Join(dir, "keys"))); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(other, "keys", "kek"), 0o600); err != nil {
		t.Fatal(err)
	}
	return other
}

// at completes options with the database of their folder, if it has one.
func at(t testing.TB, o store.Options) store.Options {
	t.Helper()
	if url, ok := databases.Load(o.Dir); ok {
		db, err := postgres.OpenURL(t.Context(), url.(string))
		if err != nil {
			t.Fatal(err)
		}
		o.Database = db
	}
	return o
}

// raws are what raw has opened, by where it is.
var raws sync.Map

// raw opens a store's rows as one who should not. A file's name says which of them
// where they are in files.
func raw(t testing.TB, dir, file string) *sql.DB {
	t.Helper()
	driver, source := "sqlite", filepath.Join(dir, file)
	if url, ok := databases.Load(dir); ok {
		driver, source = "pgx", url.(string)
	}
	if db, ok := raws.Load(source); ok {
		return db.(*sql.DB)
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	raws.Store(source, db)
	t.Cleanup(func() { raws.Delete(source); _ = db.Close() })
	return db
}

// literals are what SQLite writes otherwise than PostgreSQL.
var literals = strings.NewReplacer("zeroblob(32)", `decode(repeat('00', 32), 'hex')`, "x'00'", `'\x00'::bytea`, "x'0011'", `'\x0011'::bytea`)

func exec(t testing.TB, dir, file, stmt string) {
	t.Helper()
	if _, ok := databases.Load(dir); ok {
		stmt = literals.Replace(stmt)
	}
	if _, err := raw(t, dir, file).Exec(stmt); err != nil {
		t.Fatal(err)
	}
}

// shelved counts the documents that are kept of a case.
func shelved(t testing.TB, dir, id string) (n int) {
	t.Helper()
	if _, ok := databases.Load(dir); ok {
		if err := raw(t, dir, "").QueryRow(`SELECT count(*) FROM documents WHERE case_ref = $1`, id).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	files, err := os.ReadDir(filepath.Join(dir, "documents", id))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return len(files)
}
