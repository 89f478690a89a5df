package postgrestest

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
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

// Begin starts the cluster where it is not running, and returns when it answers.
func (c *Cluster) Begin() error {
	args := []string{"-D", c.data(), "-k", c.Dir(), "-p", c.Port(), "-c", "listen_addresses=127.0.0.1"}
	for _, s := range c.settings {
		args = append(args, "-c", s)
	}
	return c.Server.Begin(func() error {
		_, err := c.Query("template1", "SELECT 1")
		return err
	}, c.programs.postgres, args...)
}

// Restart stops the cluster as an operator would, cutting everybody off, and starts it.
func (c *Cluster) Restart() error {
	if err := c.Do(c.programs.pgctl, "-D", c.data(), "-m", "fast", "-w", "stop"); err != nil {
		return err
	}
	c.Kill()
	return c.Begin()
}

// Query runs one statement in a database, or several, as an operator would, or someone
// who should not, and returns the answer, a row a line, its columns divided by |.
func (c *Cluster) Query(database, statement string) (string, error) {
	return c.Ask(c.programs.psql, "-h", c.Dir(), "-p", c.Port(), "-U", "postgres", "-d", database,
		"-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement)
}

func (c *Cluster) data() string { return filepath.Join(c.Dir(), "data") }
