// Package mariadbtest runs a MariaDB for tests: a server of its own in a temporary
// directory, on a socket and on a port of this machine, as a process that can be
// killed. A transaction is on disk when it is committed, as is MariaDB's default.
//
//	db, err := mariadbtest.Start()
//	…
//	defer db.Stop()
//
// It ends with the test process, also if that is killed.
package mariadbtest

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/skalig/skalig/ledger/ledgertest/proctest"
)

// A Server is a running MariaDB.
type Server struct {
	*proctest.Server
	programs programs
}

// programs are those of MariaDB.
type programs struct{ install, server, client string }

func (p *programs) find() (err error) {
	for name, path := range map[string]*string{"mariadb-install-db": &p.install, "mariadbd": &p.server, "mariadb": &p.client} {
		if *path, err = exec.LookPath(name); err == nil {
			continue
		}
		// Debian keeps what only root is to run beside others' path.
		if *path, err = exec.LookPath(filepath.Join("/usr/sbin", name)); err != nil {
			return fmt.Errorf("error: these tests need MariaDB, and %s is not here\nhint: sudo apt-get install mariadb-server-core mariadb-client-core", name)
		}
	}
	return nil
}

// small is for a server that holds little: a journal that is quick to make.
const small = "--innodb-log-file-size=16M"

// Start makes and starts a server.
func Start() (_ *Server, err error) {
	s := &Server{}
	if err = s.programs.find(); err != nil {
		return nil, err
	}
	if s.Server, err = proctest.NewServer("mariadb", "nobody"); err != nil {
		return nil, err
	}
	err = s.Do(s.programs.install, "--no-defaults", "--datadir="+s.data(), "--auth-root-authentication-method=normal", "--skip-test-db", small)
	if err == nil {
		err = s.Begin()
	}
	if err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// Begin starts the server where it is not running, and returns when it answers.
func (s *Server) Begin() error {
	return s.Server.Begin(func() error {
		_, err := s.Query("mysql", "SELECT 1")
		return err
	}, s.programs.server, "--no-defaults", "--datadir="+s.data(), "--socket="+s.socket(), "--bind-address=127.0.0.1", "--port="+s.Port(), small)
}

// Socket is where a database of it is, on this machine, as Go's client takes it.
func (s *Server) Socket(database string) string {
	return fmt.Sprintf("root@unix(%s)/%s", s.socket(), database)
}

// Query runs one statement in a database, or several, as an operator would, or someone
// who should not, and returns the answer, a row a line, its columns divided by |.
func (s *Server) Query(database, statement string) (string, error) {
	out, err := s.Ask(s.programs.client, "--no-defaults", "--user=root", "--socket="+s.socket(), "--batch", "--skip-column-names",
		"--database="+database, "--execute="+statement)
	return strings.ReplaceAll(out, "\t", "|"), err
}

func (s *Server) data() string { return filepath.Join(s.Dir(), "data") }

func (s *Server) socket() string { return filepath.Join(s.Dir(), "socket") }
