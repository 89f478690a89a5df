package tessera

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
)

// ErrLocked: another process, or this one, has the log open.
var ErrLocked = errors.New("the log is open elsewhere")

// lock takes the lock of a log's directory, or fails at once. The system lets go
// of it when the process ends, however it ends.
func lock(dir string) (unlock func() error, err error) {
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("couldn't lock the log in %s: %w", dir, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("couldn't lock the log in %s: %w", dir, ErrLocked), f.Close())
	}
	return f.Close, nil
}

// writeFile puts a whole file in place or leaves the old one, and returns when the
// new one is durable. One writer at a time: the temporary file has a fixed name.
func writeFile(path string, data []byte, mode os.FileMode) error {
	temporary := path + ".tmp"
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(temporary))
	}
	if err := os.Rename(temporary, path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// leftover matches, below the log's directory, the names of Tessera's temporary
// files: the name of the file to be, and a random number of up to ten digits. What
// happens to look like a tile too (one in ten million) stays; a reader would find
// its hash wrong, and the next append of that width replaces it.
var leftover = regexp.MustCompile(`^(checkpoint\d+|\.state/(treeState|gcState|version)\d+|tile/[a-z0-9/x]*(\d{3}\d+|\.p/\d{4,}))$`)

// sweep removes temporary files that a crash or a full disk left behind. The
// caller holds the lock.
func sweep(path string) error {
	root, err := os.OpenRoot(path)
	if err != nil {
		return err
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || !leftover.MatchString(name) {
			return err
		}
		return root.Remove(name)
	})
}
