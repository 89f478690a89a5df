package simulation_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/skalig/skalig/server/store/fragile"
)

// A life is one process of a node, from its start to its death.
type life struct {
	node   *node
	number int
	ctx    context.Context // ends with it
	cancel context.CancelFunc
	dead   chan struct{}
	once   sync.Once
	power  atomic.Bool // it dies with the disk

	steps  atomic.Int64  // that count
	target string        // which do: those that begin so
	strike int64         // at which of them something happens to the process; 0: none
	after  bool          // once the step has happened
	freeze time.Duration // it freezes, and goes on; 0: it dies
	lines  sync.Map      // how many there are to something
}

func newLife(n *node, number int) *life {
	l := &life{node: n, number: number, dead: make(chan struct{})}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	c := stream(n.w.seed, "life", n.name, number)
	if n.w.mean() && !c.one(3) {
		l.target = targets[c.upTo(len(targets))]
		l.strike, l.after = 1+int64(c.upTo(8)), c.coin()
		if l.target == "" {
			l.strike = 1 + int64(c.upTo(400))
		}
		if c.one(3) && !l.after {
			l.freeze = c.between(time.Second, 30*time.Second)
		}
		l.power.Store(c.coin())
	}
	if n.w.control == unguarded {
		l.target, l.strike, l.after, l.freeze = "UPDATE log_checkpoint", 1+int64(c.upTo(4)), false, c.between(8*time.Second, 20*time.Second)
	}
	return l
}

// targets are steps after which much is half done; "": any step.
var targets = []string{"", "", "sync", "AddSequencedLeaves", "UPDATE log_checkpoint", "INSERT INTO case_keys", "GetLeavesByRange", "hold", "beat"}

// strikes counts a step, and says whether the process dies of it.
func (l *life) strikes(what string) (before, after bool) {
	if !strings.HasPrefix(what, l.target) || l.steps.Add(1) != l.strike || l.node.w.trouble() == 0 {
		return false, false
	}
	if l.freeze > 0 {
		l.node.w.freeze(l.node, l.freeze)
		return false, false
	}
	return !l.after, l.after
}

// end is the death of the process.
func (l *life) end(how string) {
	l.once.Do(func() {
		l.node.w.note(l.node, "life", "ends", how)
		close(l.dead)
		l.cancel()
	})
}

func (l *life) ended() bool {
	select {
	case <-l.dead:
		return true
	default:
		return false
	}
}

// awake returns when the process is not frozen, or patience ends: what a frozen process
// finds when it goes on. (The standard library holds locks while it waits here, and
// whoever waits for one of those keeps a bubble's time from going on.)
func (l *life) awake(ctx context.Context) error {
	for {
		frozen := l.node.frozen.Load()
		if frozen == nil {
			break
		}
		select {
		case <-*frozen:
		case <-l.dead:
			return errDead
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	switch {
	case l.ended():
		return errDead
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return nil
}

// sleep is how time passes for the process.
func (l *life) sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-l.dead:
		return errDead
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// line opens a line to something.
func (l *life) line(to string) *line {
	return l.pooled(to, 0)
}

func (l *life) pooled(to string, pool int) *line {
	n, _ := l.lines.LoadOrStore(fmt.Sprint(to, pool), new(atomic.Int64))
	return &line{l, to, stream(l.node.w.seed, "line", l.node.name, l.number, to, pool, n.(*atomic.Int64).Add(1))}
}

// over makes lines to something, for each session of each pool its own.
func (l *life) over(to string) func(pool int) fragile.Line {
	return func(pool int) fragile.Line { return l.pooled(to, pool) }
}
