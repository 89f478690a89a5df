package simulation_test

import (
	"bytes"
	"context"
	"fmt"
	"hash"
	"hash/fnv"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/skalig/skalig/server/store/fragile"
)

// A control is what a world breaks so that the simulation must fail.
type control string

// The controls.
const (
	none      control = ""
	lies      control = "a disk that lies"
	unfenced  control = "a journal without a fence"
	unguarded control = "a board without a guard"
	blind     control = "an append that is repeated blindly"
	keyless   control = "applicants without a key"
)

// A world is one seed's.
type world struct {
	seed    uint64
	control control
	shared  bool // several nodes, on one database
	began   time.Time
	root    string
	c       *chance

	server  *fragile.Database
	log     *signer
	office  office
	nodes   []*node
	running sync.WaitGroup // of nodes
	posted  bool           // there is a board

	calm    atomic.Bool // nothing more is done to it
	logAway atomic.Bool
	over    chan struct{} // closed when it ends
	closing sync.Once

	mu     sync.Mutex
	wrong  string    // what did not hold, first
	told   told      // what somebody was told
	trace  hash.Hash // of every step
	steps  int
	deaths int
	diary  bytes.Buffer // of every step, where somebody wants to read it
	read   bool
}

// newWorld makes a world at a folder: how many nodes, and how bad it is, comes of the seed.
func newWorld(seed uint64, broken control, root string) (*world, error) {
	w := &world{seed: seed, control: broken, root: root, began: time.Now(), c: stream(seed, "world"), over: make(chan struct{}),
		told: newTold(), trace: fnv.New128a()}
	nodes := 1 + w.c.upTo(3)
	switch broken {
	case lies:
		nodes = 1
	case unfenced, unguarded:
		nodes = 2
	}
	w.shared = nodes > 1
	delays := stream(seed, "signer")
	w.log = newSigner(func() time.Duration {
		if delays.one(12) && !w.calm.Load() {
			return delays.between(time.Second, 8*time.Second)
		}
		return delays.between(time.Millisecond, 60*time.Millisecond)
	})
	if w.shared {
		var err error
		if w.server, err = fragile.New(fragile.PostgreSQL); err != nil {
			return nil, err
		}
		w.server.Unfenced, w.server.Unguarded = broken == unfenced, broken == unguarded
	}
	for i := range nodes {
		n := &node{w: w, name: fmt.Sprintf("node-%d", i), c: stream(seed, "node", i), disk: &fragile.Disk{Lies: broken == lies}}
		n.dir = filepath.Join(root, n.name)
		if err := settle(n.dir); err != nil {
			return nil, err
		}
		w.nodes = append(w.nodes, n)
	}
	return w, nil
}

// play lets the world go from its beginning to its end.
func (w *world) play() {
	defer w.close()
	for _, n := range w.nodes {
		w.running.Go(n.run)
	}
	var people sync.WaitGroup
	for i := range 3 + w.c.upTo(6) {
		people.Go(func() { w.applicant(i) })
	}
	working, stop := context.WithCancel(context.Background())
	defer stop()
	var staff sync.WaitGroup
	staff.Go(func() { w.caseworker(working) })
	staff.Go(func() { w.approver(working) })
	staff.Go(func() { w.watch(working) })
	w.harm()
	w.soothe()
	rested := make(chan struct{})
	go func() {
		people.Wait()
		close(rested)
	}()
	select {
	case <-rested:
	case <-time.After(3 * time.Minute):
		w.broken("the service did not come to rest: an applicant still waits three minutes after all was calm")
	case <-w.over:
	}
	stop()
	staff.Wait()
	w.rest()
	w.end()
	w.running.Wait()
	<-rested
	if w.verdict() == "" {
		w.final()
	}
}

// end ends the world.
func (w *world) end() { w.closing.Do(func() { close(w.over) }) }

func (w *world) ended() bool {
	select {
	case <-w.over:
		return true
	default:
		return false
	}
}

func (w *world) close() {
	if w.server != nil {
		_ = w.server.Close()
	}
	for _, n := range w.nodes {
		_ = n.disk.Close()
	}
}

// broken says what did not hold, and ends the world.
func (w *world) broken(format string, args ...any) {
	w.mu.Lock()
	if w.wrong == "" {
		w.wrong = fmt.Sprintf("%s: ", time.Since(w.began)) + fmt.Sprintf(format, args...)
		fmt.Fprintln(&w.diary, "WRONG", w.wrong)
	}
	w.mu.Unlock()
	w.end()
}

func (w *world) verdict() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.wrong
}

// note writes down a step.
func (w *world) note(n *node, to, what, how string) {
	if i := len(what); i > 48 {
		what = what[:48]
	}
	name := "world"
	if n != nil {
		name = n.name
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.steps++
	fmt.Fprintf(w.trace, "%d %s %s %s %s\n", time.Since(w.began), name, to, what, how)
	if w.read {
		fmt.Fprintf(&w.diary, "%14s %s %s %s %s\n", time.Since(w.began), name, to, what, how)
	}
}

// trouble is how many of a thousand steps go wrong in each way.
func (w *world) trouble() int {
	if w.calm.Load() {
		return 0
	}
	return []int{1, 5, 15}[w.seed%3]
}

// mean says whether nodes of this world die of what they do.
func (w *world) mean() bool { return w.seed%4 != 0 && !w.calm.Load() }

// scratch is where folders cost no flush.
func scratch() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return ""
}
