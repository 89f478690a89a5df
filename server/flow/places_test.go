package flow_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger/ledgertest/postgrestest"
	"github.com/skalig/skalig/server/postgres"
	"github.com/skalig/skalig/server/store"
)

func TestMain(m *testing.M) { os.Exit(postgrestest.Run(m)) }

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

// place is where the journal of a test is: the address of a new database, or empty for
// files.
func place(t testing.TB) string {
	t.Helper()
	if strings.Contains(t.Name(), "/"+inDatabase) {
		return postgrestest.Database(t)
	}
	return ""
}

// openStore opens the store of a fixture where its journal is.
func (f *fixture) openStore(t testing.TB) *store.Store {
	t.Helper()
	o := store.Options{Dir: f.dir, Clock: func() time.Time { return noon }}
	if f.database != "" {
		db, err := postgres.OpenURL(t.Context(), f.database)
		if err != nil {
			t.Fatal(err)
		}
		o.Database = db
	}
	st, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return st
}
