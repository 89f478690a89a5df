package trilliantest

import (
	"github.com/skalig/skalig/ledger/ledgertest/mariadbtest"
	"github.com/skalig/skalig/ledger/ledgertest/postgrestest"
)

// A Storage is what Trillian keeps its trees in, by Trillian's name for it.
type Storage string

// The storages: a PostgreSQL, and a MariaDB, which Trillian uses as it does MySQL.
const (
	PostgreSQL Storage = "postgresql"
	MySQL      Storage = "mysql"
)

// Storages are all of them.
var Storages = []Storage{PostgreSQL, MySQL}

// A database is a database's server with room for Trillian's.
type database interface {
	Begin() error
	Query(database, statement string) (string, error)
	Kill()
	Said() string
	Stop()
}

// storage is how to use one.
type storage struct {
	begin  func() (database, error)
	admin  string // a database that is there from the start
	schema string // in Trillian's module
	flags  func(database) []string
}

const databaseName = "trillian"

var storages = map[Storage]storage{
	PostgreSQL: {
		begin:  func() (database, error) { return postgrestest.Start() },
		admin:  "template1",
		schema: "storage/postgresql/schema/storage.sql",
		flags: func(d database) []string {
			return []string{"--storage_system=postgresql", "--postgresql_uri=" + d.(*postgrestest.Cluster).Socket(databaseName) + "&pool_max_conns=20"}
		},
	},
	MySQL: {
		begin:  func() (database, error) { return mariadbtest.Start() },
		admin:  "mysql",
		schema: "storage/mysql/schema/storage.sql",
		flags: func(d database) []string {
			return []string{"--storage_system=mysql", "--mysql_uri=" + d.(*mariadbtest.Server).Socket(databaseName), "--mysql_max_conns=20", "--mysql_max_idle_conns=20"}
		},
	},
}
