package doctor

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/skalig/skalig/ledger/logdir"
	"github.com/skalig/skalig/server/auth"
	"github.com/skalig/skalig/server/backup"
	"github.com/skalig/skalig/server/postgres"
	"github.com/skalig/skalig/server/secret"
	"github.com/skalig/skalig/server/store"
)

// examination is a look under way.
type examination struct {
	ctx        context.Context
	o          Options
	found      []Finding
	shared     string        // the file that says where a node's database is; empty: there is none
	db         *sql.DB       // that database; nil: it can't be asked
	open       *postgres.DB  // the same
	apart      time.Duration // how far its clock is ahead of this one
	nodes      int           // sessions of nodes on it
	vkey       string        // the log's
	tail       *store.Tail   // nil: the journal could not be read
	checkpoint time.Time     // when its file was written; zero: there is none
}

func (x *examination) path(parts ...string) string {
	return filepath.Join(append([]string{x.o.Data}, parts...)...)
}

// folder holds that there is a server's folder.
func (x *examination) folder() error {
	sign := "journal.db"
	if x.shared != "" {
		sign = "keys/kek"
	} else if store.InDatabase(x.o.Data) {
		return fmt.Errorf("couldn't look at the folder of a node: %w", store.ErrInDatabase)
	}
	_, err := os.Stat(x.path(sign))
	if err == nil {
		return nil
	}
	_, keys := os.Stat(x.path("keys", "kek"))
	_, log := os.Stat(x.path("log", "vkey"))
	if errors.Is(err, fs.ErrNotExist) && (keys == nil || log == nil) {
		err = fmt.Errorf("%w: %w", ErrTorn, err)
	}
	return fmt.Errorf("couldn't find the data of a server: %w", err)
}

// ErrTorn: a server's folder lacks what it can't be without.
var ErrTorn = errors.New("the folder has a server's keys or log, and the rest is gone")

// beside looks at what lies beside the journal. What is in a database is the database's.
func (x *examination) beside() {
	if x.shared != "" {
		return
	}
	if err := store.LookAtForms(x.ctx, x.o.Data); err != nil {
		x.find("forms", Error, "stop the server, move forms.db with its -wal and -shm out of the folder and start it again: what was being filled in is lost, and nothing that was sent", "%v", err)
	} else {
		x.find("forms", OK, "", "what is being filled in can be read")
	}
	if err := auth.LookAtSessions(x.ctx, x.path("sessions.db")); err != nil {
		x.find("sessions", Warning, "start the server again: it puts the file aside, and everybody signs in again", "%v", err)
	} else {
		x.find("sessions", OK, "", "who is signed in can be read")
	}
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

// backup holds that no night was left out. What is in a database is copied there.
func (x *examination) backup() {
	const do = "systemctl start skalig-backup, and look at what it says (Every night, in runbook.md)"
	if x.shared != "" {
		return
	}
	at, err := backup.Last(x.o.Data)
	day := at.UTC().Format(time.RFC3339)
	switch {
	case err != nil:
		x.find("backup", Warning, do, "%v", err)
	case at.IsZero():
		x.find("backup", Warning, do, "none was taken yet")
	case x.o.Clock().Sub(at) > backup.Old:
		x.find("backup", Warning, do, "the last one was taken at %s, more than %d hours ago", day, backup.Old/time.Hour)
	default:
		x.find("backup", OK, "", "the last one was taken at %s", day)
	}
}

// secrets are the files that only their owner may read.
var secrets = []string{"keys/kek", "keys/kek.next", "keys/person", "keys/session", "keys/digest", "keys/cases.db", "log/key", "journal.db", "sessions.db", "forms.db"}

func (x *examination) permissions() {
	before := len(x.found)
	paths, own := []string{x.shared}, -1
	if info, err := os.Stat(x.o.Data); err == nil {
		own = owner(info)
	}
	for _, name := range append([]string{".", "keys"}, secrets...) {
		paths = append(paths, x.path(name))
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist): // keys says which must be there
		case err != nil:
			x.find("permissions", Error, "run as the user that the service runs as, or as root", "couldn't look at %s: %v", x.name(path), err)
		case info.Mode().Perm()&0o077 != 0:
			x.find("permissions", Error, "chmod go= "+path, "%s may be read by others than its owner (mode %o)", x.name(path), info.Mode().Perm())
		case path != x.shared && owner(info) != own:
			x.find("permissions", Error, fmt.Sprintf("chown --reference=%s %s", x.o.Data, path), "%s does not belong to the owner of the folder: the service can't read it", x.name(path))
		}
	}
	if len(x.found) == before {
		x.find("permissions", OK, "", "the folder and its keys are for their owner alone")
	}
}

// name is a path as it is called in the data.
func (x *examination) name(path string) string {
	if name, err := filepath.Rel(x.o.Data, path); err == nil && filepath.IsLocal(name) {
		return name
	}
	return path
}

func (x *examination) keys() {
	before := len(x.found)
	for _, name := range []string{"kek", "person", "session", "digest"} {
		k, err := secret.Load(x.path("keys", name))
		if err != nil {
			x.find("keys", Error, "keys.md says what is lost without it and how to restore it", "%v", err)
		} else if err := k.Noted(x.o.Data, name); err != nil {
			x.find("keys", Error, "restore it from the newest backup of the keys (keys.md): under another, everybody is somebody new", "keys/%s: %v", name, err)
		}
	}
	switch {
	case x.db != nil:
		x.sameKeys()
	case x.shared != "":
		x.find("keys", Warning, "look again when the database can be asked", "whether they are the other nodes' was not looked at")
	default:
		if err := store.OpenKeys(x.ctx, x.o.Data); err != nil {
			x.find("keys", Error, "restore keys/ from the newest backup of the keys (keys.md)", "%v", err)
		}
	}
	if _, err := os.Stat(x.path("keys", "kek.next")); err == nil {
		do := "a running server goes on by itself; of a stopped one, skalig keys rotate --data " + x.o.Data
		if x.shared != "" {
			do = "stop every node, then skalig keys rotate --data " + x.o.Data + " --database " + x.shared
		}
		x.find("keys", Warning, do, "a rotation of the keys has begun and not ended; everything opens")
	}
	if _, _, err := logdir.ReadKey(x.path("log"), nil); err != nil {
		x.find("keys", Error, "restore log/key from a backup of the keys (keys.md); a log cannot go on under another", "%v", err)
	}
	if len(x.found) == before {
		x.find("keys", OK, "", "the cases' keys open, and the log's key signs what its public half verifies")
	}
}

func owner(info fs.FileInfo) int {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(s.Uid)
	}
	return -1
}
