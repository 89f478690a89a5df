// Package postgrestest runs a PostgreSQL for tests: a cluster of its own in a
// temporary directory, on a socket and on a port of this machine, as a process that
// can be killed.
//
//	func TestMain(m *testing.M) { os.Exit(postgrestest.Run(m)) }
//
//	func TestStore(t *testing.T) {
//		url := postgrestest.Database(t) // one cluster for all tests of a package
//		…
//	}
//
// Everything ends with the test process, also if that is killed.
package postgrestest

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/skalig/skalig/ledger/ledgertest/proctest"
)

var one proctest.Shared[*Cluster]

// Run runs a package's tests and stops the cluster that they started, if any.
func Run(m *testing.M) int {
	defer one.Stop()
	return m.Run()
}

// Shared returns the package's cluster and starts it first if need be. A test that
// kills it starts it again.
func Shared(t testing.TB) *Cluster {
	t.Helper()
	return one.Get(t, func() (*Cluster, error) { return Start() })
}

// Database makes an empty database in the package's cluster and gives its address.
func Database(t testing.TB) (url string) {
	t.Helper()
	url, err := Shared(t).Create()
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// A Cluster is a running PostgreSQL.
type Cluster struct {
	*proctest.Server
	programs programs
	settings []string
	made     atomic.Int64 // databases
}

// Start makes and starts a cluster. Settings are the server's, as name=value.
func Start(settings ...string) (_ *Cluster, err error) {
	c := &Cluster{settings: append([]string{"autovacuum_naptime=1s", "max_connections=100"}, settings...)}
	if err = c.programs.find(); err != nil {
		return nil, err
	}
	if c.Server, err = proctest.NewServer("postgres", "postgres"); err != nil {
		return nil, err
	}
	err = c.Do(c.programs.initdb, "-D", c.data(), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
	if err == nil {
		err = c.Begin()
	}
	if err != nil {
		c.Stop()
		return nil, err
	}
	return c, nil
}

// URL is where a database of it is, over the network.
func (c *Cluster) URL(database string) string {
	return "postgres://postgres@" + c.Address() + "/" + database + "?sslmode=disable"
}

// Socket is where a database of it is, on this machine.
func (c *Cluster) Socket(database string) string {
	return fmt.Sprintf("postgresql:///%s?host=%s&port=%s&user=postgres", database, c.Dir(), c.Port())
}

// Create makes an empty database and gives its address.
func (c *Cluster) Create() (url string, err error) {
	name := fmt.Sprintf("test%d", c.made.Add(1))
	if _, err := c.Query("template1", "CREATE DATABASE "+name); err != nil {
		return "", err
	}
	return c.URL(name), nil
}
