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
	"github.com/skalig/skalig/server/store/fragile"
)

// The places where a journal can be.
const (
	inFiles    = "files"
	inDatabase = "postgres"
	inMemory   = "memory"        // what a simulation has for files
	atServer   = "shared memory" // and for PostgreSQL
)

// both runs a test on a journal in files and on one in PostgreSQL, and on what stands for
// each in simulations.
func both(t *testing.T, test func(t *testing.T)) {
	outside(t, test)
	for _, place := range []string{inMemory, atServer} {
		t.Run(place, test)
	}
}

// outside runs a test on a journal in files and on one in PostgreSQL: it starts processes,
// which have nothing in memory together.
func outside(t *testing.T, test func(t *testing.T)) {
	for _, place := range []string{inFiles, inDatabase} {
		t.Run(place, test)
	}
}

// databases are those of folders whose journals are in one, by folder; disks and servers
// are what stands for files and databases.
var databases, disks, servers sync.Map

// folder is a store's, of the place that the test is run on.
func folder(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	switch {
	case strings.Contains(t.Name(), "/"+inDatabase):
		databases.Store(dir, postgrestest.Database(t))
	case strings.Contains(t.Name(), "/"+inMemory):
		disks.Store(dir, &fragile.Disk{})
	case strings.Contains(t.Name(), "/shared_memory"):
		server, err := fragile.New(fragile.PostgreSQL)
		if err != nil {
			t.Fatal(err)
		}
		servers.Store(dir, server)
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
	if disk, ok := disks.Load(o.Dir); ok {
		o.Files = disk.(*fragile.Disk).Files(fragile.AllPerfect)
	}
	if server, ok := servers.Load(o.Dir); ok {
		o.Database = fragile.Over(server.(*fragile.Database), fragile.AllPerfect)
	}
	return o
}

// raws are what raw has opened, by where it is.
var raws sync.Map

// raw opens a store's rows as one who should not. A file's name says which of them
// where they are in files.
func raw(t testing.TB, dir, file string) *sql.DB {
	t.Helper()
	if db := remembered(t, dir, file); db != nil {
		return db
	}
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

// remembered is raw of what is in memory; nil: it is not.
func remembered(t testing.TB, dir, file string) *sql.DB {
	var d *fragile.Database
	if disk, ok := disks.Load(dir); ok {
		d = disk.(*fragile.Disk).File(filepath.Join(dir, file))
	} else if server, ok := servers.Load(dir); ok {
		d = server.(*fragile.Database)
	} else {
		return nil
	}
	db := d.Open(1, func() fragile.Line { return fragile.Perfect{} })
	t.Cleanup(func() { _ = db.Close() })
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
	_, inDatabase := databases.Load(dir)
	if _, atServer := servers.Load(dir); inDatabase || atServer {
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
