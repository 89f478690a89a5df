// Package trilliantest runs a Trillian for tests: a PostgreSQL or a MariaDB of its own
// in a temporary directory, and Trillian's log server and log signer, built from the
// module that ledger/trillian/servers pins, each a process that can be killed.
//
//	func TestMain(m *testing.M) { os.Exit(trilliantest.Run(m)) }
//
//	func TestLog(t *testing.T) {
//		conn := trilliantest.Conn(t) // one Trillian for all tests of a package
//		…
//	}
//
// Everything ends with the test process, also if that is killed.
package trilliantest

import (
	"context"
	"os"
	"testing"
	"time"

	api "github.com/google/trillian"
	"github.com/skalig/skalig/ledger/ledgertest/postgrestest"
	"github.com/skalig/skalig/ledger/ledgertest/proctest"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// A Part is a process of a [Cluster].
type Part string

// The parts, each of which needs those before it only to start.
const (
	Database Part = "database"
	Server   Part = "server"
	Signer   Part = "signer"
)

// Parts are all of them.
var Parts = []Part{Database, Server, Signer}

const patience = 60 * time.Second // for anything that should take a second

// ones are the clusters of a package, by what they are stored in.
var ones = map[Storage]*proctest.Shared[*Cluster]{PostgreSQL: {}, MySQL: {}}

// Run runs a package's tests and stops the clusters that they started.
func Run(m *testing.M) int {
	for _, one := range ones {
		defer one.Stop()
	}
	return m.Run()
}

// On returns the package's cluster on a storage and starts it first if need be. A test
// that kills its parts starts them again.
func On(t testing.TB, storage Storage) *Cluster {
	t.Helper()
	return ones[storage].Get(t, func() (*Cluster, error) { return start(storage) })
}

// Shared is the package's cluster on PostgreSQL.
func Shared(t testing.TB) *Cluster {
	t.Helper()
	return On(t, PostgreSQL)
}

// Conn is a connection to the log server of that cluster.
func Conn(t testing.TB) *grpc.ClientConn {
	t.Helper()
	return Shared(t).Conn
}

// Retire deletes a tree of that cluster when the test ends.
func Retire(t testing.TB, tree int64) { Shared(t).Retire(t, tree) }

// A Cluster is a running Trillian.
type Cluster struct {
	Conn *grpc.ClientConn

	name     Storage
	storage  storage
	database database
	dir      string // of what its servers say
	files    files
	address  string // of the log server
	running  map[Part]*proctest.Process
}

// Start starts a cluster on PostgreSQL.
func Start() (*Cluster, error) { return start(PostgreSQL) }

func start(name Storage) (_ *Cluster, err error) {
	c := &Cluster{name: name, storage: storages[name], running: make(map[Part]*proctest.Process)}
	if err = c.files.build(); err != nil {
		return nil, err
	}
	if c.dir, err = os.MkdirTemp("", "skalig-trillian-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			c.Stop()
		}
	}()
	if c.database, err = c.storage.begin(); err != nil {
		return nil, err
	}
	if err := c.initDatabase(); err != nil {
		return nil, err
	}
	if c.address, err = proctest.FreeAddress(); err != nil {
		return nil, err
	}
	for _, part := range Parts[1:] {
		if err := c.Start(part); err != nil {
			return nil, err
		}
	}
	c.Conn, err = grpc.NewClient(c.address,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: quickly, MinConnectTimeout: time.Second}))
	return c, err
}

// Postgres is the PostgreSQL that Trillian's database is in; there is room for others.
// It panics for a cluster on another storage.
func (c *Cluster) Postgres() *postgrestest.Cluster { return c.database.(*postgrestest.Cluster) }

// Storage is what it keeps its trees in.
func (c *Cluster) Storage() Storage { return c.name }

// Address is where the log server listens, as a configuration names it.
func (c *Cluster) Address() string { return c.address }

// Retire deletes a tree when the test ends, so that the signer has it no longer to
// look after.
func (c *Cluster) Retire(t testing.TB, tree int64) {
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if _, err := api.NewTrillianAdminClient(c.Conn).DeleteTree(ctx, &api.DeleteTreeRequest{TreeId: tree}); err != nil {
			t.Errorf("couldn't delete the tree %d: %v", tree, err)
		}
	})
}

// Stop kills all parts and removes all files.
func (c *Cluster) Stop() {
	if c.Conn != nil {
		c.Conn.Close()
	}
	for _, part := range []Part{Signer, Server} {
		c.Kill(part)
	}
	if c.database != nil {
		c.database.Stop()
	}
	os.RemoveAll(c.dir)
}
