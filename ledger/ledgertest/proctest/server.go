package proctest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// A Server is a database's server: a directory and a port of its own, and a process
// that can be killed and begun again.
type Server struct {
	dir     string
	account *account
	address string
	running *Process
}

// NewServer makes the place for a server of that name, which does not run as root but
// as the account.
func NewServer(name, account string) (_ *Server, err error) {
	s := &Server{}
	if s.account, err = unprivileged(account); err != nil {
		return nil, fmt.Errorf("couldn't run %s: %w", name, err)
	}
	if s.address, err = FreeAddress(); err != nil {
		return nil, err
	}
	// Its account must get in, and a socket's path must be short.
	if s.dir, err = os.MkdirTemp("/tmp", "skalig-"+name+"-"); err != nil {
		return nil, err
	}
	if err := s.account.own(s.dir); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// Dir is the server's directory. Its account may write there; it goes with the server.
func (s *Server) Dir() string { return s.dir }

// Address is where it listens, host:port.
func (s *Server) Address() string { return s.address }

// Port is its port.
func (s *Server) Port() string {
	_, port, err := net.SplitHostPort(s.address)
	if err != nil {
		panic(err) // FreeAddress gave it
	}
	return port
}

// Do runs one of the server's programs to its end, as its account.
func (s *Server) Do(program string, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = s.dir
	s.account.become(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("couldn't run %s: %w\n%s", filepath.Base(program), err, out)
	}
	return nil
}

// Ask runs a program that speaks to the server, as oneself, and returns its answer.
func (s *Server) Ask(program string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	out, err := exec.CommandContext(ctx, program, args...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("couldn't query the database: %w\n%s", err, out)
	}
	return strings.TrimSpace(string(out)), nil
}

// Begin starts the server's process and returns when it answers.
func (s *Server) Begin(answers func() error, program string, args ...string) (err error) {
	s.running, err = Begin(func() (*Process, error) { return Launch(s.log(), s.account.become, program, args...) }, answers)
	return err
}

// Kill ends its process at once, without a chance to tidy up. Others that it has
// started end with it.
func (s *Server) Kill() {
	if s.running != nil {
		s.running.Kill()
		s.running = nil
	}
}

// Stop kills it and removes all files.
func (s *Server) Stop() {
	s.Kill()
	// Its other processes end a moment after the first, and may still write.
	err := os.RemoveAll(s.dir)
	for range 100 {
		time.Sleep(20 * time.Millisecond)
		if _, gone := os.Stat(s.dir); err == nil && os.IsNotExist(gone) {
			return
		}
		err = os.RemoveAll(s.dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "couldn't remove the server's files:", err)
	}
}

// Said returns the end of what it has written.
func (s *Server) Said() string { return tail(s.log()) }

func (s *Server) log() string { return filepath.Join(s.dir, "said") }
