package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/skalig/skalig/server"
	"github.com/skalig/skalig/server/doctor"
	"github.com/skalig/skalig/server/store"
)

type examine struct {
	Data     string   `required:"" help:"The folder of a server, running or stopped." placeholder:"DIR"`
	Config   string   `help:"Its configuration file; without it, what is around the folder is not looked at." type:"existingfile"`
	Database database `embed:""`
	JSON     bool     `name:"json" help:"Print the findings as JSON."`
}

// Run says of each part whether it is well, and what to do. The answer is no where
// anything is in error; a warning alone is none.
func (c *examine) Run(s streams) error {
	o := doctor.Options{Data: c.Data, Database: c.Database.Database}
	if c.Config != "" {
		text, err := os.ReadFile(c.Config)
		if err != nil {
			return fmt.Errorf("couldn't read the configuration: %w", err)
		}
		config, err := server.ReadConfig(text)
		if err != nil {
			return err
		}
		o.Config = &config
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	found, err := doctor.Examine(ctx, o)
	if errors.Is(err, store.ErrInDatabase) {
		return hinted{err, "name the file that says where it is: --database FILE, or the node's --config FILE"}
	}
	if errors.Is(err, fs.ErrPermission) {
		return hinted{err, "run it as the user that the service runs as, or as root"}
	}
	if errors.Is(err, doctor.ErrTorn) {
		return hinted{err, "is all of the disk mounted? Keep every file, start nothing on them, and restore the newest backup (runbook.md)"}
	}
	if err != nil {
		return hinted{err, "--data names the folder that skalig serve was given"}
	}
	if c.JSON {
		if err := json.MarshalWrite(s.out, found, jsontext.WithIndent("  ")); err != nil {
			return err
		}
		fmt.Fprintln(s.out)
	} else {
		for _, f := range found {
			fmt.Fprintf(s.out, "%-8s %-12s %s\n", f.Level, f.Part, strings.ReplaceAll(f.Text, "\n", "; "))
			if f.Do != "" {
				fmt.Fprintf(s.out, "%-21s → %s\n", "", f.Do)
			}
		}
	}
	if doctor.Worst(found) == doctor.Error {
		return errNo
	}
	return nil
}
