package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/skalig/skalig/server"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/postgres"
	"github.com/skalig/skalig/server/publiclog"
	"github.com/skalig/skalig/server/store"
)

type serve struct {
	Addr     string        `help:"Address to listen on." default:"127.0.0.1:8080"`
	Data     string        `help:"Folder for everything that is kept. Made at the first start." default:"./data"`
	URL      string        `name:"url" help:"The service's own address as people write it. Default: from the address."`
	Demo     bool          `help:"Serve an invented municipality with test identities to sign in as."`
	Ahead    time.Duration `help:"How far a demonstration's clock is ahead, to see what the end of a month brings." placeholder:"DURATION"`
	Config   string        `help:"A file with municipalities and sign-in (JSON with comments), for a service in earnest." type:"existingfile"`
	Database string        `help:"Of a demonstration with several nodes: the file that says where PostgreSQL is." type:"existingfile"`
	Trillian string        `help:"Of the same: the address of Trillian's log server." placeholder:"HOST:PORT"`
	Debug    bool          `help:"Log at debug level."`
}

// Run serves until it is told to stop.
func (c *serve) Run(s streams) error {
	config, err := c.config()
	if err != nil {
		return err
	}
	config.Log = c.log(s.err)
	config.Started = func(url string) { c.greet(s, url) }

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err = server.Run(ctx, config)
	switch {
	case errors.Is(err, flow.ErrUnreleased):
		return hinted{err, "two people approve it before its first day: skalig release state, approve and put (Install, in server/deploy/runbook.md)"}
	case errors.Is(err, store.ErrForms):
		return hinted{err, "move forms.db with its -wal and -shm out of the folder and start again: what was being filled in is lost, and nothing that was sent"}
	case store.Full(err):
		return hinted{err, "make room: move backups and system logs away, or enlarge the disk; nothing of the journal or the log may be removed"}
	}
	return err
}

// log writes a line for each event, whatever an event's values hold, with the time and
// its zone. Sign-ins are told at the info level, which a demonstration leaves out.
func (c *serve) log(w io.Writer) *slog.Logger {
	level := slog.LevelInfo
	switch {
	case c.Debug:
		level = slog.LevelDebug
	case c.Demo:
		level = slog.LevelWarn
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))
}

func (c *serve) config() (server.Config, error) {
	var config server.Config
	if c.Config != "" {
		data, err := os.ReadFile(c.Config)
		if err != nil {
			return config, fmt.Errorf("couldn't read the configuration: %w", err)
		}
		if config, err = server.ReadConfig(data); err != nil {
			return config, err
		}
	}
	if !c.Demo && c.Config == "" {
		return config, hinted{errors.New("there is nobody to decide: no boards and no sign-in are set"), "skalig serve --demo serves an invented municipality"}
	}
	if c.Demo && c.Config != "" {
		return config, errors.New("a demonstration has its own configuration: leave out --config or --demo")
	}
	if c.Ahead != 0 {
		if !c.Demo || c.Ahead < 0 {
			return config, errors.New("only a demonstration's clock may be ahead, and none behind")
		}
		config.Clock = func() time.Time { return time.Now().Add(c.Ahead) }
	}
	if !c.Demo && (c.Database != "" || c.Trillian != "") {
		return config, errors.New("a service in earnest has its database and its log in the configuration file")
	}
	if c.Database != "" {
		config.Database = postgres.Config{URL: c.Database}
	}
	if c.Trillian != "" {
		config.PublicLog = publiclog.Config{Backend: publiclog.Trillian, Address: c.Trillian}
	}
	if c.Demo {
		if config.Demo = invented(); config.Demo == nil {
			return config, errors.New("this program was built without the demonstration")
		}
	}
	config.Addr, config.Data, config.Version = c.Addr, c.Data, version()
	config.URL = cmp.Or(c.URL, config.URL)
	if config.URL == "" && c.Demo {
		if host, port, err := net.SplitHostPort(c.Addr); err == nil && net.ParseIP(host).IsLoopback() {
			config.URL = "http://" + net.JoinHostPort("localhost", port)
		}
	}
	return config, nil
}

// greet says where to go and what is only for show.
func (c *serve) greet(s streams, url string) {
	fmt.Fprintf(s.out, "Skälig is ready: %s\n", url)
	if c.Demo {
		fmt.Fprintf(s.out, `
This is a demonstration: an invented municipality (Demokommun), and test persons instead of e-ID.
  calculator      %[1]s/rakna
  apply           choose "Ansök med de här uppgifterna" there, and sign in as a test person
  caseworker      %[1]s/handlaggare
  check a receipt %[1]s/kvitto
  public log      %[1]s/log/checkpoint, key %[1]s/log/key
  metrics         %[1]s/metrics
Everything is kept in %[2]s. Ctrl-C stops; nothing is lost.
`, url, c.Data)
	}
}
