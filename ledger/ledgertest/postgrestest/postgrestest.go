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
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skalig/skalig/ledger/ledgertest/proctest"
)

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
// kills it starts it again.
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
	dir      string
	programs programs
	account  *Account
	port     string
	settings []string
	running  *proctest.Process
	made     atomic.Int64 // databases
}

// Start makes and starts a cluster. Settings are the server's, as name=value.
func Start(settings ...string) (_ *Cluster, err error) {
	c := &Cluster{settings: append([]string{"autovacuum_naptime=1s", "max_connections=100"}, settings...)}
	if err = c.programs.find(); err != nil {
		return nil, err
	}
	if c.account, err = unprivileged(); err != nil {
		return nil, err
	}
	// PostgreSQL's own user must get in, and a socket's path must be short.
	if c.dir, err = os.MkdirTemp("/tmp", "skalig-postgres-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			c.Stop()
		}
	}()
	if err := c.account.own(c.dir); err != nil {
		return nil, err
	}
	if c.port, err = freePort(); err != nil {
		return nil, err
	}
	if err := c.initialise(); err != nil {
		return nil, err
	}
	return c, c.Begin()
}

// Dir is a directory that PostgreSQL's account may use; it goes with the cluster. Its
// socket is in it.
func (c *Cluster) Dir() string { return c.dir }

// Account is whom the cluster runs as.
func (c *Cluster) Account() *Account { return c.account }

// Address is where it listens, host:port.
func (c *Cluster) Address() string { return "127.0.0.1:" + c.port }

// URL is where a database of it is, over the network.
func (c *Cluster) URL(database string) string {
	return "postgres://postgres@" + c.Address() + "/" + database + "?sslmode=disable"
}

// Socket is where a database of it is, on this machine.
func (c *Cluster) Socket(database string) string {
	return fmt.Sprintf("postgresql:///%s?host=%s&port=%s&user=postgres", database, c.dir, c.port)
}

// Create makes an empty database and gives its address.
func (c *Cluster) Create() (url string, err error) {
	name := fmt.Sprintf("test%d", c.made.Add(1))
	if _, err := c.Query("template1", "CREATE DATABASE "+name); err != nil {
		return "", err
	}
	return c.URL(name), nil
}

// Stop kills it and removes all files.
func (c *Cluster) Stop() {
	c.Kill()
	// Its other processes end a moment after the first, and may still write.
	err := os.RemoveAll(c.dir)
	for range 100 {
		time.Sleep(20 * time.Millisecond)
		if _, gone := os.Stat(c.dir); err == nil && os.IsNotExist(gone) {
			return
		}
		err = os.RemoveAll(c.dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "couldn't remove the cluster:", err)
	}
}

// Said returns the end of what it has written.
func (c *Cluster) Said() string {
	data, err := os.ReadFile(c.log())
	if err != nil {
		return err.Error()
	}
	return string(data[max(0, len(data)-4000):])
}

func (c *Cluster) log() string { return filepath.Join(c.dir, "postgres.log") }

func (c *Cluster) data() string { return filepath.Join(c.dir, "data") }
