package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/skalig/skalig/ledger/logdir"
	"github.com/skalig/skalig/server/publiclog"
)

// remote says where Trillian is.
type remote struct {
	Address string `help:"Trillian's log server, host:port."`
	Tree    int64  `help:"The number of a tree that is there already. Default: one is made."`
	TLS     bool   `name:"tls" help:"Speak to the log server over TLS."`
	CA      string `name:"ca" help:"File with the certificates that may vouch for it. Default: the system's." type:"existingfile"`
}

// config is that of a backend, given where Trillian is if it is that.
func (r remote) config(backend string) (publiclog.Config, error) {
	if backend == publiclog.Files {
		return publiclog.Config{Backend: backend}, nil
	}
	if r.Address == "" {
		return publiclog.Config{}, hinted{errors.New("couldn't reach Trillian: its address is not given"), "add --address host:port"}
	}
	return publiclog.Config{Backend: backend, Address: r.Address, Tree: r.Tree, TLS: r.TLS, CA: r.CA}, nil
}

// advice is what the configuration of serve says of the log from now on.
func advice(c publiclog.Config) string {
	if c.Backend == publiclog.Files {
		return `leave "log" out of the configuration`
	}
	return fmt.Sprintf(`put "log": {"backend": %q, "address": %q} in the configuration`, c.Backend, c.Address)
}

type create struct {
	Data    string `required:"" help:"The folder of the server-to-be." placeholder:"DIR"`
	Origin  string `required:"" help:"The log's name for ever: where it will be read, without scheme, like host/log."`
	Backend string `help:"What keeps the log: files or trillian." enum:"files,trillian" default:"files"`
	Remote  remote `embed:""`
}

// Run makes the log, its key, and for Trillian its tree.
func (c *create) Run(s streams) error {
	config, err := c.Remote.config(c.Backend)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	unlock, err := stopped(c.Data)
	if err != nil {
		return err
	}
	vkey, err := publiclog.Create(ctx, filepath.Join(c.Data, "log"), c.Origin, config)
	if err = errors.Join(err, unlock()); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "made %s with the key\n%s\nnow %s\n", c.Origin, vkey, advice(config))
	return nil
}

type move struct {
	Data   string `required:"" help:"The folder of a server that is stopped." placeholder:"DIR"`
	To     string `required:"" help:"What is to keep the log: files or trillian." enum:"files,trillian"`
	Remote remote `embed:""`
}

// Run moves the log and says what to change in the configuration.
func (m *move) Run(s streams) error {
	other := map[string]string{publiclog.Files: publiclog.Trillian, publiclog.Trillian: publiclog.Files}[m.To]
	to, err := m.Remote.config(m.To)
	if err != nil {
		return err
	}
	from, err := m.Remote.config(other)
	if err != nil {
		return err
	}
	from.Tree = 0 // the log's directory knows
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	unlock, err := stopped(m.Data)
	if err != nil {
		return err
	}
	dir := filepath.Join(m.Data, "log")
	is, err := publiclog.Migrate(ctx, dir, from, to, slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: slog.LevelError})))
	if err = errors.Join(err, unlock()); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "moved %s to %s: %d leaves, root %s in both\nthe log as it was is in %s.before; never append to it again\nnow %s\n",
		is.Origin, m.To, is.Size, is.Root, dir, advice(to))
	return nil
}

// stopped holds a server's folder so that none starts on it meanwhile.
func stopped(data string) (unlock func() error, err error) {
	if err := logdir.MakeDir(data, 0o700); err != nil {
		return nil, fmt.Errorf("couldn't make the data directory: %w", err)
	}
	unlock, err = logdir.Lock(data)
	if errors.Is(err, logdir.ErrLocked) {
		return nil, hinted{err, "stop the server first"}
	}
	return unlock, err
}
