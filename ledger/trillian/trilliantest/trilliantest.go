// Package trilliantest runs a Trillian for tests: a PostgreSQL cluster of its own
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
	"sync"
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

var one struct {
	sync.Mutex
	cluster *Cluster
	err     error
}

// Run runs a package's tests and stops the cluster that they started, if any.
func Run(m *testing.M) int {
	code := m.Run()
	one.Lock()
	defer one.Unlock()
	if one.cluster != nil {
		one.cluster.Stop()
	}
	return code
}

// Shared returns the package's cluster and starts it first if need be. A test that
// kills its parts starts them again.
func Shared(t testing.TB) *Cluster {
	t.Helper()
	one.Lock()
	defer one.Unlock()
	if one.cluster == nil && one.err == nil {
		one.cluster, one.err = Start()
	}
	if one.err != nil {
		t.Fatal(one.err)
	}
	return one.cluster
}

// Conn is a connection to the log server of the package's cluster.
func Conn(t testing.TB) *grpc.ClientConn {
	t.Helper()
	return Shared(t).Conn
}

// Retire deletes a tree when the test ends, so that the signer has it no longer to
// look after.
func Retire(t testing.TB, tree int64) {
	conn := Conn(t)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if _, err := api.NewTrillianAdminClient(conn).DeleteTree(ctx, &api.DeleteTreeRequest{TreeId: tree}); err != nil {
			t.Errorf("couldn't delete the tree %d: %v", tree, err)
		}
	})
}

// A Cluster is a running Trillian.
type Cluster struct {
	Conn *grpc.ClientConn

	postgres *postgrestest.Cluster
	files    files
	address  string // of the log server
	running  map[Part]*proctest.Process
}

// Start starts a cluster.
func Start() (_ *Cluster, err error) {
	c := &Cluster{running: make(map[Part]*proctest.Process)}
	if err = c.files.build(); err != nil {
		return nil, err
	}
	if c.postgres, err = postgrestest.Start(); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			c.Stop()
		}
	}()
	if err := c.initDatabase(); err != nil {
		return nil, err
	}
	if c.address, err = freeAddress(); err != nil {
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

// Postgres is the cluster that Trillian's database is in; there is room for others.
func (c *Cluster) Postgres() *postgrestest.Cluster { return c.postgres }

// Address is where the log server listens, as a configuration names it.
func (c *Cluster) Address() string { return c.address }

// Stop kills all parts and removes all files.
func (c *Cluster) Stop() {
	if c.Conn != nil {
		c.Conn.Close()
	}
	for _, part := range []Part{Signer, Server} {
		c.Kill(part)
	}
	c.postgres.Stop()
}
