// Package inspection asserts what holds of a data folder that no server has open:
// that the journal, the log and the receipts tell one and the same story, and that
// every decision in it can be made again.
//
// It reads, and never writes: not to the journal, whose write-ahead log it copies
// aside if a stop left one, and not to the log, which it reads as files. It opens
// sealed bodies with the key in the folder, as its operator could.
//
// # What is asserted
//
//	key      the person key is the one that the data began with, where it is there
//	journal  rows follow each other without a gap, each holds the hash of the one
//	         before, the head names the last, and each fits what went before
//	body     every sealed body opens, and what it holds has the form of its kind
//	outbox   a leaf says what its row says, and commits to the record and salt in
//	         the row's body; the record says what the leaf says
//	replay   the artefact that a record names computes the same result from the
//	         record's facts, which is the result kept beside it
//	erasure  a body that does not open is of a case that an event says was erased, and
//	         the key of such a case is gone; the event names the decisions that the case
//	         had, and an erasure leaf those of all such events since the leaf before
//	digest   the digests over the access events follow each other without a gap and
//	         are those of the journal's rows (package reading)
//	sample   a sample is what its secret and the outbox draw, and the secret is the one
//	         that the request sealed
//	log      what package monitor asserts, from the first leaf on; the log holds no
//	         more leaves than the outbox, each at its index with the same bytes, and
//	         its root is the root over the outbox
//	payment  a payment file holds the transfers that its row names, can be made, and
//	         leaves each case of it paid to the öre what its latest decision grants;
//	         nobody released a file of their own, and nobody made an amount due again
//	         alone that was paid or that they had ordered, nor ordered or released
//	         what is paid in a case where they read in a rejection
//	receipt  every receipt verifies, is of the leaf and the record of its row, and
//	         its checkpoint is the root over as many leaves of the outbox; none is
//	         under a checkpoint that the log has not reached
//
// The checkpoint may be behind the outbox: a leaf that is durable in the journal
// is in the log when the server has started again. Of nodes the log's checkpoint is the
// one in their database; the log in a node's folder may be behind that, or not made yet.
//
// Each [Fault] names its assertion and the row of the journal or the leaf of the
// log. After a fault of the journal as a whole the rows are not looked at, since
// nothing says which of them are true; the log is.
package inspection

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"syscall"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/server/postgres"
	"github.com/skalig/skalig/server/record"
	"github.com/skalig/skalig/server/replay"
	"github.com/skalig/skalig/server/store"
	"golang.org/x/mod/sumdb/tlog"
)

// An Assertion is one of those that the package comment lists.
type Assertion string

// The assertions.
const (
	Key     Assertion = "key"
	Journal Assertion = "journal"
	Body    Assertion = "body"
	Outbox  Assertion = "outbox"
	Replay  Assertion = "replay"
	Log     Assertion = "log"
	Receipt Assertion = "receipt"
	Erasure Assertion = "erasure"
	Digest  Assertion = "digest"
	Payment Assertion = "payment"
	Sample  Assertion = "sample"
)

// MaxFaults is how many faults are listed; the rest are counted.
const MaxFaults = 200

// A Fault is one assertion that does not hold.
type Fault struct {
	Assertion Assertion
	Row       uint64 // of the journal; 0 where the fault is of no row
	Text      string
}

func (f Fault) String() string {
	if f.Row == 0 {
		return fmt.Sprintf("%s: %s", f.Assertion, f.Text)
	}
	return fmt.Sprintf("%s: row %d: %s", f.Assertion, f.Row, f.Text)
}

// A Report counts what was looked at and lists what is wrong.
type Report struct {
	Rows          uint64
	Cases         map[store.State]int
	Leaves        uint64 // in the outbox
	Releases      uint64
	Automatic     uint64 // decisions
	Human         uint64
	Replayed      uint64 // decisions whose record opens
	Receipts      uint64
	Files         uint64 // of payments
	Transfers     uint64
	Erased        uint64 // cases
	Untold        uint64 // decisions of erased cases that no leaf names yet
	Digests       uint64 // over access events
	Origin        string // of the log; empty if it has no checkpoint that can be believed
	Published     uint64 // leaves under the log's checkpoint
	Root          tlog.Hash
	NativeDiffers bool
	Faults        []Fault // at most MaxFaults, in the order of the journal
	Wrong         int     // how many there are
}

// ErrInUse: a server has the folder open.
var ErrInUse = errors.New("a server uses it")

