package logdir

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// What root makes in a service's folder belongs to whom the folder belongs to: the
// service, which is not root, could not read it else.

// Inherit gives a file that this process has just made to the owner of its folder.
func Inherit(f *os.File) error { return inherit(f.Name(), f.Chown) }

func inherit(path string, give func(uid, gid int) error) error {
	if os.Geteuid() != 0 {
		return nil
	}
	info, err := os.Stat(filepath.Dir(path))
	if err != nil {
		return err
	}
	return hand(info, give)
}

// hand gives something to the owner of a folder, unless it is root's.
func hand(folder fs.FileInfo, give func(uid, gid int) error) error {
	if own, ok := folder.Sys().(*syscall.Stat_t); ok && own.Uid != 0 {
		return give(int(own.Uid), int(own.Gid))
	}
	return nil
}

// InheritAll gives all that is in a folder to the folder's owner. It leaves the folder by
// no link.
func InheritAll(dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close() //nolint:errcheck // it was only read
	info, err := root.Stat(".")
	if err != nil {
		return err
	}
	return fs.WalkDir(root.FS(), ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return hand(info, func(uid, gid int) error { return root.Lchown(path, uid, gid) })
	})
}
