package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A command is another program, run to its end.
type command struct {
	dir  string
	env  []string // nil: ours
	name string
	args []string
}

// show shows what the command says on our standard error.
func show(ctx context.Context, c command) error {
	cmd := c.exec(ctx)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("couldn't run %s: %w", c, err)
	}
	return nil
}

func output(ctx context.Context, c command) (string, error) {
	cmd := c.exec(ctx)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("couldn't run %s: %w", c, err)
	}
	return string(out), nil
}

func (c command) exec(ctx context.Context) *exec.Cmd {
	cmd := exec.CommandContext(ctx, c.name, c.args...)
	cmd.Dir, cmd.Env = c.dir, c.env
	return cmd
}

func (c command) String() string {
	words := append([]string{filepath.Base(c.name)}, c.args...)
	return strings.Join(words[:min(len(words), 4)], " ")
}

// handedOn are the variables that find programs, Go's modules and the way to
// them. Whatever else is set (GOFLAGS, GOAMD64, GOEXPERIMENT, …) stays outside,
// so that the same source gives the same bytes.
var handedOn = []string{
	"GOAUTH", "GOCACHE", "GOINSECURE", "GOMODCACHE", "GONOPROXY", "GONOSUMDB", "GOPATH", "GOPRIVATE", "GOPROXY", "GOSUMDB",
}

var handedOnAsIs = []string{
	"HOME", "TMPDIR", "NETRC", "SSL_CERT_FILE", "SSL_CERT_DIR",
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
}

// environment is that of everything that compiles.
func environment(ctx context.Context, goVersion string) ([]string, error) {
	out, err := output(ctx, command{name: "go", args: append([]string{"env", "-json"}, handedOn...)})
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	if err := json.Unmarshal([]byte(out), &values); err != nil {
		return nil, fmt.Errorf("couldn't read go env's answer: %w", err)
	}
	env := []string{
		"GOENV=off", "GOWORK=off", "GOFLAGS=-mod=readonly -trimpath -buildvcs=false", "GOTOOLCHAIN=" + goVersion,
		"LANG=C.UTF-8", "TZ=UTC",
	}
	for _, name := range handedOn {
		env = append(env, name+"="+values[name])
	}
	for _, name := range handedOnAsIs {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env, nil
}
