package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/skalig/skalig/ledger/ledgertest/proctest"
)

// programs are those of PostgreSQL.
type programs struct{ initdb, postgres, psql, pgctl string }

func (p *programs) find() (err error) {
	for name, path := range map[string]*string{"initdb": &p.initdb, "postgres": &p.postgres, "psql": &p.psql, "pg_ctl": &p.pgctl} {
		if *path, err = program(name); err != nil {
			return err
		}
	}
	return nil
}

// program finds a program of PostgreSQL, which Debian keeps beside the path, by version.
func program(name string) (string, error) {
	beside, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err != nil {
		return "", err
	}
	if len(beside) > 0 {
		slices.Sort(beside)
		return beside[len(beside)-1], nil
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("error: these tests need PostgreSQL, and %s is not here\nhint: sudo apt-get install postgresql", name)
	}
	return path, nil
}

var errStarting = errors.New("it does not answer")

// Begin starts the cluster where it is not running, and returns when it answers.
func (c *Cluster) Begin() error {
	deadline := time.Now().Add(patience)
	for {
		args := []string{"-D", c.data(), "-k", c.dir, "-p", c.port, "-c", "listen_addresses=127.0.0.1"}
		for _, s := range c.settings {
			args = append(args, "-c", s)
		}
		p, err := proctest.Launch(c.log(), c.account.Become, c.programs.postgres, args...)
		if err != nil {
			return err
		}
		for err = errStarting; err != nil && !p.Ended() && time.Now().Before(deadline); {
			time.Sleep(10 * time.Millisecond)
			_, err = c.Query("template1", "SELECT 1")
		}
		if err == nil {
			c.running = p
			return nil
		}
		p.Kill()
		if time.Now().After(deadline) {
			return fmt.Errorf("couldn't start PostgreSQL: %w\n%s", err, p.Said())
		}
		time.Sleep(50 * time.Millisecond) // its predecessor's port or shared memory may not be free yet
	}
}

// Kill ends the first process at once, without a chance to tidy up; the others
// follow it.
func (c *Cluster) Kill() {
	if c.running != nil {
		c.running.Kill()
		c.running = nil
	}
}

// Restart stops the cluster as an operator would, cutting everybody off, and starts it.
func (c *Cluster) Restart() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.programs.pgctl, "-D", c.data(), "-m", "fast", "-w", "stop")
	cmd.Dir = c.dir
	c.account.Become(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("couldn't stop PostgreSQL: %w\n%s", err, out)
	}
	c.Kill()
	return c.Begin()
}

// initialise makes the cluster's files.
func (c *Cluster) initialise() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.programs.initdb, "-D", c.data(), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
	cmd.Dir = c.dir
	c.account.Become(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("couldn't make a PostgreSQL cluster: %w\n%s", err, out)
	}
	return nil
}

// Query runs one statement in a database, as an operator would, or someone who should
// not, and returns the answer, a row a line.
func (c *Cluster) Query(database, statement string) (string, error) {
	return c.psql(database, "-c", statement)
}

// File runs the statements in a file.
func (c *Cluster) File(database, path string) error {
	_, err := c.psql(database, "-f", path)
	return err
}

func (c *Cluster) psql(database string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	args = append([]string{"-h", c.dir, "-p", c.port, "-U", "postgres", "-d", database, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"}, args...)
	out, err := exec.CommandContext(ctx, c.programs.psql, args...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("couldn't query the database: %w\n%s", err, out)
	}
	return strings.TrimSpace(string(out)), nil
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, errors.Join(err, l.Close())
}
