package simulation_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/skalig/skalig/ledger"
	"github.com/skalig/skalig/ledger/publication"
	"github.com/skalig/skalig/ledger/trillian"
	"github.com/skalig/skalig/server/flow"
	"github.com/skalig/skalig/server/flow/flowtest"
	"github.com/skalig/skalig/server/postgres"
	"github.com/skalig/skalig/server/publiclog"
	"github.com/skalig/skalig/server/secret"
	"github.com/skalig/skalig/server/store"
	"github.com/skalig/skalig/server/store/fragile"
)

// A node is a machine, with one process after another on it.
type node struct {
	w    *world
	name string
	dir  string
	c    *chance
	disk *fragile.Disk

	frozen  atomic.Pointer[chan struct{}] // closed when it thaws
	severed atomic.Bool
	full    atomic.Bool
	skew    atomic.Int64
	up      atomic.Pointer[service]
	life    atomic.Pointer[life]
	last    last
}

// last is the read model of a node's last process, when it stopped in good order.
type last struct {
	digest [32]byte
	rows   uint64
}

// A service is what runs in one life.
type service struct {
	life  *life
	store *store.Store
	board *publiclog.Board
	log   *trillian.Log
	flow  *flow.Service
	leads atomic.Bool
}

// noon is when every world begins.
var noon = flowtest.Noon

func (n *node) clock() time.Time {
	return noon.Add(time.Since(n.w.began) + time.Duration(n.skew.Load()))
}

// run is one process after another, until the world ends.
func (n *node) run() {
	for number := 1; !n.w.ended(); number++ {
		l := newLife(n, number)
		n.life.Store(l)
		s, err := n.open(l)
		if err == nil {
			n.up.Store(s)
			n.serve(s)
			n.up.Store(nil)
		} else {
			n.w.note(n, "life", "did not begin", err.Error())
			n.judge(err)
		}
		l.end("stopped")
		s.close()
		if l.power.Load() {
			if err := n.disk.Cut(); err != nil {
				n.w.broken("couldn't cut the power of %s: %v", n.name, err)
			}
		}
		n.w.died(n)
		n.full.Store(false)
		pause := time.NewTimer(n.c.between(20*time.Millisecond, 3*time.Second))
		select {
		case <-pause.C:
		case <-n.w.over:
			pause.Stop()
		}
	}
}

// serve returns when the process is dead, can't go on, or is told to stop.
func (n *node) serve(s *service) {
	select {
	case <-s.life.dead:
	case <-n.w.over:
		s.stop() // in good order, while the lines hold
		n.last.digest, n.last.rows, _ = s.store.Digest()
	case <-s.store.Stopped():
		n.judge(s.store.Err())
	case <-s.flow.Failed():
		n.judge(s.flow.Err())
	}
}

// judge tells what a process may end of from what it may not.
func (n *node) judge(err error) {
	for _, bad := range []error{store.ErrChain, flow.ErrLogAhead, flow.ErrLogOther, ledger.ErrFork, ledger.ErrGap, ledger.ErrNotLeaf,
		publication.ErrFork, trillian.ErrDiffers} {
		if errors.Is(err, bad) {
			n.w.broken("%s ends: %v", n.name, err)
		}
	}
	var reason ledger.Reason
	if errors.As(err, &reason) || postgres.Refused(err) {
		n.w.broken("%s ends: %v", n.name, err)
	}
}

// open starts what a server starts, in its order.
func (n *node) open(l *life) (s *service, err error) {
	w := n.w
	s = &service{life: l}
	o := store.Options{Dir: n.dir, Clock: n.clock, Keep: 1 << 20, Free: n.free}
	var lead func(context.Context, func(context.Context))
	kept := trillian.Options{}
	if w.shared {
		o.Database = fragile.Over(w.server, l.over("database"))
		lead = func(ctx context.Context, duty func(context.Context)) {
			postgres.Lead(ctx, w.office.candidate(l), &s.leads, duty)
		}
	} else {
		o.Files = n.disk.Files(l.over("disk"))
	}
	if s.store, err = store.Open(l.ctx, o); err != nil {
		return s, err
	}
	if w.shared {
		if s.board, err = publiclog.NewBoard(l.ctx, fragile.Over(w.server, l.over("board"))); err != nil {
			return s, err
		}
		kept.Board = s.board
	}
	twice := stream(w.seed, "twice", n.name, l.number)
	if s.log, err = trillian.Open(l.ctx, wire{w.log, l.line("log"), func() bool { return twice.one(20) }}, filepath.Join(n.dir, "log"), kept); err != nil {
		return s, err
	}
	c := deciding
	if c.Digests, err = secret.Load(filepath.Join(n.dir, "keys", "digest")); err != nil {
		return s, err
	}
	var log flow.Log = s.log
	if w.control == blind {
		log = blindly{s.log}
	}
	c.Store, c.Ledger, c.Keys, c.Engine, c.Native = s.store, log, []string{s.log.Key()}, engine{}, native
	c.Clock, c.Lead, c.Rand = n.clock, lead, stream(w.seed, "random", n.name, l.number)
	if s.flow, err = flow.New(l.ctx, c); err != nil {
		return s, err
	}
	return s, s.flow.Start(l.ctx)
}

// free is the room on the disk.
func (n *node) free() uint64 {
	if n.full.Load() {
		return 0
	}
	return 1 << 30
}

// fill leaves no room on the disk for a while.
func (n *node) fill() {
	n.full.Store(true)
	time.AfterFunc(4*time.Second, func() { n.full.Store(false) })
}

// stop stops what is open, in good order.
func (s *service) stop() {
	if s.flow != nil {
		s.flow.Stop()
	}
	if s.log != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = s.log.Close(ctx) // what it could not publish the next life does
	}
	if s.board != nil {
		_ = s.board.Close()
	}
	if s.store != nil {
		_ = s.store.Close()
	}
}

// close lets go of what a dead process held in this one.
func (s *service) close() { s.stop() }

// blindly is a log whose writer, told of an error, appends once more where it ends now.
type blindly struct{ *trillian.Log }

// Append implements ledger.Appender, wrongly.
func (b blindly) Append(ctx context.Context, first uint64, leaves [][]byte) error {
	err := b.Log.Append(ctx, first, leaves)
	if err == nil {
		return nil
	}
	end, err := b.Size(ctx)
	if err != nil {
		return err
	}
	return b.Log.Append(ctx, end, leaves)
}
