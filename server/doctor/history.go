package doctor

import (
	"bytes"
	"encoding/hex"
	"os"
	"strings"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/monitor"
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
	tail, err := store.ReadTail(x.ctx, x.o.Data, tailRows)
	if err != nil {
		x.find("journal", Error, "stop the server, keep every file, and run skalig check --data on a copy; then restore the newest backup", "%v", err)
		return
	}
	x.tail = &tail
	x.find("journal", OK, "", "%d rows, %d leaves; the last %d rows follow each other", tail.Rows, tail.Leaves, min(tail.Rows, tailRows))
}

func (x *examination) log() {
	const stop = "stop the server, keep every file, and compare with what monitors and witnesses have seen"
	signed, err := os.ReadFile(x.path("log", "log", "checkpoint"))
	if err != nil {
		x.find("log", Error, "is the log's disk mounted? Restore makes the log again from the journal", "couldn't read the checkpoint: %v", err)
		return
	}
	vkey, err := os.ReadFile(x.path("log", "vkey"))
	if err != nil {
		x.find("log", Error, "restore log/vkey from a backup", "couldn't read the log's key: %v", err)
		return
	}
	c, err := ledger.OpenCheckpoint(signed, []string{strings.TrimSpace(string(vkey))})
	if err != nil {
		x.find("log", Error, stop, "the checkpoint is not signed by the log: %v", err)
		return
	}
	if x.tail == nil {
		return
	}
	if again, err := store.ReadTail(x.ctx, x.o.Data, tailRows); err == nil {
		x.tail = &again // what the checkpoint covers is in the journal by now
	}
	switch {
	case c.Size > x.tail.Leaves:
		x.find("log", Error, stop, "the log has %d leaves and the journal %d: an older journal was put back", c.Size, x.tail.Leaves)
	case !x.same(c):
		x.find("log", Error, stop, "the log's last leaves are not those of the journal")
	case c.Size < x.tail.Leaves:
		x.find("log", Warning, "wait some seconds and look again; a stopped server publishes them when it starts", "%d leaves have no checkpoint yet", x.tail.Leaves-c.Size)
	default:
		x.find("log", OK, "", "%d leaves, all of the journal's, under a checkpoint of %s", c.Size, c.Origin)
	}
}

// same compares the leaves at the journal's end with those that the log shows. What
// Trillian keeps is not here to be read.
func (x *examination) same(c ledger.Checkpoint) bool {
	if kind, err := publiclog.Backend(x.path("log")); err != nil || kind != publiclog.Files {
		return true
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
