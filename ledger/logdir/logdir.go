// Package logdir is what the directory of a log has in common, whatever keeps the
// log:
//
//	key     the note key that signs checkpoints; secret, mode 0600
//	vkey    the key's public half, for those who verify
//	lock    held by the one process that has the log open
//
// and how files are put there: whole, and durable when the call returns.
package logdir

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// Names in a log's directory.
const (
	keyFile  = "key"
	vkeyFile = "vkey"
	lockFile = "lock"
)

// ErrLocked: another process, or this one, has the log open.
var ErrLocked = errors.New("the log is open elsewhere")

// ErrExists: the directory holds a log already.
var ErrExists = errors.New("a log exists already")

// Lock takes the lock of a log's directory, or fails at once. The system lets go
// of it when the process ends, however it ends.
func Lock(dir string) (unlock func() error, err error) {
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("couldn't lock the log in %s: %w", dir, err)
	}
	if err := Inherit(f); err != nil {
		return nil, errors.Join(fmt.Errorf("couldn't lock the log in %s: %w", dir, err), f.Close())
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("couldn't lock the log in %s: %w", dir, ErrLocked), f.Close())
	}
	return f.Close, nil
}

// WriteFile puts a whole file in place or leaves the old one, and returns when the
// new one is durable. One writer at a time: the temporary file has a fixed name,
// path and ".tmp".
func WriteFile(path string, data []byte, mode os.FileMode) error {
	temporary := path + ".tmp"
	f, err := create(temporary, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = Inherit(f)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(temporary))
	}
	if err := os.Rename(temporary, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// create makes a new file, in place of one that was left; never one that a link leads to.
func create(path string, mode os.FileMode) (*os.File, error) {
	for {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if !errors.Is(err, os.ErrExist) {
			return f, err
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
	}
}

// MakeDir makes a directory and those above it, and returns when all that are new
// are durable.
func MakeDir(path string, mode os.FileMode) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil
	}
	above := filepath.Dir(path)
	if above != path {
		if err := MakeDir(above, mode); err != nil {
			return err
		}
	}
	switch err := os.Mkdir(path, mode); {
	case err == nil:
		if err := inherit(path, func(uid, gid int) error { return os.Lchown(path, uid, gid) }); err != nil {
			return err
		}
	case !errors.Is(err, os.ErrExist):
		return err
	}
	return syncDir(above)
}

func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
