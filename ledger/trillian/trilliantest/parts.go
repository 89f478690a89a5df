package trilliantest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/skalig/skalig/ledger/ledgertest/proctest"
	"google.golang.org/grpc/backoff"
)

// quickly is how often to call a server again that was just killed.
var quickly = backoff.Config{BaseDelay: 20 * time.Millisecond, Multiplier: 2, MaxDelay: 200 * time.Millisecond}

// Start starts a part that is not running and returns when it answers.
func (c *Cluster) Start(part Part) error {
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
	if p := c.running[part]; p != nil {
		p.Kill()
		delete(c.running, part)
	}
}

func (c *Cluster) launch(part Part) (*proctest.Process, error) {
	said := filepath.Join(c.dir, string(part)+".log")
	if part == Database {
		return proctest.Launch(said, c.account.become, c.files.postgres, "-D", c.data(), "-k", c.dir,
			"-c", "listen_addresses=", "-c", "autovacuum_naptime=1s", "-c", "max_connections=60")
	}
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
		"--postgresql_uri=postgresql:///trillian?host=" + c.dir + "&user=postgres&pool_max_conns=20",
	}
}

// ready asks a part whether it works. The signer has nothing to ask: trees grow, or
// they do not.
func (c *Cluster) ready(part Part) error {
	switch part {
	case Database:
		_, err := c.query("template1", "-c", "SELECT 1")
		return err
	case Server:
		conn, err := net.DialTimeout("tcp", c.address, time.Second)
		if err != nil {
			return err
		}
		return conn.Close()
	}
	return nil
}

func (c *Cluster) data() string { return filepath.Join(c.dir, "data") }

// initDatabase makes the cluster's files, starts it, and puts Trillian's tables in.
func (c *Cluster) initDatabase() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.files.initdb, "-D", c.data(), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
	cmd.Dir = c.dir
	c.account.become(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("couldn't make a PostgreSQL cluster: %w\n%s", err, out)
	}
	if err := c.Start(Database); err != nil {
		return err
	}
	if _, err := c.query("template1", "-c", "CREATE DATABASE trillian"); err != nil {
		return err
	}
	_, err := c.query("trillian", "-f", c.files.schema)
	return err
}

// query runs psql and returns what it prints.
func (c *Cluster) query(database string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	args = append([]string{"-h", c.dir, "-U", "postgres", "-d", database, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"}, args...)
	out, err := exec.CommandContext(ctx, c.files.psql, args...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("couldn't query the database: %w\n%s", err, out)
	}
	return strings.TrimSpace(string(out)), nil
}

// Query runs one statement in Trillian's database, as an operator would, or someone
// who should not, and returns the answer, a row a line.
func (c *Cluster) Query(statement string) (string, error) {
	return c.query("trillian", "-c", statement)
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
	data, err := os.ReadFile(filepath.Join(c.dir, string(part)+".log"))
	if err != nil {
		return err.Error()
	}
	return string(data[max(0, len(data)-4000):])
}
