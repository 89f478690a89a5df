package doctor

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/monitor"
	"github.com/skalig/skalig/ledger/tessera"
	"github.com/skalig/skalig/server/publiclog"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/wasm"
)

// tailRows is how many of the journal's rows are looked at.
const tailRows = 1000

func (x *examination) journal() {
	// The checkpoint first: what it covers is in the journal already.
	if info, err := os.Stat(x.path("log", "log", "checkpoint")); err == nil {
		x.checkpoint = info.ModTime()
	}
	tail, err := x.readTail()
	switch {
	case errors.Is(err, errUnasked):
		x.find("journal", Warning, "look again when the database can be asked", "it is in the database, and was not looked at")
		return
	case err != nil && x.shared != "":
		x.find("journal", Error, "stop every node, keep the database, and run skalig check on a copy of it; then restore the newest backup (several-machines.md)", "%v", err)
		return
	case err != nil:
		x.find("journal", Error, "stop the server, keep every file, and run skalig check --data on a copy; then restore the newest backup", "%v", err)
		return
	}
	x.tail = &tail
	x.find("journal", OK, "", "%d rows, %d leaves; the last %d rows follow each other", tail.Rows, tail.Leaves, min(tail.Rows, tailRows))
}

var errUnasked = errors.New("the database can't be asked")

// readTail reads the journal's end, in the folder or in the nodes' database.
func (x *examination) readTail() (store.Tail, error) {
	switch {
	case x.shared == "":
		return store.ReadTail(x.ctx, x.o.Data, tailRows)
	case x.db == nil:
		return store.Tail{}, errUnasked
	default:
		return store.ReadSharedTail(x.ctx, x.db, tailRows)
	}
}

// stopLog is what to do where the log is not what was shown.
const stopLog = "stop the server, keep every file, and compare with what monitors and witnesses have seen"

func (x *examination) log() {
	own, ok := x.ownCheckpoint()
	if !ok {
		return
	}
	if x.tail == nil {
		return
	}
	c := own
	if x.shared != "" {
		if c, ok = x.posted(own); !ok {
			return
		}
	}
	if tail, err := x.readTail(); err == nil {
		x.tail = &tail // what the checkpoint covers is in the journal by now
	}
	if err := x.edge(own); err != nil {
		x.find("log", Error, again, "%v", err)
		return
	}
	switch {
	case c.Size > x.tail.Leaves:
		x.find("log", Error, stopLog, "the log has %d leaves and the journal %d: an older journal was put back", c.Size, x.tail.Leaves)
	case !x.same(own):
		x.find("log", Error, stopLog, "the log's last leaves are not those of the journal")
	case c.Size < x.tail.Leaves:
		x.find("log", Warning, "wait some seconds and look again; a stopped server publishes them when it starts", "%d leaves have no checkpoint yet", x.tail.Leaves-c.Size)
	default:
		x.find("log", OK, "", "%d leaves, all of the journal's, under a checkpoint of %s", c.Size, c.Origin)
	}
}

// again is what to do where files of the log are gone.
const again = "stop the server, back the folder up and restore that: it makes the log again from the journal (A damaged file, in runbook.md)"

// edge holds that the log can be gone on with. The tiles of a log in Trillian are made
// when the server starts.
func (x *examination) edge(c ledger.Checkpoint) error {
	kind, err := publiclog.Backend(x.path("log"))
	if err != nil || kind != publiclog.Files {
		return err
	}
	size, err := tessera.Durable(x.path("log"))
	if err != nil {
		return err
	}
	if size < c.Size {
		return fmt.Errorf("the log says that it holds %d leaves, and its checkpoint says %d", size, c.Size)
	}
	if err := (monitor.Tiles{Fetcher: monitor.Dir(os.DirFS(x.path("log", "log")))}).Edge(x.ctx, c); err != nil {
		return fmt.Errorf("the log's tiles are not those of its checkpoint: %w", err)
	}
	return nil
}

// ownCheckpoint is the one in the folder.
func (x *examination) ownCheckpoint() (c ledger.Checkpoint, ok bool) {
	signed, err := os.ReadFile(x.path("log", "log", "checkpoint"))
	if err != nil {
		x.find("log", Error, "is the log's disk mounted? Restore makes the log again from the journal", "couldn't read the checkpoint: %v", err)
		return c, false
	}
	vkey, err := os.ReadFile(x.path("log", "vkey"))
	if err != nil {
		x.find("log", Error, "restore log/vkey from a backup", "couldn't read the log's key: %v", err)
		return c, false
	}
	x.vkey = strings.TrimSpace(string(vkey))
	if c, err = ledger.OpenCheckpoint(signed, []string{x.vkey}); err != nil {
		x.find("log", Error, stopLog, "the checkpoint is not signed by the log: %v", err)
		return c, false
	}
	return c, true
}

