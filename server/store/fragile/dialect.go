package fragile

import (
	"errors"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// What of PostgreSQL the store uses beside plain SQL.
const (
	forUpdate = " FOR UPDATE"
	makeAlone = "SELECT pg_advisory_xact_lock($1)"
	notify    = "SELECT pg_notify($1, $2)"
)

var postgres = strings.NewReplacer(
	forUpdate, "",
	"decode(repeat('00', 32), 'hex')", "zeroblob(32)",
	",\n\trowid        BIGSERIAL", "", // every table of SQLite has it
)

var regclass = regexp.MustCompile(`to_regclass\(([^)]*)\) IS NOT NULL`)

// unfenced is what a journal without a fence would do.
var unfenced = strings.NewReplacer(
	" WHERE id = 1 AND seq = $3 AND hash = $4", " WHERE id = 1 AND $3 = $3 AND $4 = $4",
	"INSERT INTO journal (", "INSERT OR REPLACE INTO journal (",
)

// unguarded is what a board without one would do.
var unguarded = strings.NewReplacer(" AND size <= $1 AND signed = $3", " AND $3 = $3")

// translate gives a statement as SQLite reads it.
func (d *Database) translate(query string) string {
	if d.Kind == PostgreSQL {
		query = regclass.ReplaceAllString(postgres.Replace(query), `EXISTS (SELECT 1 FROM sqlite_master WHERE name = $1)`)
	}
	if d.Unfenced {
		query = unfenced.Replace(query)
	}
	if d.Unguarded {
		query = unguarded.Replace(query)
	}
	return query
}

// locks says whether a statement waits for whoever writes.
func (d *Database) locks(query string) bool {
	return d.Kind == PostgreSQL && (strings.HasSuffix(query, forUpdate) || query == makeAlone)
}

// fault gives an error as the database that is stood for words it.
func (k Kind) fault(err error) error {
	said, ok := errors.AsType[*sqlite.Error](err)
	if k == PostgreSQL && ok && said.Code()&0xff == sqlite3.SQLITE_CONSTRAINT {
		return &pgconn.PgError{Severity: "ERROR", Code: "23505", Message: said.Error()}
	}
	return err
}
