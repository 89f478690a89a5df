package trilliantest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// files are the programs that a cluster is made of.
type files struct {
	server, signer string
	module         string // Trillian's, of which they are
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
	// Only the storages that are used; the others would bring their databases' clients.
	if _, err := run("build", "-tags=postgresql,mysql", "-o", bin+"/", upstream+"/cmd/trillian_log_server", upstream+"/cmd/trillian_log_signer"); err != nil {
		return err
	}
	if f.module, err = run("list", "-m", "-f", "{{.Dir}}", upstream); err != nil {
		return err
	}
	f.server, f.signer = filepath.Join(bin, "trillian_log_server"), filepath.Join(bin, "trillian_log_signer")
	return nil
}
