package logdir_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/skalig/skalig/ledger/logdir"
)

// TestOwner: what root makes in a folder belongs to whom the folder belongs to, and what a
// link leads to is neither written nor given away.
func TestOwner(t *testing.T) {
	service, self := os.Getuid(), os.Getuid()
	if self == 0 { // who is not can give nothing away
		service = 4711
	}
	dir, elsewhere := t.TempDir(), filepath.Join(t.TempDir(), "file")
	in := func(names ...string) string { return filepath.Join(append([]string{dir}, names...)...) }
	must(t, os.Chown(dir, service, service))
	must(t, os.WriteFile(elsewhere, []byte("root's"), 0o600))
	must(t, os.Symlink(elsewhere, in("file.tmp")))
	must(t, os.Symlink(filepath.Dir(elsewhere), in("link")))

	must(t, logdir.MakeDir(in("releases", "one"), 0o755))
	must(t, logdir.WriteFile(in("releases", "one", "approval"), []byte("approved"), 0o644))
	must(t, logdir.WriteFile(in("file"), []byte("text"), 0o600))
	unlock, err := logdir.Lock(dir)
	must(t, err)
	must(t, unlock())
	must(t, os.Mkdir(in("tile"), 0o755))
	must(t, os.WriteFile(in("tile", "0"), nil, 0o644))
	must(t, logdir.InheritAll(dir))
	for _, path := range []string{in("releases"), in("releases", "one"), in("releases", "one", "approval"), in("file"), in("lock"), in("tile"), in("tile", "0")} {
		if uid := owner(t, path); uid != service {
			t.Errorf("%s belongs to %d", path, uid)
		}
	}
	for _, path := range []string{elsewhere, filepath.Dir(elsewhere)} {
		if uid := owner(t, path); uid != self {
			t.Errorf("%s was given to %d", path, uid)
		}
	}
	if text, err := os.ReadFile(elsewhere); err != nil || string(text) != "root's" {
		t.Errorf("what a link led to: %q %v", text, err)
	}
}

func owner(t *testing.T, path string) int {
	t.Helper()
	info, err := os.Lstat(path)
	must(t, err)
	return int(info.Sys().(*syscall.Stat_t).Uid)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
