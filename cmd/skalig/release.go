package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/skalig/skalig/ledger/logdir"
	"github.com/skalig/skalig/server"
	"github.com/skalig/skalig/server/municipality"
	"github.com/skalig/skalig/server/release"
	"golang.org/x/mod/sumdb/note"
)

type releases struct {
	State   state   `cmd:"" help:"Build the artefacts again from source, and state what is to decide from a day on."`
	Key     newKey  `cmd:"" help:"Make the key with which a person approves."`
	Approve approve `cmd:"" help:"Approve a statement, with one's own key."`
	Put     put     `cmd:"" help:"Hand an approval to a server, which logs the release when two people have approved."`
}

type state struct {
	From     string `required:"" help:"The first day, like 2026-12-01. The release must be in the log before it." placeholder:"DAY"`
	Checkout string `help:"Where this program's source is." default:"." type:"existingdir"`
	Config   string `help:"The server's configuration, for the guidelines of its municipalities. Default: those built in." type:"existingfile"`
	Unbuilt  bool   `help:"Do not build: state what this program holds."`
}

// Run prints the statement once the source gives the artefacts' very bytes.
func (c *state) Run(s streams) error {
	config, err := configuration(s, c.Config)
	if err != nil {
		return err
	}
	book, err := municipality.Open(config.Municipalities)
	if err != nil {
		return err
	}
	statement, err := release.Current(c.From, book.All())
	if err != nil {
		return err
	}
	if !c.Unbuilt {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		build := exec.CommandContext(ctx, "go", "run", "./wasm/build")
		build.Dir = c.Checkout
		var out strings.Builder
		build.Stdout, build.Stderr = &out, s.err
		if err := build.Run(); err != nil {
			return hinted{fmt.Errorf("couldn't build the artefacts of %s again: %w", statement.Version, err),
				"nothing is stated that the source does not give: make wasm says more"}
		}
		if !strings.Contains(out.String(), fmt.Sprintf("%x", statement.Engine)) || !strings.Contains(out.String(), fmt.Sprintf("%x", statement.Verify)) {
			return hinted{fmt.Errorf("couldn't state release %s: the source in %s is of another one", statement.Version, c.Checkout),
				"build this program from the same source: make build"}
		}
		fmt.Fprint(s.err, out.String())
	}
	_, err = s.out.Write(statement.Marshal())
	return err
}

type newKey struct {
	Name string `required:"" help:"The key's name, without spaces, like anna@kommun.example."`
	Out  string `required:"" help:"File for the secret half. It must not exist." placeholder:"FILE"`
}

// Run writes the secret half and prints the public one.
func (c *newKey) Run(s streams) error {
	skey, vkey, err := note.GenerateKey(rand.Reader, c.Name)
	if err != nil {
		return fmt.Errorf("couldn't make a key: %w", err)
	}
	if _, err := note.NewSigner(skey); err != nil {
		return hinted{fmt.Errorf("couldn't make a key: %w", err), "a name has neither spaces nor plus signs"}
	}
	if _, err := os.Lstat(c.Out); err == nil {
		return hinted{fmt.Errorf("couldn't make a key: %s is there already", c.Out), "a key is never written over"}
	}
	if err := logdir.WriteFile(c.Out, []byte(skey+"\n"), 0o600); err != nil {
		return fmt.Errorf("couldn't write the key: %w", err)
	}
	fmt.Fprintln(s.out, vkey)
	fmt.Fprintln(s.err, `hint: the line above goes into the server's configuration, as "key" of one of its "approvers"`)
	return nil
}

type approve struct {
	Statement string `arg:"" help:"What skalig release state printed." type:"existingfile"`
	Key       string `required:"" help:"The file with one's own secret key." type:"existingfile" placeholder:"FILE"`
}

// Run prints the statement with the signature.
func (c *approve) Run(s streams) error {
	statement, err := readFile(s, c.Statement, release.MaxBytes)
	if err != nil {
		return err
	}
	skey, err := readFile(s, c.Key, 1<<10)
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(strings.TrimSpace(string(skey)))
	if err != nil {
		return errors.New("couldn't use the key: it is not one that skalig release key made")
	}
	approval, err := release.Approve(statement, signer)
	if err != nil {
		return err
	}
	_, err = s.out.Write(approval)
	return err
}

type put struct {
	Approvals []string `arg:"" help:"What skalig release approve printed." type:"existingfile" placeholder:"FILE"`
	Data      string   `required:"" help:"The server's folder." placeholder:"DIR"`
	Config    string   `required:"" help:"The server's configuration, which lists who may approve." type:"existingfile"`
}

// Run lays the approvals where the server finds them, also while it runs.
func (c *put) Run(s streams) error {
	config, err := configuration(s, c.Config)
	if err != nil {
		return err
	}
	dir := filepath.Join(c.Data, "releases")
	for _, name := range c.Approvals {
		approval, err := readFile(s, name, release.MaxBytes)
		if err != nil {
			return err
		}
		if _, err := release.Put(dir, approval, config.Approvers); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	approved, faults, err := release.Read(dir, config.Approvers)
	if err != nil {
		return err
	}
	for _, a := range approved {
		fmt.Fprintf(s.out, "release %s %s from %s, approved by %s\n", a.ID()[:16], a.Version, a.From, strings.Join(a.Approvers, ", "))
	}
	for _, fault := range faults {
		fmt.Fprintln(s.out, fault)
	}
	return nil
}

// configuration reads a server's, the zero one where no file is named.
func configuration(s streams, name string) (config server.Config, err error) {
	if name == "" {
		return config, nil
	}
	text, err := readFile(s, name, 1<<20)
	if err != nil {
		return config, err
	}
	return server.ReadConfig(text)
}
