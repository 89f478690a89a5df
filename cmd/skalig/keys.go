package main

import (
	"context"
	"errors"
	"fmt"
	"os/signal"
	"syscall"
	"time"

	"github.com/skalig/skalig/server"
	"github.com/skalig/skalig/server/inspection"
	"github.com/skalig/skalig/server/postgres"
	"github.com/skalig/skalig/server/store"
)

type keys struct {
	Copy   copyKeys `cmd:"" help:"Make a folder for another node: the keys and the log's name that all nodes share."`
	Rotate rotate   `cmd:"" help:"Wrap every case's key with a new key-encryption key."`
}

type copyKeys struct {
	Data string `required:"" help:"The folder of a node." placeholder:"DIR"`
	To   string `required:"" help:"A new folder. What is in it is secret: move it by a way that is." placeholder:"DIR"`
}

// Run copies what another node needs.
func (c *copyKeys) Run(s streams) error {
	if err := server.CopyNode(c.Data, c.To); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s is a folder for another node; it holds every key\n", c.To)
	return nil
}

type rotate struct {
	Data     string        `required:"" help:"The folder of a server, running or stopped; a node of several is stopped." placeholder:"DIR"`
	Wait     time.Duration `default:"10m" help:"How long to wait for a running server to be done."`
	Database database      `embed:""`
}

// A database is where several nodes keep the journal.
type database struct {
	Database string `help:"The file that says where PostgreSQL is, of nodes that share one." type:"existingfile"`
}

// open opens it; nil where there is none.
func (d database) open(ctx context.Context) (*postgres.DB, error) {
	if d.Database == "" {
		return nil, nil
	}
	return postgres.Open(ctx, postgres.Config{URL: d.Database})
}

// inDatabase says what to do where a command needs to be told where the database is.
func inDatabase(err error) error {
	if errors.Is(err, store.ErrInDatabase) {
		return hinted{err, "name the file that says where it is: --database FILE"}
	}
	return err
}

// Run gives the data another key-encryption key, or has the server do so that runs on
// it. Stopped at any moment it leaves what a server can open, and goes on when it is run
// again.
func (c *rotate) Run(s streams) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	unlock, err := inspection.Lock(c.Data)
	if errors.Is(err, inspection.ErrInUse) {
		return c.ask(ctx, s)
	}
	if err != nil {
		return fmt.Errorf("couldn't rotate the keys: %w", err)
	}
	defer unlock()
	db, err := c.Database.open(ctx)
	if err != nil {
		return err
	}
	turn := func() (int, error) { return store.RotateKeys(ctx, c.Data, nil) }
	if db != nil {
		turn = func() (int, error) { return store.RotateSharedKeys(ctx, c.Data, db, nil) }
	}
	n, err := turn()
	if errors.Is(err, store.ErrInDatabase) {
		return inDatabase(err)
	}
	if err != nil {
		return hinted{fmt.Errorf("couldn't rotate the keys: %w", err), "everything still opens; run the command again"}
	}
	fmt.Fprintf(s.out, "%d keys have a new key-encryption key; copies of keys/kek from before open none of them\n", n)
	return nil
}

// ask has the running server rotate its keys.
func (c *rotate) ask(ctx context.Context, s streams) error {
	ctx, done := context.WithTimeout(ctx, c.Wait)
	defer done()
	err := store.AskRotation(ctx, c.Data)
	switch {
	case err == nil:
		fmt.Fprintln(s.out, "the server has given every key a new key-encryption key; copies of keys/kek from before open none of them")
		return nil
	case errors.Is(err, store.ErrSeveral):
		return hinted{fmt.Errorf("couldn't rotate the keys: %w", err), "stop every node first"}
	case ctx.Err() != nil:
		return hinted{fmt.Errorf("couldn't wait until the keys are rotated: %w", err), "everything opens, and the server goes on, after a restart too; its log says what keeps it"}
	}
	return fmt.Errorf("couldn't rotate the keys: %w", err)
}
