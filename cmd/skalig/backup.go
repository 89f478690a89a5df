package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/skalig/skalig/server/backup"
	"github.com/skalig/skalig/server/publiclog"
	"github.com/skalig/skalig/server/store"
)

type take struct {
	Data string `required:"" help:"The folder of a server, running or stopped." placeholder:"DIR"`
	To   string `required:"" help:"A new folder for the data." placeholder:"DIR"`
	Keys string `required:"" help:"A new folder for the keys that open them. Keep it elsewhere, and not for longer than a restore must reach back: what is erased comes back with its key." placeholder:"DIR"`

	Dated    bool `help:"Make the new folders in these two, which are there, named by the time: for every night."`
	KeepDays uint `help:"With --dated: then remove the folders there that are older than so many days. 0: none." placeholder:"DAYS"`
}

// Run copies the data while they are in use.
func (c *take) Run(s streams) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if c.KeepDays > 0 && !c.Dated {
		return errors.New("only dated folders are removed: say --dated, or leave out --keep-days")
	}
	m, removed, err := c.take(ctx)
	if errors.Is(err, store.ErrInDatabase) {
		return hinted{err, "skalig keys copy and the releases, then pg_dump of the database: server/deploy/several-machines.md"}
	}
	if errors.Is(err, backup.ErrExists) {
		return hinted{err, "name folders that do not exist, or have them named by the time with --dated; a .part was left by a backup that was killed, and may be removed"}
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "copied %d rows of the journal up to %s, %d files and %d keys\n", m.Rows, m.Head, len(m.Data), len(m.Keys))
	for _, path := range removed {
		fmt.Fprintf(s.out, "removed %s\n", path)
	}
	return nil
}

func (c *take) take(ctx context.Context) (m backup.Manifest, removed []string, err error) {
	if c.Dated {
		return backup.Dated(ctx, c.Data, c.To, c.Keys, time.Now(), time.Duration(c.KeepDays)*24*time.Hour)
	}
	m, err = backup.Take(ctx, c.Data, c.To, c.Keys, time.Now())
	return m, nil, err
}

type restore struct {
	From       string `required:"" help:"The folder with the data of a backup." placeholder:"DIR"`
	Keys       string `required:"" help:"The folder with its keys." placeholder:"DIR"`
	Data       string `required:"" help:"A new folder for the server." placeholder:"DIR"`
	Checkpoint string `help:"The newest checkpoint of the log that anyone has, a witness or a monitor. A backup that does not reach it is refused." type:"existingfile"`
	Backend    string `help:"What keeps the log: files or trillian." enum:"files,trillian" default:"files"`
	Remote     remote `embed:""`
}

// Run makes a server's folder of a backup and looks at it.
func (c *restore) Run(s streams) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	config := publiclog.Config{}
	var err error
	if c.Backend != publiclog.Files {
		if config, err = c.Remote.config(c.Backend); err != nil {
			return err
		}
	}
	o := backup.Options{Log: config}
	if c.Checkpoint != "" {
		if o.Newest, err = readFile(s, c.Checkpoint, 64<<10); err != nil {
			return err
		}
	} else {
		fmt.Fprintln(s.err, "note: without --checkpoint nothing says whether decisions were made after this backup; a witness or a monitor of the log knows")
	}
	report, err := backup.Restore(ctx, c.From, c.Keys, c.Data, o)
	switch {
	case errors.Is(err, backup.ErrExists):
		return hinted{err, "name a folder that does not exist"}
	case errors.Is(err, backup.ErrBehind):
		return hinted{err, "find a later backup; a log that goes on from here would contradict what it has said, and every monitor will show it"}
	case err != nil:
		return err
	}
	return verdict(s, report)
}
