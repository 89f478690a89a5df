package trilliantest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// files are the programs that a cluster is made of.
type files struct {
	initdb, postgres, psql string
	server, signer         string
	schema                 string
}

// find finds PostgreSQL on this machine and builds Trillian.
func find() (f files, err error) {
	for name, path := range map[string]*string{"initdb": &f.initdb, "postgres": &f.postgres, "psql": &f.psql} {
		if *path, err = postgresProgram(name); err != nil {
			return f, err
		}
	}
	return f, f.build()
}

// postgresProgram finds a program of PostgreSQL, which Debian keeps beside the path,
// by version.
func postgresProgram(name string) (string, error) {
	beside, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err != nil {
		return "", err
	}
	if len(beside) > 0 {
		slices.Sort(beside)
		return beside[len(beside)-1], nil
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("error: the tests of ledger/trillian need PostgreSQL, and %s is not here\nhint: sudo apt-get install postgresql", name)
	}
	return path, nil
}

// build builds the two servers. Unchanged ones are not built again.
func (f *files) build() error {
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Minute)
	defer cancel()
	_, self, _, ok := runtime.Caller(0)
	if !ok {
		return errors.New("couldn't find the module of the servers")
	}
	module := filepath.Join(filepath.Dir(self), "..", "servers")
	run := func(args ...string) (string, error) {
		cmd := exec.CommandContext(ctx, "go", args...)
		cmd.Dir = module
		var complaint strings.Builder
		cmd.Stderr = &complaint
		out, err := cmd.Output()
		if err != nil {
			return "", fmt.Errorf("couldn't build Trillian's servers: go %s: %w\n%s", args[0], err, &complaint)
		}
		return strings.TrimSpace(string(out)), nil
	}
	const upstream = "github.com/google/trillian"
	bin, err := filepath.Abs(filepath.Join(module, "../../../.cache/trillian"))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return err
	}
	// The tests of several packages may be at it at once.
	lock, err := os.OpenFile(filepath.Join(bin, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	// Only the provider that is used; the others would bring their databases' clients.
	if _, err := run("build", "-tags=postgresql", "-o", bin+"/", upstream+"/cmd/trillian_log_server", upstream+"/cmd/trillian_log_signer"); err != nil {
		return err
	}
	source, err := run("list", "-m", "-f", "{{.Dir}}", upstream)
	if err != nil {
		return err
	}
	f.server, f.signer = filepath.Join(bin, "trillian_log_server"), filepath.Join(bin, "trillian_log_signer")
	f.schema = filepath.Join(source, "storage/postgresql/schema/storage.sql")
	return nil
}
