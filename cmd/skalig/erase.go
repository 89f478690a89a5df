package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/skalig/skalig/server"
	"github.com/skalig/skalig/server/store"
)

type erase struct {
	Data   string `required:"" help:"The folder of a server that is stopped." placeholder:"DIR"`
	Config string `help:"The server's configuration." type:"existingfile"`
	Demo   bool   `help:"The data is a demonstration's."`
	DryRun bool   `help:"Say what would be erased, and erase nothing."`
}

// Run erases the files whose time has passed, as a running server does every day
// where its configuration says so.
func (c *erase) Run(s streams) error {
	as := &serve{Addr: "127.0.0.1:0", Data: c.Data, Demo: c.Demo, Config: c.Config}
	if c.Demo {
		as.URL = "http://localhost"
	}
	config, err := as.config()
	if err != nil {
		return err
	}
	config.Log = slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	r, err := server.Retain(ctx, config, c.DryRun)
	for _, d := range r.Due {
		for _, id := range d.Cases {
			fmt.Fprintf(s.out, "municipality %s  case %s  last note %s\n", d.Municipality, id, d.LastNote.Format(time.DateOnly))
		}
	}
	if errors.Is(err, store.ErrInDatabase) {
		return hinted{fmt.Errorf("couldn't erase: %w", err), "nodes erase by themselves, the one that leads, each day: \"eraseOld\": true in their configuration"}
	}
	if err != nil {
		return fmt.Errorf("couldn't erase: %w", err)
	}
	what := "erased"
	n := r.Erased
	if c.DryRun {
		what, n = "to erase", 0
		for _, d := range r.Due {
			n += len(d.Cases)
		}
	}
	fmt.Fprintf(s.out, "%s: %d cases, %d payment files; kept for research: %d; old, but not closed: %d\n", what, n, r.Files, r.Kept, r.Open)
	return nil
}