// Options say how to look.
type Options struct {
	Artefact bool             // replay nothing natively
	Database *postgres.DB     // where several nodes keep the journal; nil: in the folder
	Progress func(row uint64) // told of every row; may be nil
}

// Check looks at a data folder. An error says that it could not be looked at.
func Check(ctx context.Context, dir string, o Options) (*Report, error) {
	unlock, err := Lock(dir)
	if err != nil {
		return nil, err
	}
	defer unlock()
	i := &inspection{ctx: ctx, dir: dir, o: o, engines: replay.NewEngines(o.Artefact), r: &Report{}, roots: map[uint64]tlog.Hash{}, numbers: map[string][]uint64{}, towns: map[string]string{}, untold: map[string][]untold{}, transfers: map[string]transfer{}, files: map[string]*store.Ordered{}, loaders: map[string][]string{}, sums: map[string]int64{}, granted: map[string]int64{}, months: map[string]uint64{}, decisions: map[string][]uint64{}, asks: map[uint64]record.Asked{},
		slots: make(chan struct{}, runtime.GOMAXPROCS(0))}
	defer i.engines.Close(ctx)
	if err := i.readKey(); err != nil {
		return nil, err
	}
	if err := i.person(); err != nil {
		return nil, err
	}
	if err := i.log(); err != nil {
		return nil, err
	}
	if err := i.journal(); err != nil {
		return nil, err
	}
	i.r.NativeDiffers = i.engines.NativeDiffers()
	slices.SortStableFunc(i.r.Faults, func(a, b Fault) int { return cmp.Compare(a.Row, b.Row) })
	return i.r, nil
}

// inspection is a check under way.
type inspection struct {
	ctx     context.Context
	dir     string
	o       Options
	vkey    string
	engines *replay.Engines
	inLog   [][32]byte          // hash of every leaf that the log shows
	shown   []ledger.Checkpoint // that the world has seen
	outbox  []entry
	stored  hashes
	roots   map[uint64]tlog.Hash // of the outbox, by size
	ahead   struct {             // receipts under a checkpoint that the log has not reached
		count int
		size  uint64
	}

	erased  func(*store.Event) bool // says why a body does not open
	links   []link                  // rows that are under no digest yet
	numbers map[string][]uint64     // of a case's decisions
	towns   map[string]string       // of cases with a decision
	untold  map[string][]untold     // erasures, by municipality
	months  map[string]uint64       // decisions by municipality and month

	decisions map[string][]uint64     // leaves, by municipality
	asks      map[uint64]record.Asked // by leaf

	files     map[string]*store.Ordered // payment files, by id
	transfers map[string]transfer       // that are paid or may yet be, by id
	loaders   map[string][]string       // who read in that a transfer was rejected, by case
	sums      map[string]int64          // of the transfers, by case
	granted   map[string]int64          // öre, by municipality/number
	paid      []tie

	slots chan struct{} // work beside the rows
	work  sync.WaitGroup
	mu    sync.Mutex // of what follows
	r     *Report
}

// An entry is a leaf of the outbox.
type entry struct {
	row    uint64
	leaf   [32]byte // its hash
	record [32]byte // SHA-256
}

// hashes are those of all whole subtrees over the outbox, as tlog orders them.
type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	list := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		if x >= int64(len(h)) {
			return nil, fmt.Errorf("there is no hash %d", x)
		}
		list[i] = h[x]
	}
	return list, nil
}

func (i *inspection) fault(a Assertion, row uint64, format string, args ...any) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.r.Wrong++
	if len(i.r.Faults) < MaxFaults {
		i.r.Faults = append(i.r.Faults, Fault{a, row, fmt.Sprintf(format, args...)})
	}
}

// beside does work while the rows go on.
func (i *inspection) beside(do func()) {
	i.slots <- struct{}{}
	i.work.Go(func() {
		defer func() { <-i.slots }()
		do()
	})
}

// Lock holds the folder's lock, if it has one, so that no server starts meanwhile.
// Nothing is written to it.
func Lock(dir string) (unlock func(), err error) {
	f, err := os.Open(filepath.Join(dir, "lock"))
	if errors.Is(err, os.ErrNotExist) {
		if _, err := os.Stat(dir); err != nil {
			return nil, fmt.Errorf("couldn't find the data: %w", err)
		}
		return func() {}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("couldn't lock the data: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("couldn't look at %s: %w", dir, ErrInUse)
	}
	return func() { _ = f.Close() }, nil
}
