package simulation_test

import (
	"context"
	"time"
)

// harm does things to the world, one after another.
func (w *world) harm() {
	c := stream(w.seed, "harm")
	for range 2 + c.upTo(6) {
		if !w.wait(context.Background(), c.between(200*time.Millisecond, 8*time.Second)) {
			return
		}
		n := w.nodes[c.upTo(len(w.nodes))]
		switch c.upTo(9) {
		case 0, 1:
			w.kill(n, false)
		case 2:
			w.kill(n, true)
		case 3:
			w.freeze(n, c.between(100*time.Millisecond, 30*time.Second))
		case 4:
			w.sever(n, c.between(time.Second, 20*time.Second))
		case 5:
			w.restart(c.coin())
		case 6:
			w.note(nil, "log", "is away", "")
			w.logAway.Store(true)
			away := c.between(time.Second, 15*time.Second)
			time.AfterFunc(away, func() { w.logAway.Store(false) })
		default:
			w.shift(n, c)
		}
	}
	w.wait(context.Background(), c.between(time.Second, 10*time.Second))
}

// kill ends a node's process, with or without the power of its machine.
func (w *world) kill(n *node, power bool) {
	if l := n.life.Load(); l != nil {
		l.power.Store(power)
		l.end("killed")
	}
}

// freeze stops a node for a while. Whoever leads believes afterwards that it still does.
func (w *world) freeze(n *node, long time.Duration) {
	if n.frozen.Load() != nil {
		return
	}
	w.note(n, "process", "is frozen", long.String())
	thaw := make(chan struct{})
	n.frozen.Store(&thaw)
	time.AfterFunc(long, func() {
		if n.frozen.CompareAndSwap(&thaw, nil) {
			close(thaw)
		}
	})
}

// sever cuts a node off from everything but its disk.
func (w *world) sever(n *node, long time.Duration) {
	w.note(n, "lines", "are cut", long.String())
	n.severed.Store(true)
	time.AfterFunc(long, func() { n.severed.Store(false) })
}

// restart ends every session with the shared database.
func (w *world) restart(power bool) {
	if w.server == nil {
		return
	}
	w.note(nil, "database", "starts again", "")
	if !power {
		w.server.Restart()
	} else if err := w.server.Cut(); err != nil {
		w.broken("couldn't cut the database's power: %v", err)
	}
}

// shift sets a node's clock wrong, for a while.
func (w *world) shift(n *node, c *chance) {
	by := []time.Duration{time.Minute, time.Hour, 26 * time.Hour, 240 * time.Hour}[c.upTo(4)]
	if c.coin() {
		by = -by
	}
	w.note(n, "clock", "jumps", by.String())
	n.skew.Store(int64(by))
	time.AfterFunc(c.between(time.Second, 10*time.Second), func() { n.skew.Store(0) })
}

// soothe ends all that was done to the world.
func (w *world) soothe() {
	w.note(nil, "world", "is calm", "")
	w.calm.Store(true)
	w.logAway.Store(false)
	for _, n := range w.nodes {
		n.severed.Store(false)
		n.skew.Store(0)
		n.full.Store(false)
		if thaw := n.frozen.Swap(nil); thaw != nil {
			close(*thaw)
		}
	}
}
