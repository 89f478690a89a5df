package main

import (
	"context"
	"fmt"
	"os/signal"
	"syscall"

	"github.com/skalig/skalig/server/inspection"
	"github.com/skalig/skalig/server/store"
)

type keys struct {
	Rotate rotate `cmd:"" help:"Wrap every case's key with a new key-encryption key."`
}

type rotate struct {
	Data string `required:"" help:"The folder of a server that is stopped." placeholder:"DIR"`
}

// Run gives the data another key-encryption key. Stopped at any moment it leaves
// what a server can open, and goes on when it is run again.
func (c *rotate) Run(s streams) error {
	unlock, err := inspection.Lock(c.Data)
	if err != nil {
		return hinted{fmt.Errorf("couldn't rotate the keys: %w", err), "stop the server first"}
	}
	defer unlock()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	n, err := store.RotateKeys(ctx, c.Data, nil)
	if err != nil {
		return hinted{fmt.Errorf("couldn't rotate the keys: %w", err), "everything still opens; run the command again"}
	}
	fmt.Fprintf(s.out, "%d keys have a new key-encryption key; copies of keys/kek from before open none of them\n", n)
	return nil
}