// posted is the checkpoint that nodes share. The folder's own may be behind it, on a node
// that is stopped or slow.
func (x *examination) posted(own ledger.Checkpoint) (c ledger.Checkpoint, ok bool) {
	signed, err := publiclog.Posted(x.ctx, x.open)
	if err != nil {
		x.find("log", Error, "look at PostgreSQL's own log", "%v", err)
		return c, false
	}
	if signed == nil {
		x.find("log", Warning, "start a node: the one that leads publishes the first", "the nodes have no checkpoint yet")
		return c, false
	}
	c, err = ledger.OpenCheckpoint(signed, []string{x.vkey})
	switch {
	case err != nil:
		x.find("log", Error, stopLog, "the nodes' checkpoint is not signed by the log: %v", err)
	case own.Size > c.Size:
		x.find("log", Error, stopLog, "the folder's log has %d leaves and the nodes' checkpoint %d: an older database was put back", own.Size, c.Size)
	case own.Size == c.Size && own.Root != c.Root:
		x.find("log", Error, stopLog, "the folder shows another log of %d leaves than the nodes' checkpoint", c.Size)
	default:
		return c, true
	}
	return c, false
}

// same compares the leaves at the journal's end with those that the folder's log shows.
// Of a log in Trillian the tiles are made when the server starts.
func (x *examination) same(c ledger.Checkpoint) bool {
	if c.Size == 0 {
		return true // a log that holds nothing yet has no tiles
	}
	if _, err := os.Stat(x.path("log", "log", "tile")); errors.Is(err, fs.ErrNotExist) {
		kind, err := publiclog.Backend(x.path("log"))
		return err == nil && kind == publiclog.Trillian
	}
	tiles := monitor.Tiles{Fetcher: monitor.Dir(os.DirFS(x.path("log", "log")))}
	bundles := map[uint64][][]byte{}
	for _, l := range x.tail.Last {
		if l.Index >= c.Size {
			continue
		}
		n := l.Index / 256
		if bundles[n] == nil {
			text, err := tiles.ReadEntries(x.ctx, n, ledger.TileWidth(0, n, c.Size))
			if err != nil {
				return false
			}
			if bundles[n], err = ledger.SplitEntries(text); err != nil {
				return false
			}
		}
		if at := l.Index % 256; at >= uint64(len(bundles[n])) || !bytes.Equal(bundles[n][at], l.Text) {
			return false
		}
	}
	return true
}

// slack is how far two clocks may be apart before anybody is told.
const slack = 5 * time.Second

func (x *examination) clock() {
	const do = "set the clock by NTP (timedatectl set-ntp true) before the service decides anything more"
	before, now := len(x.found), x.o.Clock()
	if x.tail != nil && x.tail.At.After(now.Add(slack)) {
		x.find("clock", Error, do, "the journal's last row is from %s, which has not been yet: this clock was put back, or was ahead", x.tail.At.UTC().Format(time.RFC3339))
	}
	if x.checkpoint.After(time.Now().Add(slack)) {
		x.find("clock", Error, do, "the log's checkpoint is from %s, which has not been yet", x.checkpoint.UTC().Format(time.RFC3339))
	}
	if x.db != nil && x.apart.Abs() > slack {
		x.find("clock", Error, do, "the database's clock is %s from this one (%s)", x.apart.Abs().Round(time.Second), ahead(x.apart))
	}
	synced, known := x.o.Synced()
	switch {
	case len(x.found) > before:
	case known && !synced:
		x.find("clock", Warning, "install or start an NTP client (systemd-timesyncd, chrony); in a container, look on its host", "the system does not keep its clock by NTP")
	case !known:
		x.find("clock", Warning, "look on the machine whether its clock is kept by NTP", "the clock is after all that has happened; whether NTP keeps it can't be seen here")
	default:
		x.find("clock", OK, "", "it is kept by NTP, and after all that has happened")
	}
}

// ahead says which clock is.
func ahead(apart time.Duration) string {
	if apart > 0 {
		return "it is ahead"
	}
	return "it is behind"
}

// kept holds that this program has every engine that a decision names.
func (x *examination) kept() {
	if x.tail == nil {
		return
	}
	for _, name := range x.tail.Engines {
		sum, err := hex.DecodeString(name)
		if err == nil && len(sum) == 32 {
			if _, ok := wasm.Engine([32]byte(sum)); ok {
				continue
			}
		}
		x.find("release", Error, "use the program that was last used: the service does not start without an engine that a decision names", "this program does not hold the engine %.12s…", name)
		return
	}
	x.find("release", OK, "", "this program holds the %d engines that decisions name", len(x.tail.Engines))
}
