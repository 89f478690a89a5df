package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/skalig/skalig/ledger/logdir"
	"github.com/skalig/skalig/server/secret"
	"github.com/skalig/skalig/server/store"
)

// examination is a look under way.
type examination struct {
	ctx        context.Context
	o          Options
	found      []Finding
	tail       *store.Tail // nil: the journal could not be read
	checkpoint time.Time   // when its file was written; zero: there is none
}

func (x *examination) path(parts ...string) string {
	return filepath.Join(append([]string{x.o.Data}, parts...)...)
}

// folder holds that there is a server's folder.
func (x *examination) folder() error {
	if store.InDatabase(x.o.Data) {
		return errors.New("couldn't look at the folder of a node: its journal is in a database, which only the node itself says of (/readyz, skalig_journal_readable, skalig_leader)")
	}
	if _, err := os.Stat(x.path("journal.db")); err != nil {
		return fmt.Errorf("couldn't find the data of a server: %w", err)
	}
	return nil
}

// The room under the data below which the alerts SkaligDiskLow and SkaligDiskFull fire.
const (
	lowRoom  = 5_000_000_000
	noRoom   = 500_000_000
	fewNodes = 10_000
)

func (x *examination) disk() {
	const do = "enlarge the disk, or move backups and system logs away; nothing of the journal or the log may be removed"
	room, nodes, err := x.o.Free(x.o.Data)
	switch {
	case err != nil:
		x.find("disk", Error, "is the disk mounted?", "couldn't see how much room there is: %v", err)
	case room < noRoom:
		x.find("disk", Error, do, "%d MB are free under the data", room/1_000_000)
	case nodes < fewNodes:
		x.find("disk", Error, "make room for more files: the log is made of many small ones", "%d inodes are free under the data", nodes)
	case room < lowRoom:
		x.find("disk", Warning, do, "%d MB are free under the data", room/1_000_000)
	default:
		x.find("disk", OK, "", "%d MB are free under the data", room/1_000_000)
	}
}

func free(path string) (bytes, inodes uint64, err error) {
	var s syscall.Statfs_t
	err = syscall.Statfs(path, &s)
	return s.Bavail * uint64(s.Bsize), s.Ffree, err
}

// secrets are the files that only their owner may read.
var secrets = []string{"keys/kek", "keys/person", "keys/session", "keys/digest", "keys/cases.db", "log/key", "journal.db", "sessions.db", "forms.db"}

func (x *examination) permissions() {
	before := len(x.found)
	for _, name := range append([]string{".", "keys"}, secrets...) {
		info, err := os.Stat(x.path(name))
		switch {
		case errors.Is(err, fs.ErrNotExist): // keys says which must be there
		case err != nil:
			x.find("permissions", Error, "run as the user that the service runs as, or as root", "couldn't look at %s: %v", name, err)
		case info.Mode().Perm()&0o077 != 0:
			x.find("permissions", Error, "chmod go= "+x.path(name), "%s may be read by others than its owner (mode %o)", name, info.Mode().Perm())
		}
	}
	if len(x.found) == before {
		x.find("permissions", OK, "", "the folder and its keys are for their owner alone")
	}
}

func (x *examination) keys() {
	before := len(x.found)
	for _, name := range []string{"kek", "person", "session", "digest"} {
		if _, err := secret.Load(x.path("keys", name)); err != nil {
			x.find("keys", Error, "keys.md says what is lost without it and how to restore it", "%v", err)
		}
	}
	if err := store.OpenKeys(x.ctx, x.o.Data); err != nil {
		x.find("keys", Error, "restore keys/ from the newest backup of the keys (keys.md)", "%v", err)
	}
	if _, _, err := logdir.ReadKey(x.path("log"), nil); err != nil {
		x.find("keys", Error, "restore log/key from a backup of the keys (keys.md); a log cannot go on under another", "%v", err)
	}
	if len(x.found) == before {
		x.find("keys", OK, "", "the cases' keys open, and the log's key signs what its public half verifies")
	}
}
