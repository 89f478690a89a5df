package trilliantest

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/skalig/skalig/ledger/ledgertest/proctest"
	"google.golang.org/grpc/backoff"
)

// quickly is how often to call a server again that was just killed.
var quickly = backoff.Config{BaseDelay: 20 * time.Millisecond, Multiplier: 2, MaxDelay: 200 * time.Millisecond}

// Start starts a part that is not running and returns when it answers.
func (c *Cluster) Start(part Part) (err error) {
	if part == Database {
		return c.database.Begin()
	}
	c.running[part], err = proctest.Begin(func() (*proctest.Process, error) { return c.launch(part) }, func() error { return c.ready(part) })
	return err
}

// Kill ends a part at once, without a chance to tidy up.
func (c *Cluster) Kill(part Part) {
	if part == Database {
		c.database.Kill()
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
	return append([]string{"--logtostderr", "--http_endpoint=", "--quota_system=noop"}, c.storage.flags(c.database)...)
}

// ready asks a part whether it works. The signer has nothing to ask: trees grow, or
// they do not.
func (c *Cluster) ready(part Part) error {
	if part == Signer {
		return nil
	}
	return proctest.Listening(c.address)
}

// initDatabase puts Trillian's tables in.
func (c *Cluster) initDatabase() error {
	schema, err := os.ReadFile(filepath.Join(c.files.module, c.storage.schema))
	if err != nil {
		return fmt.Errorf("couldn't read Trillian's tables: %w", err)
	}
	if _, err := c.database.Query(c.storage.admin, "CREATE DATABASE "+databaseName); err != nil {
		return err
	}
	_, err = c.Query(string(schema))
	return err
}

// Query runs one statement in Trillian's database, as an operator would, or someone
// who should not, and returns the answer, a row a line, its columns divided by |.
func (c *Cluster) Query(statement string) (string, error) {
	return c.database.Query(databaseName, statement)
}

// Said returns the end of what a part has written.
func (c *Cluster) Said(part Part) string {
	if part == Database {
		return c.database.Said()
	}
	if p := c.running[part]; p != nil {
		return p.Said()
	}
	return "it does not run"
}

func (c *Cluster) said(part Part) string { return filepath.Join(c.dir, string(part)+".log") }
