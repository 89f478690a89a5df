package trilliantest

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/skalig/skalig/ledger/ledgertest/proctest"
	"google.golang.org/grpc/backoff"
)

// quickly is how often to call a server again that was just killed.
var quickly = backoff.Config{BaseDelay: 20 * time.Millisecond, Multiplier: 2, MaxDelay: 200 * time.Millisecond}

// Start starts a part that is not running and returns when it answers.
func (c *Cluster) Start(part Part) error {
	if part == Database {
		return c.postgres.Begin()
	}
	deadline := time.Now().Add(patience)
	for {
		p, err := c.launch(part)
		if err != nil {
			return err
		}
		for err = errStarting; err != nil && !p.Ended() && time.Now().Before(deadline); {
			time.Sleep(10 * time.Millisecond)
			err = c.ready(part)
		}
		if err == nil {
			c.running[part] = p
			return nil
		}
		p.Kill()
		if time.Now().After(deadline) {
			return fmt.Errorf("couldn't start the %s: %w\n%s", part, err, p.Said())
		}
		// Its predecessor's port or shared memory may not be free yet.
		time.Sleep(50 * time.Millisecond)
	}
}

var errStarting = errors.New("it does not answer")

// Kill ends a part at once, without a chance to tidy up.
func (c *Cluster) Kill(part Part) {
	if part == Database {
		c.postgres.Kill()
		return
	}
	if p := c.running[part]; p != nil {
		p.Kill()
		delete(c.running, part)
	}
}

func (c *Cluster) launch(part Part) (*proctest.Process, error) {
	said := c.said(part)
	if part == Server {
		return proctest.Launch(said, nil, c.files.server, append(c.common(), "--rpc_endpoint="+c.address, "--tree_gc=false")...)
	}
	return proctest.Launch(said, nil, c.files.signer, append(c.common(), "--rpc_endpoint=localhost:0", "--force_master",
		"--sequencer_interval=20ms", "--pre_election_pause=1ms", "--master_hold_interval=24h", "--num_sequencers=4")...)
}

// common is what both of Trillian's servers are told.
func (c *Cluster) common() []string {
	return []string{
		"--logtostderr", "--http_endpoint=", "--storage_system=postgresql", "--quota_system=noop",
		"--postgresql_uri=" + c.postgres.Socket("trillian") + "&pool_max_conns=20",
	}
}

// ready asks a part whether it works. The signer has nothing to ask: trees grow, or
// they do not.
func (c *Cluster) ready(part Part) error {
	if part == Signer {
		return nil
	}
	conn, err := net.DialTimeout("tcp", c.address, time.Second)
	if err != nil {
		return err
	}
	return conn.Close()
}

// initDatabase puts Trillian's tables in.
func (c *Cluster) initDatabase() error {
	if _, err := c.postgres.Query("template1", "CREATE DATABASE trillian"); err != nil {
		return err
	}
	return c.postgres.File("trillian", c.files.schema)
}

// Query runs one statement in Trillian's database, as an operator would, or someone
// who should not, and returns the answer, a row a line.
func (c *Cluster) Query(statement string) (string, error) {
	return c.postgres.Query("trillian", statement)
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), errors.Join(l.Close())
}

// Said returns the end of what a part has written.
func (c *Cluster) Said(part Part) string {
	if part == Database {
		return c.postgres.Said()
	}
	data, err := os.ReadFile(c.said(part))
	if err != nil {
		return err.Error()
	}
	return string(data[max(0, len(data)-4000):])
}

func (c *Cluster) said(part Part) string { return filepath.Join(c.postgres.Dir(), string(part)+".log") }
